import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCohort, type CohortReport, readCohort } from '../../../src/cohort/index.js';
import { PHENOTYPES } from '../../../src/phenotypes.js';
import type { Cohort } from '../../../src/types.js';
import { readTable } from '../../synthesize/tables-of.js';

const shared = process.env.CLINRAGEN_SHARED ?? fileURLToPath(new URL('../../../../../../shared', import.meta.url));
const demo = join(shared, 'data/mimic-iv-demo-2.2');

/** The open demo; its rows are read here a second time, without DuckDB. About 10 s. Skipped where it is absent. */
describe.skipIf(!existsSync(demo))('the MIMIC-IV demo 2.2, which has no chartevents', () => {
  let folder: string;
  let report: CohortReport;
  let cohort: Cohort;
  type Row = Record<string, string>;
  let stays: Map<string, Row>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinragen-mimic4-demo-'));
    const out = join(folder, 'cohort');
    report = await buildCohort({ kind: 'mimic4', source: demo, out, variables: 'extended' });
    cohort = await readCohort(out);
    stays = new Map(chosenStays().map((row) => [row.stay_id!, row]));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The rules of the cohort, over again. */
  function chosenStays(): Row[] {
    const patients = new Map(readTable(demo, 'hosp/patients').map((row) => [row.subject_id!, row]));
    const admissions = new Map(readTable(demo, 'hosp/admissions').map((row) => [row.hadm_id!, row]));
    const unmoved = readTable(demo, 'icu/icustays').filter((row) => row.first_careunit === row.last_careunit);
    return unmoved.filter((row) => {
      const patient = patients.get(row.subject_id!)!;
      const year = Number(admissions.get(row.hadm_id!)!.admittime!.slice(0, 4));
      const age = Number(patient.anchor_age) + year - Number(patient.anchor_year);
      return age >= 18 && unmoved.filter(({ hadm_id }) => hadm_id === row.hadm_id).length === 1;
    });
  }

  const at = (text: string) => Date.parse(`${text}Z`) / 3.6e6;

  it('becomes 112 stays of 91 subjects, the ones that the rules leave', () => {
    expect(report.filters.map(({ filter, stays: n }) => [filter, n])).toEqual([
      ['all ICU stays', 140],
      ['without transfers', 129],
      ['with admission and patient', 129],
      ['one stay per admission', 112],
      ['of known length', 112],
      ['adults', 112],
      ['with recorded diagnoses', 112],
      ['with measurements during the stay', 112],
      ['with something documented', 112],
    ]);
    expect(cohort.stays.map(({ id }) => id).sort()).toEqual([...stays.keys()].sort());
    expect(new Set(cohort.stays.map(({ subject }) => subject)).size).toBe(91);
    for (const { id, series } of cohort.stays) {
      expect(series.hours, id).toBe(Math.max(1, Math.ceil(24 * Number(stays.get(id)!.los))));
    }
  });

  it('says plainly that vital signs are missing, and is a cohort all the same', () => {
    expect(report.provenance.absent).toEqual(['chartevents', 'discharge']);
    expect(report.warnings).toContainEqual(expect.stringMatching(/icu\/chartevents is not there: no vital signs/));
    expect(report.notes).toMatchObject({ kind: 'composed', admissionDx: false });
    const hours = Object.fromEntries(report.variables.map(({ column, measuredHours }) => [column, measuredHours]));
    expect([hours.heart_rate, hours.glasgow_coma_scale_total, hours.troponin_i]).toEqual([0, 0, 0]);
  });

  it('accounts for every row of the laboratory and the outputs', () => {
    const sum = Object.values(report.events).reduce((a, b) => a + b);
    expect(sum).toBe(readTable(demo, 'hosp/labevents').length + readTable(demo, 'icu/outputevents').length);
    expect([report.unreadable, report.unknownUnits]).toEqual([{}, {}]);
  });

  it('has creatinine, sodium and arterial oxygen in exactly the hours in which they were drawn', () => {
    const labs = readTable(demo, 'hosp/labevents');
    const vessel = new Map(labs.filter((row) => row.itemid === '52033').map((row) => [row.specimen_id!, row.value!]));
    expect(new Set(vessel.values())).toEqual(new Set(['ART.', 'VEN.', 'MIX.', 'CENTRAL VENOUS.']));
    const bySubject = new Map<string, Row[]>();
    for (const row of stays.values()) bySubject.set(row.subject_id!, [...(bySubject.get(row.subject_id!) ?? []), row]);
    const width = cohort.variables.length;
    for (const [name, items] of [
      ['creatinine', ['50912', '52024', '52546']],
      ['sodium', ['50824', '50983', '52455', '52623']],
      ['partial pressure of oxygen', ['50821']],
    ] as const) {
      const drawn = new Map<string, { hours: number; value: number }>();
      for (const row of labs.filter(
        ({ itemid, valuenum }) => (items as readonly string[]).includes(itemid!) && valuenum !== '',
      )) {
        const from = items[0] === '50821' ? (vessel.get(row.specimen_id!) ?? 'ART.') : 'ART.';
        for (const stay of bySubject.get(row.subject_id!) ?? []) {
          const [hours, length] = [at(row.charttime!) - at(stay.intime!), 24 * Number(stay.los)];
          if (from !== 'ART.' || hours < 0 || hours > length) continue;
          const key = `${stay.stay_id} ${Math.min(Math.floor(hours), Math.ceil(length) - 1)}`;
          const before = drawn.get(key);
          const value = Number(row.valuenum);
          if (!before || hours > before.hours || (hours === before.hours && value > before.value))
            drawn.set(key, { hours, value });
        }
      }
      const v = cohort.variables.findIndex((variable) => variable.name === name);
      const found = new Map(
        cohort.stays.flatMap(({ id, series }) =>
          Array.from({ length: series.hours }, (_, hour) => hour)
            .filter((hour) => series.measured[hour * width + v] === 1)
            .map((hour): [string, number] => [`${id} ${hour}`, series.values[hour * width + v]!]),
        ),
      );
      expect(drawn.size, name).toBeGreaterThan(400);
      expect([...found.keys()].sort(), name).toEqual([...drawn.keys()].sort());
      // Limits move what is hardly possible: an arterial pO2 under 32 to 32.
      for (const [key, { value }] of drawn)
        expect(found.get(key), `${name} ${key}`).toBeCloseTo(name.startsWith('p') ? Math.max(32, value) : value, 3);
    }
  });

  it('has labels of both versions of ICD, none of them from another admission', () => {
    const codes = readTable(demo, 'hosp/diagnoses_icd');
    const versionOf = new Map(codes.map((row) => [row.hadm_id!, row.icd_version!]));
    const of = (version: string) => cohort.stays.filter(({ id }) => versionOf.get(stays.get(id)!.hadm_id!) === version);
    expect(of('9').length + of('10').length).toBe(112);
    for (const version of ['9', '10']) {
      const labelled = of(version).filter(({ labels }) => labels.length > 0);
      expect(labelled.length / of(version).length, version).toBeGreaterThan(0.85);
    }
    // Essential hypertension is 401.x (401.0, .1, .9) or I10, nothing else.
    const hypertension = PHENOTYPES.find((name) => name === 'Essential hypertension')!;
    const coded = new Set(
      codes
        .filter((row) => /^401[019]\s*$/.test(row.icd_code!) || row.icd_code!.trim() === 'I10')
        .map((row) => row.hadm_id!),
    );
    expect(cohort.stays.filter(({ labels }) => labels.includes(hypertension)).map(({ id }) => id)).toEqual(
      cohort.stays.filter(({ id }) => coded.has(stays.get(id)!.hadm_id!)).map(({ id }) => id),
    );
  });
});
