import { PHENOTYPES, type Phenotype } from '../../phenotypes.js';
import { expandCodes } from './notation.js';

/**
 * ICD-9-CM codes of each phenotype: the HCUP CCS single-level categories of 2015 that the benchmark of Harutyunyan et al.
 * (2019) predicts, codes withdrawn since 1980 included. In the notation of `expandCodes`; each stands for itself alone.
 */
const DOTTED: Readonly<Record<Phenotype, string>> = {
  'Acute and unspecified renal failure': '584.5 .6 .7 .8 .9 586',
  'Acute cerebrovascular disease':
    '346.60 .61 .62 .63 430 431 432.0 .1 .9 433.01 .11 .21 .31 .81 .91 434.0 .00 .01 .1 .10 .11 .9 .90 .91 436',
  'Acute myocardial infarction': `
    410.0 .00 .01 .02 .1 .10 .11 .12 .2 .20 .21 .22 .3 .30 .31 .32 .4 .40 .41 .42 .5 .50 .51 .52 .6 .60 .61 .62
    .7 .70 .71 .72 .8 .80 .81 .82 .9 .90 .91 .92
  `,
  'Cardiac dysrhythmias': '427.0 .1 .2 .31 .32 .60 .61 .69 .81 .89 .9 785.0 .1',
  'Chronic kidney disease': '585 .1 .2 .3 .4 .5 .6 .9 792.5 V42.0 V45.1 .11 .12 V56.0 .1 .2 .31 .32 .8',
  'Chronic obstructive pulmonary disease and bronchiectasis':
    '490 491.0 .1 .2 .20 .21 .22 .8 .9 492.0 .8 494 .0 .1 496',
  'Complications of surgical procedures or medical care': `
    276.61 277.83 .88 285.3 287.41 349.0 .1 .31 415.11 429.4 458.2 .21 .29 512.1 .2 518.7 519.0 .00 .01 .02 .09
    530.86 .87 536.40 .41 .42 .49 539.01 .09 .81 .89 564.2 .3 .4 569.6 .62 .71 .79 579.3 596.81 780.62 .63 .66
    909.3 995.24 .4 .86 997.0 .00 .01 .02 .09 .1 .2 .3 .31 .32 .39 .4 .41 .49 .5 .60 .61 .62 .69 .71 .72 .79 .9
    .91 .99 998.0 .00 .01 .02 .09 .1 .11 .12 .13 .2 .3 .30 .31 .32 .33 .4 .5 .51 .59 .6 .7 .8 .81 .82 .83 .89 .9
    999.0 .1 .2 .3 .34 .39 .4 .41 .42 .49 .5 .51 .52 .59 .6 .60 .61 .62 .63 .69 .7 .70 .71 .72 .73 .74 .75 .76
    .77 .78 .79 .8 .80 .81 .82 .83 .84 .85 .88 .89 .9 V15.53 .80 .83 V90.01 .09
  `,
  'Conduction disorders': `
    426.0 .10 .11 .12 .13 .2 .3 .4 .50 .51 .52 .53 .54 .6 .7 .81 .82 .89 .9 V45.0 .00 .01 .02 .09 V53.3 .31 .32
    .39
  `,
  'Congestive heart failure; nonhypertensive': '398.91 428.0 .1 .20 .21 .22 .23 .30 .31 .32 .33 .40 .41 .42 .43 .9',
  'Coronary atherosclerosis and other heart disease':
    '411.0 .1 .8 .81 .89 412 413.0 .1 .9 414.0 .00 .01 .06 .2 .3 .4 .8 .9 V45.81 .82',
  'Diabetes mellitus with complications': `
    249.01 .10 .11 .20 .21 .30 .31 .40 .41 .50 .51 .60 .61 .70 .71 .80 .81 .90 .91 250.02 .03 .10 .11 .12 .13
    .20 .21 .22 .23 .30 .31 .32 .33 .40 .41 .42 .43 .50 .51 .52 .53 .60 .61 .62 .63 .70 .71 .72 .73 .80 .81 .82
    .83 .90 .91 .92 .93
  `,
  'Diabetes mellitus without complication': '249.00 250.00 .01 790.2 .21 .22 .29 791.5 .6 V45.85 V53.91 V65.46',
  'Disorders of lipid metabolism': '272.0 .1 .2 .3 .4',
  'Essential hypertension': '401.1 .9',
  'Fluid and electrolyte disorders': '276.0 .1 .2 .3 .4 .5 .50 .51 .52 .6 .69 .7 .8 .9 995.1',
  'Gastrointestinal hemorrhage': `
    456.0 .20 530.7 .82 531.00 .01 .20 .21 .40 .41 .60 .61 532.00 .01 .20 .21 .40 .41 .60 .61 533.00 .01 .20 .21
    .40 .41 .60 .61 534.00 .01 .20 .21 .40 .41 .60 .61 569.3 578.0 .1 .9
  `,
  'Hypertension with complications and secondary hypertension': `
    401.0 402.00 .01 .10 .11 .90 .91 403.0 .00 .01 .1 .10 .11 .9 .90 .91 404.0 .00 .01 .02 .03 .1 .10 .11 .12
    .13 .9 .90 .91 .92 .93 405.01 .09 .11 .19 .91 .99 437.2
  `,
  'Other liver diseases':
    '570 571.5 .6 .8 .9 572.0 .1 .2 .3 .4 .8 573.0 .4 .5 .8 .9 782.4 789.1 .5 .59 790.4 .5 794.8 V42.7',
  'Other lower respiratory disease': `
    513.1 514 515 516.0 .1 .2 .3 .30 .31 .32 .33 .34 .35 .36 .37 .4 .5 .61 .62 .63 .64 .69 .8 .9 517.2 .8 518.3
    .4 .89 519.4 .8 .9 782.5 786.00 .01 .02 .03 .04 .05 .06 .07 .09 .2 .3 .30 .31 .39 .4 .52 .6 .7 .8 .9 793.1
    .11 .19 794.2 V12.6 .60 .61 .69 V42.6
  `,
  'Other upper respiratory disease': `
    470 471.0 .1 .8 .9 472.0 .1 .2 476.0 .1 477.0 .2 .8 .9 478.0 .1 .11 .19 .20 .21 .22 .24 .25 .26 .29 .30 .31
    .32 .33 .34 .4 .5 .6 .70 .71 .74 .75 .79 .8 .9 519.1 .11 .19 .2 .3 784.1 .40 .41 .42 .43 .44 .49 .7 .8 .9
    .99 786.1 V41.4 V44.0 V55.0
  `,
  'Pleurisy; pneumothorax; pulmonary collapse': '510.0 .9 511.0 .1 .8 .89 .9 512.0 .8 .81 .82 .83 .84 .89 518.0 .1 .2',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': `
    003.22 020.3 .4 .5 021.2 022.1 031.0 039.1 052.1 055.1 073.0 083.0 112.4 114.0 .4 .5 115.05 .15 .95 130.4
    136.3 480.0 .1 .2 .3 .8 .9 481 482.0 .1 .2 .3 .30 .31 .32 .39 .4 .40 .41 .42 .49 .8 .81 .82 .83 .84 .89 .9
    483 .0 .1 .8 484.1 .3 .5 .6 .7 .8 485 486 513.0 517.1
  `,
  'Respiratory failure; insufficiency; arrest (adult)':
    '517.3 518.5 .51 .52 .53 .81 .82 .83 .84 799.1 V46.1 .11 .12 .13 .14 .2',
  'Septicemia (except in labor)': `
    003.1 020.2 022.3 036.2 038.0 .1 .10 .11 .12 .19 .2 .3 .40 .41 .42 .43 .44 .49 .8 .9 054.5 449 771.81 790.7
    995.91 .92
  `,
  Shock: '785.50 .51 .52 .59',
};

/**
 * Headings that are no codes themselves, beneath which all is one phenotype: `428` is heart failure. Registries that cut
 * codes to three digits write them. Derived by scripts/make-icd10-phenotypes.ts.
 */
const HEADINGS: Readonly<Partial<Record<Phenotype, string>>> = {
  'Acute and unspecified renal failure': '584',
  'Acute cerebrovascular disease': '346.6 432 434',
  'Acute myocardial infarction': '410',
  'Cardiac dysrhythmias': '427.3 .6 .8',
  'Chronic kidney disease': 'V56 .3',
  'Chronic obstructive pulmonary disease and bronchiectasis': '491-492',
  'Complications of surgical procedures or medical care': '536.4 539 .0 .8 569.7 997 .6 .7 998 V90.0',
  'Conduction disorders': '426 .1 .5 .8',
  'Congestive heart failure; nonhypertensive': '428 .2-.4',
  'Coronary atherosclerosis and other heart disease': '411 413',
  'Diabetes mellitus with complications': '249.1-.9 250.1-.9',
  'Gastrointestinal hemorrhage': '531.0 .2 .4 .6 532.0 .2 .4 .6 533.0 .2 .4 .6 534.0 .2 .4 .6 578',
  'Hypertension with complications and secondary hypertension': '402 .0 .1 .9 403-405 .0 .1 .9',
  'Other liver diseases': '572',
  'Other lower respiratory disease': '516 .6 786.0',
  'Other upper respiratory disease': '471-472 476 478 .2 .3 .7 784.4',
  'Pleurisy; pneumothorax; pulmonary collapse': '510',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': '480 482 484',
  'Septicemia (except in labor)': '038 .4',
  Shock: '785.5',
};

function invert(table: Readonly<Partial<Record<Phenotype, string>>>): ReadonlyMap<string, Phenotype> {
  return new Map(
    PHENOTYPES.flatMap((phenotype) => expandCodes(table[phenotype] ?? '').map((code) => [code, phenotype] as const)),
  );
}

/** ICD-9-CM code without its dot → the phenotype it stands for: the benchmark's table. No code belongs to two. */
export const PHENOTYPE_OF_ICD9 = invert(DOTTED);

/** Heading of ICD-9-CM without its dot → the phenotype of all beneath it. None of them is in `PHENOTYPE_OF_ICD9`. */
export const PHENOTYPE_OF_ICD9_HEADING = invert(HEADINGS);
