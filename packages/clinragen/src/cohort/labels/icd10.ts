import { PHENOTYPES, type Phenotype } from '../../phenotypes.js';
import { expandCodes } from './notation.js';

/**
 * ICD-10-CM codes of each phenotype, in the notation of `expandCodes`. **A code stands for itself and for all beneath it**:
 * `I50` is every heart failure, also those that later years add. Of injuries (T) some count only with a seventh character: A,
 * the first encounter, or S, a sequela; later encounters (D) were aftercare in ICD-9-CM and are none of the 25.
 *
 * Derived by scripts/make-icd10-phenotypes.ts from the general equivalence mappings to ICD-9-CM and its CCS categories, with
 * the departures named there. Why so, and what it costs: docs/decisions/0006-phenotypes-from-icd-10.md.
 */
const DOTTED: Readonly<Record<Phenotype, string>> = {
  'Acute and unspecified renal failure': 'N17 N19',
  'Acute cerebrovascular disease': 'G43.6 I60-I63 I66',
  'Acute myocardial infarction': 'I21-I22',
  'Cardiac dysrhythmias': 'I47-I48 I49.1-.5 .8 .9 R00.0-.2',
  'Chronic kidney disease': 'N18 R88.0 Z48.22 Z49 Z91.15 Z94.0 Z99.2',
  'Chronic obstructive pulmonary disease and bronchiectasis': 'J40-J44 J47',
  'Complications of surgical procedures or medical care': `
    D64.81 D69.51 D78 E36 E71.43 E87.71 E88.3 E89.8 G97 H59.0-.3 .8 H95.2-.5 .8 I95.2 .3 .81 I97.0 .1 .3-.8 J95.0
    .4-.7 .81 .83 .84 .851 .859 .86-.89 K68.11 K91.0-.3 .6-.8 K94.03 .13 .2 .3 K95 L76 M02.21-.29 M96.8 N98 N99.0
    .511 .52 .53 .6 .7 .81 .82 .84 .85 .89 R50.82-.84 T80.0:A .1:A .22:A .29:A .3-.6:A .8:A .9:A T80:S .A:A T81:AS
    T82-T85:S T87.3-.5 .8 .9 T88.0-.4:AS .52:A .53:A .5:S .8:AS .9:AS Z18.0 Z87.821 Z92.83
  `,
  'Conduction disorders': 'I44-I45 Z45.0 Z95.0 .810 .818 .9',
  'Congestive heart failure; nonhypertensive': 'I09.81 I50',
  'Coronary atherosclerosis and other heart disease': 'I20 I24 I25.1 .2 .5-.7 .811 .82-.84 .89 .9 Z95.1 .5 Z98.61',
  'Diabetes mellitus with complications': 'E08.0-.6 .8 E09.0-.6 .8 E10.1-.6 .8 E11.0-.6 .8 E13.0-.6 .8',
  'Diabetes mellitus without complication': 'E08.9 E09.9 E10.9 E11.9 .A E13.9 R73 R81 R82.4 Z46.81 Z96.41',
  'Disorders of lipid metabolism': 'E78.0-.5',
  'Essential hypertension': 'I10',
  'Fluid and electrolyte disorders': 'E86 E87.0-.6 .70 .79 .8 T78.3:A',
  'Gastrointestinal hemorrhage':
    'I85.01 .11 K22.6 K25.0 .2 .4 .6 K26.0 .2 .4 .6 K27.0 .2 .4 .6 K28.0 .2 .4 .6 K62.5 K92.0-.2',
  'Hypertension with complications and secondary hypertension': 'I11-I13 I15-I16 I67.4 N26.2',
  'Other liver diseases':
    'K70.41 K71.11 K72 K74 K75.0 .1 .81 K76.0-.3 .5-.9 K77 R16.0 .2 R17 R18.8 R74 R94.5 Z48.23 Z94.4',
  'Other lower respiratory disease': `
    J18.2 J22 J81-J82 J84 J85.3 J98.4 .6 .8 .9 J99 M32.13 M33.01 .11 .21 .91 M34.81 M35.02 R04.2 .8 .9 R05
    R06.00-.02 .09 .2-.4 .6 .8 .9 R07.1 .81 R09.3 R23.0 R91 R94.2 Z48.24 .280 Z87.0 Z94.2 .3
  `,
  'Other upper respiratory disease':
    'J30.0-.2 .8 .9 J31 J33-J34 J37-J39 J98.0 .5 R04.0 .1 R06.1 .5 .7 R07.0 R09.81 R19.6 R49 Z43.0 Z93.0',
  'Pleurisy; pneumothorax; pulmonary collapse': 'J86 J90 J91.8 J92-J94 J98.1-.3 R09.1',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': `
    A01.03 A02.22 A20.2 A21.2 A22.1 A31.0 A37.01 .11 .81 .91 A42.0 A43.0 A48.1 A78 B01.2 B05.2 B06.81 B25.0 B37.1
    B38.0-.2 B39.0-.2 B44.0 B58.3 B59 B77.81 J12-J17 J18.0 .1 .8 .9 J85.0-.2
  `,
  'Respiratory failure; insufficiency; arrest (adult)':
    'D57.01 .211 .411 .431 .451 .811 J80 J95.1-.3 .82 .850 J96 R06.03 R09.2 Z99.1 .81',
  'Septicemia (except in labor)':
    'A02.1 A20.7 A22.7 A26.7 A32.7 A39.2-.4 A40-A41 A42.7 A54.86 B00.7 B37.7 I76 P36 R65.20 R78.81',
  Shock: 'R57 R65.21',
};

/**
 * Heading or code of ICD-10-CM without its dot → the phenotype of it and all beneath it; `T811:A` → of those of its codes
 * whose seventh character is A. No two overlap.
 */
export const PHENOTYPE_OF_ICD10: ReadonlyMap<string, Phenotype> = new Map(
  PHENOTYPES.flatMap((phenotype) => expandCodes(DOTTED[phenotype]).map((code) => [code, phenotype] as const)),
);
