/** MIMIC-IV's dictionaries: both versions of ICD, laboratory items, charted items. */
import { PHENOTYPES } from '../../phenotypes.js';
import { DISEASES, OTHER_CODES } from '../diseases.js';
import { ITEMS, LABS, MORE_LABS } from '../items.js';
import type { TableWriter } from '../table-writer.js';
import { PROCEDURES } from '../treatments.js';
import { allDiagnosesIn10, allProceduresIn10 } from './icd10.js';
import type { Table } from './tables.js';

/** `?F` of MIMIC-III is `°F` here. */
export function unitOf(unit: string): string {
  return unit === '?F' ? '°F' : unit;
}

export function writeDictionaries(tables: TableWriter<Table>, extended: boolean): void {
  const diagnoses = tables.table('hosp/d_icd_diagnoses');
  const codes = [...PHENOTYPES.flatMap((disease) => DISEASES[disease].codes), ...OTHER_CODES].map(([c]) => c);
  for (const { icd9, title } of codes) diagnoses.row([icd9, 9, title]);
  for (const { code, title } of allDiagnosesIn10()) diagnoses.row([code, 10, title]);
  const procedures = tables.table('hosp/d_icd_procedures');
  for (const [icd9, title] of PROCEDURES) procedures.row([icd9, 9, title]);
  for (const { code, title } of allProceduresIn10()) procedures.row([code, 10, title]);
  for (const [item, label, links, category, unit, kind] of ITEMS) {
    // biome-ignore format: one line per group of columns
    tables.table('icu/d_items').row([
      item, label, label, links.replace(/_mv$/, ''), category, unitOf(unit) || 'None', kind === 'Process' ? 'Processes' : kind,
      '', '',
    ]);
  }
  for (const [item, label, category] of Object.values(extended ? { ...LABS, ...MORE_LABS } : LABS)) {
    tables.table('hosp/d_labitems').row([item, label, 'Blood', category]);
  }
}
