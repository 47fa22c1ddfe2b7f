import { describe, expect, it } from 'vitest';
import type { TableText } from '../small-hospital.js';
import { withMimic4 } from './small-mimic4.js';

const CHART =
  'subject_id | hadm_id | stay_id | caregiver_id | charttime | storetime | itemid | value | valuenum | valueuom | warning';
const LAB =
  'labevent_id | subject_id | hadm_id | specimen_id | itemid | charttime | storetime | value | valuenum | valueuom | comments';
const OUTPUT = 'subject_id | hadm_id | stay_id | caregiver_id | charttime | storetime | itemid | value | valueuom';

/** What is measured, as `stay variable hours value`, and every count. */
const measured = (tables: Readonly<Record<string, TableText>>) =>
  withMimic4(tables, async (source, duck) => {
    await source.fillStays();
    const progress: [number, number][] = [];
    const counts = await source.fillMeasured((done, total) => progress.push([done, total]));
    const rows = await duck.rows<{ id: string; variable: string; hours: number; value: number }>(`
      SELECT stay_id AS id, variable, round(hours, 3) AS hours, round(m.value, 3) AS value
      FROM measured AS m JOIN stays USING (stay) ORDER BY ALL`);
    expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
    return {
      ...counts,
      rows: rows.map((r) => `${r.id} ${r.variable} ${r.hours} ${r.value}`),
      warnings: await source.warnings(),
    };
  });

const NO_LABS = { 'hosp/labevents': LAB };

describe('charted measurements', () => {
  it('belong to the stay that they name, within its time; each other row is counted once', async () => {
    const { rows, events } = await measured({
      ...NO_LABS,
      'icu/chartevents': `
        ${CHART}
        1 | 11 | 200 | | 2150-01-01 06:00:00 | | 220045 | 88 | 88 | bpm | 0
        1 | 11 | 200 | | 2150-01-02 06:00:00 | | 220045 | 90 | 90 | bpm | 0
        1 | 11 | 200 | | 2150-01-02 06:01:00 | | 220045 | 91 | 91 | bpm | 0
        1 | 11 | 200 | | 2150-01-01 05:59:00 | | 220045 | 92 | 92 | bpm | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 220045 |    |    | bpm | 0
        1 | 11 | 200 | |                     | | 220045 | 93 | 93 | bpm | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 220047 | 94 | 94 | bpm | 0
        1 | 11 | 999 | | 2150-01-01 07:00:00 | | 220045 | 95 | 95 | bpm | 0
        1 | 11 |     | | 2150-01-01 07:00:00 | | 220045 | 96 | 96 | bpm | 0
        2 | 21 | 300 | | 2160-03-03 09:30:00 | | 220045 | 70 | 70 | bpm | 0`,
    });
    expect(rows).toEqual(['200 heart_rate 0 88', '200 heart_rate 24 90', '300 heart_rate 1.5 70']);
    expect(events).toEqual({
      kept: 3,
      'no value': 2,
      'not during the stay': 2,
      'stay not in cohort': 2,
      'other item': 1,
    });
  });

  it('are the number that MIMIC-IV names, else the text; come in the catalogue’s unit; what is neither is counted', async () => {
    const { rows, unreadable, unknownUnits, events } = await measured({
      ...NO_LABS,
      'icu/chartevents': `
        ${CHART}
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 220179 | 120/80 | 120 | mmHg | 0
        1 | 11 | 200 | | 2150-01-01 08:00:00 | | 220179 | 118 | | mmHg | 0
        1 | 11 | 200 | | 2150-01-01 09:00:00 | | 220179 | off | | mmHg | 0
        1 | 11 | 200 | | 2150-01-01 10:00:00 | | 220179 | 3 | 3 | furlong | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 223761 | 98.6 | 98.6 | °F | 0
        1 | 11 | 200 | | 2150-01-01 08:00:00 | | 223762 | 38.5 | 38.5 | °C | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 226531 | 200 | 200 | | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 223835 | 40 | 40 | | 0`,
    });
    expect(rows).toEqual([
      '200 fraction_inspired_oxygen 1 0.4',
      '200 systolic_blood_pressure 1 120',
      '200 systolic_blood_pressure 2 118',
      '200 temperature 1 37',
      '200 temperature 2 38.5',
      '200 weight 1 90.718',
    ]);
    expect(events).toEqual({ kept: 8 });
    expect(unreadable).toEqual({ systolic_blood_pressure: 1 });
    expect(unknownUnits).toEqual({ 'systolic_blood_pressure in furlong': 1 });
  });

  it('make a coma scale of its three parts, read by their words', async () => {
    const { rows, events } = await measured({
      ...NO_LABS,
      'icu/chartevents': `
        ${CHART}
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 220739 | To Speech | 3 | | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 223900 | No Response-ETT | 0 | | 0
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 223901 | | 6 | | 0
        1 | 11 | 200 | | 2150-01-01 08:00:00 | | 220739 | To Pain | 2 | | 0`,
    });
    expect(rows).toEqual(['200 glasgow_coma_scale_total 1 10']);
    expect(events).toEqual({ kept: 4 });
  });

  it('say so where the table is not there, or is silent about stays', async () => {
    const absent = await measured({});
    expect(absent.warnings).toEqual([expect.stringMatching(/icu\/chartevents is not there: no vital signs/)]);
    expect(absent.rows).toEqual(['200 creatinine 1 1.4']);
    const silent = await measured({
      'icu/chartevents': `${CHART}\n1 | 11 | 200 | | 2150-01-01 07:00:00 | | 220045 | 88 | 88 | bpm | 0`,
    });
    expect(silent.warnings).toEqual([expect.stringMatching(/^2 stays have nothing in icu\/chartevents/)]);
  });

  it('need no column caregiver_id, which older versions lack', async () => {
    const { rows } = await measured({
      ...NO_LABS,
      'icu/chartevents': `
        subject_id | hadm_id | stay_id | charttime | storetime | itemid | value | valuenum | valueuom | warning
        1 | 11 | 200 | 2150-01-01 07:00:00 | | 220045 | 88 | 88 | bpm | 0`,
    });
    expect(rows).toEqual(['200 heart_rate 1 88']);
  });
});

describe('the laboratory', () => {
  it('belongs to the stay into whose time it falls; an admission may be empty, but not another one', async () => {
    const { rows, events } = await measured({
      'hosp/labevents': `
        ${LAB}
        1 | 1 | 11 | 1 | 50983 | 2150-01-01 06:00:00 | | 140 | 140 | mEq/L |
        2 | 1 |    | 1 | 50983 | 2150-01-01 08:00:00 | | 141 | 141 | mEq/L |
        3 | 1 | 12 | 1 | 50983 | 2150-01-01 09:00:00 | | 142 | 142 | mEq/L |
        4 | 1 | 11 | 1 | 50983 | 2150-01-03 09:00:00 | | 143 | 143 | mEq/L |
        5 | 7 |    | 1 | 50983 | 2150-01-01 09:00:00 | | 144 | 144 | mEq/L |
        6 | 1 | 12 | 1 | 50983 | 2153-05-01 18:00:00 | | 145 | 145 | mEq/L |
        7 | 1 | 11 | 1 | 50983 | 2150-01-01 10:00:00 | |     |     | mEq/L | ERROR
        8 | 1 | 11 | 1 | 50868 | 2150-01-01 10:00:00 | | 14 | 14 | mEq/L |
        9 | 1 | 11 | 1 | 50983 |                     | | 14 | 14 | mEq/L |`,
    });
    expect(rows).toEqual(['100 sodium 12 145', '200 sodium 0 140', '200 sodium 2 141']);
    expect(events).toEqual({
      kept: 3,
      'in no stay of the cohort': 3,
      'another admission': 1,
      'no value': 1,
      'other item': 1,
    });
  });

  it('gives a moment that two stays of a subject share to the later one alone', async () => {
    const { rows, events } = await measured({
      'icu/icustays': `
        subject_id | hadm_id | stay_id | first_careunit | last_careunit | intime | outtime | los
        1 | 11 | 100 | MICU | MICU | 2150-01-01 06:00:00 | 2150-01-01 18:00:00 | 0.5
        1 | 12 | 200 | MICU | MICU | 2150-01-01 12:00:00 | 2150-01-01 18:00:00 | 0.25`,
      'hosp/labevents': `
        ${LAB}
        1 | 1 | | 1 | 50983 | 2150-01-01 11:00:00 | | 140 | 140 | mEq/L |
        2 | 1 | | 1 | 50983 | 2150-01-01 12:00:00 | | 141 | 141 | mEq/L |
        3 | 1 | | 1 | 50983 | 2150-01-01 18:00:00 | | 142 | 142 | mEq/L |`,
    });
    expect(rows).toEqual(['100 sodium 5 140', '200 sodium 0 141', '200 sodium 6 142']);
    expect(events).toEqual({ kept: 3 });
  });

  it('takes a blood gas unless its own specimen came from another vessel; a pH of any', async () => {
    const { rows, events } = await measured({
      'hosp/labevents': `
        ${LAB}
        1 | 1 | 11 | 5 | 52033 | 2150-01-01 07:00:00 | | ART. | | | ___
        2 | 1 | 11 | 5 | 50821 | 2150-01-01 07:00:00 | | 95 | 95 | mm Hg |
        3 | 1 | 11 | 6 | 50821 | 2150-01-01 08:00:00 | | 40 | 40 | mm Hg |
        4 | 1 | 11 | 6 | 50820 | 2150-01-01 08:00:00 | | 7.3 | 7.3 | units |
        5 | 1 | 11 | 6 | 52033 | 2150-01-01 08:00:00 | | VEN. | | | ___
        6 | 1 | 11 | 7 | 50818 | 2150-01-01 08:00:00 | | 44 | 44 | mm Hg |
        7 | 1 | 11 |   | 50818 | 2150-01-01 09:00:00 | | 45 | 45 | mm Hg |
        8 | 1 | 11 |   | 52033 | 2150-01-01 09:00:00 | | MIX. | | | ___`,
    });
    expect(rows).toEqual([
      '200 partial_pressure_of_carbon_dioxide 2 44',
      '200 partial_pressure_of_carbon_dioxide 3 45',
      '200 partial_pressure_of_oxygen 1 95',
      '200 ph 2 7.3',
    ]);
    expect(events).toEqual({ kept: 4, 'specimen type': 3, 'gas of another vessel': 1 });
  });

  it('is read though remarks end in quotes or hold lone backslashes, as in 3.1', async () => {
    const { rows, events } = await measured({
      'hosp/labevents': `
        ${LAB}
        1 | 1 | 11 | 1 | 50983 | 2150-01-01 07:00:00 | | 140 | 140 | mEq/L | CALLED, READ BACK AS "CRITICAL"
        2 | 1 | 11 | 1 | 50983 | 2150-01-01 08:00:00 | | 141 | 141 | mEq/L | TUBE A\\B, ACCEPTED\\
        3 | 1 | 11 | 1 | 50983 | 2150-01-01 09:00:00 | | 142 | 142 | mEq/L | "\\n\\"`,
    });
    expect(rows).toEqual(['200 sodium 1 140', '200 sodium 2 141', '200 sodium 3 142']);
    expect(events).toEqual({ kept: 3 });
  });
});

describe('outputs', () => {
  it('add up, less what was put in to rinse', async () => {
    const { rows } = await measured({
      ...NO_LABS,
      'icu/outputevents': `
        ${OUTPUT}
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 226559 | 60 | ml
        1 | 11 | 200 | | 2150-01-01 07:00:00 | | 226560 | 200 | ml
        1 | 11 | 200 | | 2150-01-01 08:00:00 | | 227488 | 100 | ml
        1 | 11 | 200 | | 2150-01-01 08:00:00 | | 226588 | 30 | ml`,
    });
    expect(rows).toEqual(['200 urine_output 1 60', '200 urine_output 1 200', '200 urine_output 2 -100']);
  });
});
