import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { literal } from '../../../src/cohort/duck.js';
import { EICU_HOURLY_COLUMNS } from '../../../src/cohort/eicu/hourly-columns.js';
import type { VariableSetName } from '../../../src/cohort/variables/sets.js';
import { type TableText, withDuck } from '../small-hospital.js';
import { withEicu } from './small-eicu.js';

type Tables = Readonly<Record<string, TableText | null>>;

/** What is measured of SMALL_EICU with these tables instead of its monitor: `[stay, hours, variable, value]`, sorted. */
function measured(
  tables: Tables,
  options: { set?: VariableSetName; hourly?: (folder: string) => Promise<string>; but?: readonly string[] } = {},
) {
  const { but = ['weight', 'height'], ...rest } = options;
  return withEicu(
    { vitalPeriodic: null, ...tables },
    async ({ duck, source }) => {
      const counts = await source.fillMeasured(() => {});
      const rows = await duck.rows<{ id: string; hours: number; variable: string; value: number }>(
        `SELECT stay_id AS id, hours, variable, value FROM measured JOIN stays USING (stay)
         WHERE variable NOT IN (${['', ...but].map(literal).join(', ')}) ORDER BY ALL`,
      );
      const values = rows.map((r) => [r.id, round(r.hours), r.variable, round(r.value)]);
      return { values, counts, tables: source.tables(), items: source.items, warnings: await warningsOf(source, duck) };
    },
    rest as Parameters<typeof withEicu>[2],
  );
}

const round = (x: number) => Math.round(x * 1e4) / 1e4;

/** Warnings are of the stays that were chosen: here all. */
async function warningsOf(
  source: Parameters<Parameters<typeof withEicu>[1]>[0]['source'],
  duck: { run(sql: string): Promise<void> },
) {
  await duck.run('CREATE TABLE chosen AS FROM stays');
  return source.warnings();
}

const PERIODIC =
  'vitalperiodicid | patientunitstayid | observationoffset | temperature | sao2 | heartrate | respiration | systemicsystolic | systemicdiastolic | systemicmean';
const APERIODIC =
  'vitalaperiodicid | patientunitstayid | observationoffset | noninvasivesystolic | noninvasivediastolic | noninvasivemean';
const LAB =
  'labid | patientunitstayid | labresultoffset | labname | labresult | labresulttext | labmeasurenamesystem | labmeasurenameinterface';
const NURSE =
  'nursingchartid | patientunitstayid | nursingchartoffset | nursingchartcelltypevallabel | nursingchartcelltypevalname | nursingchartvalue';
const RESPIRATORY = 'respchartid | patientunitstayid | respchartoffset | respchartvaluelabel | respchartvalue';
const OUTPUT = 'intakeoutputid | patientunitstayid | intakeoutputoffset | cellpath | celllabel | cellvaluenumeric';
const table = (header: string, ...rows: readonly string[]) => [header, ...rows].join('\n');

describe('what eICU measures', () => {
  it('takes of the laboratory what it sent, in its unit, and not what the hospital converted', async () => {
    const { values, counts } = await measured({
      lab: table(
        LAB,
        '1 | 101 | 30 | FiO2 | 10000 | 100 | % | %',
        '2 | 101 | 60 | creatinine | 1.0 | 88.4 | mg/dL | umol/L',
        '3 | 101 | 60 | glucose | 100 | 100 | mg/dL | mg/dL',
        '4 | 101 | 60 | bedside glucose | | 5.5 | mg/dL | mmol/L',
        '5 | 101 | 60 | Hgb | 12 | 12 | g/dL | ',
        '6 | 101 | 60 | WBC x 1000 | 9.8 | 9.8 | K/mcL | K/mcL',
      ),
    });
    expect(values).toEqual([
      ['101', 0.5, 'fraction_inspired_oxygen', 1],
      ['101', 1, 'creatinine', 1],
      ['101', 1, 'glucose', 99.0858],
      ['101', 1, 'glucose', 100],
      ['101', 1, 'hemoglobin', 12],
      ['101', 1, 'white_blood_cell_count', 9.8],
    ]);
    expect(counts.events).toEqual({ kept: 6 });
  });

  it('accounts for every row: what is of no stay, no item, no value, no time, no number, no unit', async () => {
    const { values, counts, tables } = await measured({
      lab: table(
        LAB,
        '1 | 101 | 30 | sodium | 140 | 140 | mmol/L | mmol/L',
        '2 | 999 | 30 | sodium | 140 | 140 | mmol/L | mmol/L',
        '3 | | 30 | sodium | 140 | 140 | mmol/L | mmol/L',
        '4 | 101 | 30 | serum osmolality | 280 | 280 | mOsm/kg | mOsm/kg',
        '5 | 101 | 30 | sodium | 140 |  | mmol/L | mmol/L',
        '6 | 101 | | sodium | 140 | 140 | mmol/L | mmol/L',
        '7 | 101 | -1 | sodium | 141 | 141 | mmol/L | mmol/L',
        '8 | 101 | 301 | sodium | 142 | 142 | mmol/L | mmol/L',
        '9 | 101 | 300 | sodium | 143 | 143 | mmol/L | mmol/L',
        '10 | 101 | 0 | sodium | 144 | 144 | mmol/L | mmol/L',
        '11 | 101 | 30 | troponin - I | 0.01 | <0.01 | ng/mL | ng/mL',
        '12 | 101 | 30 | lactate | | pending | mmol/L | mmol/L',
        '13 | 101 | 30 | lactate | | NaN | mmol/L | mmol/L',
        '14 | 101 | 30 | FiO2 | 2 | 2 | % | lpm',
      ),
    });
    expect(values).toEqual([
      ['101', 0, 'sodium', 144],
      ['101', 0.5, 'sodium', 140],
      ['101', 5, 'sodium', 143],
    ]);
    expect(counts.events).toEqual({
      kept: 7,
      'stay not in cohort': 2,
      'no value': 2,
      'outside the stay': 2,
      'other item': 1,
    });
    expect(counts.unreadable).toEqual({ lactate: 2, troponin_i: 1 });
    expect(counts.unknownUnits).toEqual({ 'fraction_inspired_oxygen in lpm': 1 });
    expect(tables.lab).toMatchObject({ rows: 14 });
  });

  it('takes of the monitor the last plausible value of each hour, and an implausible one where there is no other', async () => {
    const { values, counts } = await measured({
      vitalPeriodic: table(
        PERIODIC,
        '1 | 101 | 5 | 37 | 97 | 88 | 18 | 120 | 60 | 80',
        '2 | 101 | 59 | | 96 | 90 | | | |',
        '3 | 101 | 58 | | | 500 | | 121 | |',
        '4 | 101 | 60 | | | 400 | | | |',
        '5 | 101 | 65 | | | 600 | | | |',
        '6 | 101 | -5 | | | 70 | | | |',
        '7 | 101 | 400 | | | 70 | | | |',
        '8 | 101 | 90 | | | | | | |',
        '9 | 999 | 5 | | | 70 | | | |',
      ),
    });
    expect(values).toEqual([
      ['101', 0.0833, 'diastolic_blood_pressure', 60],
      ['101', 0.0833, 'mean_blood_pressure', 80],
      ['101', 0.0833, 'respiratory_rate', 18],
      ['101', 0.0833, 'temperature', 37],
      ['101', 0.9667, 'systolic_blood_pressure', 121],
      ['101', 0.9833, 'heart_rate', 90],
      ['101', 0.9833, 'oxygen_saturation', 96],
      ['101', 1.0833, 'heart_rate', 600],
    ]);
    expect(counts.events).toEqual({ kept: 5, 'outside the stay': 2, 'no value': 1, 'stay not in cohort': 1 });
  });

  it('refuses a monitor that says no number, and names the column', async () => {
    const row = '1 | 101 | 5 | | | eighty | | | |';
    await expect(measured({ vitalPeriodic: table(PERIODIC, row) })).rejects.toThrow(
      /^vitalPeriodic.csv.*a value of column heartrate cannot be read; expected DOUBLE/,
    );
  });

  it('reads the cuff, a row for three pressures', async () => {
    const { values, counts } = await measured({
      vitalAperiodic: table(
        APERIODIC,
        '1 | 101 | 60 | 171 | 90 | 116',
        '2 | 101 | 90 | 150 | x |',
        '3 | 101 | 95 | | |',
        '4 | 104 | 121 | 150 | 70 |',
      ),
    });
    expect(values).toEqual([
      ['101', 1, 'diastolic_blood_pressure', 90],
      ['101', 1, 'mean_blood_pressure', 116],
      ['101', 1, 'systolic_blood_pressure', 171],
      ['101', 1.5, 'systolic_blood_pressure', 150],
    ]);
    expect(counts.events).toEqual({ kept: 2, 'no value': 1, 'outside the stay': 1 });
    expect(counts.unreadable).toEqual({ diastolic_blood_pressure: 1 });
  });

  it('reads what nurses chart by label and name, and sums a coma score of its parts', async () => {
    const rows = [
      '1 | 101 | 60 | Temperature | Temperature (F) | 98.6',
      '2 | 101 | 60 | Temperature | Temperature (C) | 38.1',
      '3 | 101 | 60 | Temperature | Temperature Location | ORAL',
      '4 | 101 | 60 | Invasive BP | Invasive BP Mean | 77',
      '5 | 101 | 60 | MAP (mmHg) | Value | 78',
      '6 | 101 | 60 | Pain Score/Goal | Value | 3',
      '7 | 101 | 60 | Glasgow coma score | Eyes | 3',
      '8 | 101 | 60 | Glasgow coma score | Motor | 6',
      '9 | 101 | 60 | Glasgow coma score | Verbal | 4',
      '10 | 101 | 120 | Glasgow coma score | GCS Total | 15',
      '11 | 101 | 180 | Glasgow coma score | GCS Total | Unable to score due to medication',
      '12 | 101 | 180 | | |',
    ];
    const { values, counts } = await measured({ nurseCharting: table(NURSE, ...rows) });
    expect(values).toEqual([
      ['101', 1, 'glasgow_coma_scale_total', 13],
      ['101', 1, 'mean_blood_pressure', 77],
      ['101', 1, 'mean_blood_pressure', 78],
      ['101', 1, 'temperature', 37],
      ['101', 1, 'temperature', 38.1],
      ['101', 2, 'glasgow_coma_scale_total', 15],
    ]);
    expect(counts.events).toEqual({ kept: 9, 'other item': 3 });
    expect(counts.unreadable).toEqual({ glasgow_coma_scale_total: 1 });
  });

  it('keeps the parts of the coma score where the set has them', async () => {
    const row = '1 | 101 | 60 | Glasgow coma score | Eyes | 3';
    const { values } = await measured({ nurseCharting: table(NURSE, row) }, { set: 'benchmark17' });
    expect(values).toEqual([['101', 1, 'glasgow_coma_scale_eye_opening', 3]]);
  });

  it('reads oxygen in percent, with and without its sign', async () => {
    const rows = [
      '1 | 101 | 60 | FiO2 | 40',
      '2 | 101 | 120 | FIO2 (%) | 45%',
      '3 | 101 | 180 | O2 Percentage | 50 %',
      '4 | 101 | 180 | LPM O2 | 4',
      '5 | 101 | 180 | Total RR | 22',
    ];
    const { values } = await measured({ respiratoryCharting: table(RESPIRATORY, ...rows) });
    expect(values).toEqual([
      ['101', 1, 'fraction_inspired_oxygen', 0.4],
      ['101', 2, 'fraction_inspired_oxygen', 0.45],
      ['101', 3, 'fraction_inspired_oxygen', 0.5],
      ['101', 3, 'respiratory_rate', 22],
    ]);
  });

  it('counts urine that left the patient, once', async () => {
    const out = 'flowsheet¦Flowsheet Cell Labels¦I&O¦Output (ml)¦';
    const rows = [
      `1 | 101 | 60 | ${out}Urine | Urine | 100.0000`,
      `2 | 101 | 70 | ${out}Foley 16Fr | Foley 16Fr | 50`,
      `3 | 101 | 80 | ${out}Urine Output-Urethral | Urine Output-Urethral | 25`,
      `4 | 101 | 80 | ${out}Stool | Stool | 300`,
      `5 | 101 | 80 | ${out}Urine Count | Urine Count | 2`,
      '6 | 101 | 80 | flowsheet¦Flowsheet Cell Labels¦I&O¦Intake (ml)¦Foley irrigant | Foley irrigant | 500',
      '7 | 101 | 80 | | Urine | 500',
    ];
    const { values, counts } = await measured({ intakeOutput: table(OUTPUT, ...rows) });
    expect(values).toEqual([
      ['101', 1, 'urine_output', 100],
      ['101', 1.1667, 'urine_output', 50],
      ['101', 1.3333, 'urine_output', 25],
    ]);
    expect(counts.events).toEqual({ kept: 3, 'other item': 4 });
  });

  it('takes weight and height on admission as of hour 0, of stays of which anything else is measured', async () => {
    const tables = { respiratoryCharting: table(RESPIRATORY, '1 | 101 | 60 | Total RR | 22') };
    const { values } = await measured(tables, { set: 'benchmark17', but: [] });
    expect(values).toEqual([
      ['101', 0, 'height', 165],
      ['101', 0, 'weight', 70.5],
      ['101', 1, 'respiratory_rate', 22],
    ]);
  });
});

/** A folder with `dyn.parquet` of these rows, without the columns `but`; cells that are not named are empty. */
const hourlyForm =
  (rows: readonly Readonly<Record<string, number>>[], but: readonly string[] = []) =>
  async (folder: string): Promise<string> => {
    const path = join(folder, 'hours');
    await mkdir(path);
    const columns = ['stay_id', 'time', ...EICU_HOURLY_COLUMNS.map(({ column }) => column)];
    const kept = columns.filter((column) => !but.includes(column));
    const values = rows.map((row) => `(${kept.map((column) => row[column] ?? 'NULL::DOUBLE').join(', ')})`);
    const names = kept.map((column) => `"${column}"`).join(', ');
    const file = literal(join(path, 'dyn.parquet'));
    await withDuck((duck) =>
      duck.run(`COPY (FROM (VALUES ${values.join(', ')}) AS t(${names})) TO ${file} (FORMAT parquet)`),
    );
    return path;
  };

describe('the hourly form of eICU', () => {
  it('gives the hours, in the catalogue’s units, that lie within the stay', async () => {
    const { values, counts, tables, items } = await measured(
      {},
      {
        hourly: hourlyForm([
          { stay_id: 101, time: 0, hr: 88, fio2: 40, temp: 37.2 },
          { stay_id: 101, time: 5 * 3600, hr: 90 },
          { stay_id: 101, time: 6 * 3600, hr: 91 },
          { stay_id: 101, time: 3600 },
          { stay_id: 999, time: 0, hr: 91 },
        ]),
      },
    );
    expect(values).toEqual([
      ['101', 0, 'fraction_inspired_oxygen', 0.4],
      ['101', 0, 'heart_rate', 88],
      ['101', 0, 'temperature', 37.2],
      ['101', 5, 'heart_rate', 90],
    ]);
    expect(counts.events).toEqual({ kept: 2, 'outside the stay': 1, 'no value': 1, 'stay not in cohort': 1 });
    expect(tables['hourly form']).toMatchObject({ file: 'hours/dyn.parquet', rows: 5 });
    expect(items.heart_rate).toEqual(['hourly form: hr']);
  });

  it('fills the hours in which the raw tables have nothing; of urine, the stays', async () => {
    const out = 'flowsheet¦Flowsheet Cell Labels¦I&O¦Output (ml)¦Urine';
    const { values, warnings, items } = await measured(
      {
        respiratoryCharting: table(RESPIRATORY, '1 | 101 | 70 | Total RR | 22'),
        intakeOutput: table(OUTPUT, `1 | 101 | 70 | ${out} | Urine | 100`),
      },
      {
        hourly: hourlyForm([
          { stay_id: 101, time: 3600, resp: 20, urine: 90 },
          { stay_id: 101, time: 7200, resp: 21, urine: 80 },
          { stay_id: 104, time: 3600, urine: 70 },
        ]),
      },
    );
    expect(values).toEqual([
      ['101', 1.1667, 'respiratory_rate', 22],
      ['101', 1.1667, 'urine_output', 100],
      ['101', 2, 'respiratory_rate', 21],
      ['104', 1, 'urine_output', 70],
    ]);
    expect(items.respiratory_rate).toEqual([
      'respiratoryCharting: RR (patient)',
      'respiratoryCharting: Total RR',
      'hourly form: resp',
    ]);
    expect(warnings).toEqual([
      'without lab, vitalPeriodic, nurseCharting: what they measure is known from the hourly form',
      'of 5 measurements 2, of 2 stays, come from the hourly form: an hour’s median, or sum',
      '2 stays are longer than the hourly form, which ends after 2 hours',
    ]);
  });

  it('is refused where it is none, or lacks a column', async () => {
    await expect(measured({}, { hourly: async (folder) => folder })).rejects.toThrow(
      /not an hourly form of eICU; expected dyn.parquet/,
    );
    await expect(measured({}, { hourly: hourlyForm([{ stay_id: 101, time: 0 }], ['hr', 'ptt']) })).rejects.toThrow(
      /the column hr, ptt is missing/,
    );
  });
});
