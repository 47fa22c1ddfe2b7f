import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PHENOTYPES, type Phenotype } from '../../packages/clinragen/src/phenotypes.js';
import { type IcdMappings, phenotypeByCcs } from './icd-mappings.js';

/** The CCSR categories that come nearest to each phenotype, in its order. */
const CCSR: Readonly<Record<Phenotype, string>> = {
  'Acute and unspecified renal failure': 'GEN002',
  'Acute cerebrovascular disease': 'CIR020 CIR021',
  'Acute myocardial infarction': 'CIR009',
  'Cardiac dysrhythmias': 'CIR017',
  'Chronic kidney disease': 'GEN003',
  'Chronic obstructive pulmonary disease and bronchiectasis': 'RSP008',
  'Complications of surgical procedures or medical care':
    'BLD009 CIR038 DIG024 EAR005 END014 EYE011 GEN026 INJ037 MUS037 NVS021 RSP017 SKN006',
  'Conduction disorders': 'CIR016',
  'Congestive heart failure; nonhypertensive': 'CIR019',
  'Coronary atherosclerosis and other heart disease': 'CIR011',
  'Diabetes mellitus with complications': 'END003',
  'Diabetes mellitus without complication': 'END002',
  'Disorders of lipid metabolism': 'END010',
  'Essential hypertension': 'CIR007',
  'Fluid and electrolyte disorders': 'END011',
  'Gastrointestinal hemorrhage': 'DIG021',
  'Hypertension with complications and secondary hypertension': 'CIR008',
  'Other liver diseases': 'DIG018 DIG019',
  'Other lower respiratory disease': 'RSP016',
  'Other upper respiratory disease': 'RSP007',
  'Pleurisy; pneumothorax; pulmonary collapse': 'RSP011 RSP014',
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': 'RSP002',
  'Respiratory failure; insufficiency; arrest (adult)': 'RSP012',
  'Septicemia (except in labor)': 'INF002',
  Shock: 'SYM003',
};

interface Admission {
  readonly version: 9 | 10;
  readonly codes: Set<string>;
}

/** Admissions of `diagnoses_icd.csv.gz` (MIMIC-IV: subject_id, hadm_id, seq_num, icd_code, icd_version; nothing quoted). */
function readAdmissions(hosp: string): Admission[] {
  const text = gunzipSync(readFileSync(join(hosp, 'diagnoses_icd.csv.gz'))).toString('utf8');
  const admissions = new Map<string, Admission>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    const [, id, , code, version] = line.split(',');
    if (!id || !code) continue;
    const key = `${id} ${version}`;
    const admission = admissions.get(key) ?? { version: version === '9' ? 9 : 10, codes: new Set<string>() };
    admission.codes.add(code.trim());
    admissions.set(key, admission);
  }
  return [...admissions.values()];
}

const percent = (n: number, of: number) => `${((100 * n) / of).toFixed(1)}`;

/** What the way over ICD-9-CM (`chosen`) and the CCSR say of the same codes and the same admissions, as Markdown. */
export function compareOnAdmissions(
  mappings: IcdMappings,
  chosen: ReadonlyMap<string, Phenotype | null>,
  hosp: string,
): string {
  const ofCategory = new Map(
    Object.entries(CCSR).flatMap(([p, names]) => names.split(' ').map((name) => [name, p as Phenotype] as const)),
  );
  const byCcsr = (code: string) => ofCategory.get(mappings.ccsr.get(code) ?? '') ?? null;
  const byChosen = (code: string) => chosen.get(code) ?? null;

  const admissions = readAdmissions(hosp);
  const [nine, ten] = [9, 10].map((version) => admissions.filter((admission) => admission.version === version));
  const found = (codes: Iterable<string>, by: (code: string) => Phenotype | null) =>
    new Set([...codes].map(by).filter((p) => p !== null));
  const labelled = ten!.map(({ codes }) => ({ codes, chosen: found(codes, byChosen), ccsr: found(codes, byCcsr) }));
  const inNine = nine!.map(({ codes }) => found(codes, (code) => phenotypeByCcs(mappings, code)));

  const rows = PHENOTYPES.map((phenotype) => {
    const codes = [...mappings.icd10].filter((code) => byChosen(code) === phenotype);
    const other = [...mappings.icd10].filter((code) => byCcsr(code) === phenotype);
    const both = codes.filter((code) => byCcsr(code) === phenotype).length;
    const [ours, theirs] = [
      labelled.filter((a) => a.chosen.has(phenotype)),
      labelled.filter((a) => a.ccsr.has(phenotype)),
    ];
    const causes = new Map<string, number>();
    for (const { codes: recorded, chosen: mine, ccsr } of labelled) {
      if (mine.has(phenotype) === ccsr.has(phenotype)) continue;
      const by = mine.has(phenotype) ? byChosen : byCcsr;
      for (const code of recorded) if (by(code) === phenotype) causes.set(code, (causes.get(code) ?? 0) + 1);
    }
    const most = [...causes].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, 4);
    const before = inNine.filter((set) => set.has(phenotype)).length;
    return [
      phenotype.split(/[;(]/)[0]!.trim(),
      `${codes.length}, ${other.length}, ${both}`,
      percent(before, nine!.length),
      `${percent(ours.length, ten!.length)}`,
      `${percent(theirs.length, ten!.length)}`,
      String(ours.filter((a) => !a.ccsr.has(phenotype)).length),
      String(theirs.filter((a) => !a.chosen.has(phenotype)).length),
      most.map(([code, n]) => `${code} ${n}`).join(', '),
    ];
  });
  const differ = labelled.filter((a) => a.chosen.size !== a.ccsr.size || [...a.chosen].some((p) => !a.ccsr.has(p)));
  const cells = labelled.flatMap((a) =>
    [...new Set([...a.chosen, ...a.ccsr])].filter((p) => !(a.chosen.has(p) && a.ccsr.has(p))),
  );
  const heading = [
    'phenotype',
    'codes: ours, CCSR, both',
    'ICD-9 admissions, %',
    'ICD-10, ours, %',
    'ICD-10, CCSR, %',
    'only ours',
    'only CCSR',
    'because of',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${nine!.length} admissions in ICD-9-CM, ${ten!.length} in ICD-10-CM. Of the latter ${differ.length} have other labels by ` +
      `CCSR, in ${cells.length} of ${ten!.length * PHENOTYPES.length} cells.`,
    '',
    line(heading),
    line(heading.map(() => '---')),
    ...rows.map(line),
  ].join('\n');
}
