import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildCohort, type CohortOptions, readCohort } from '../../../src/cohort/index.js';
import { mappingSchema } from '../../../src/cohort/meds/index.js';
import { withFolder } from '../small-hospital.js';
import { EVENTS, MAPPING, type SmallMeds, writeMeds } from './small-meds.js';

async function build(meds: SmallMeds, options: Partial<CohortOptions> = {}) {
  return withFolder(async (folder) => {
    await writeMeds(join(folder, 'meds'), meds);
    const out = join(folder, 'cohort');
    const report = await buildCohort({ kind: 'meds', source: join(folder, 'meds'), out, ...options });
    return { report, cohort: await readCohort(out) };
  });
}

describe('the mapping', () => {
  it('is as docs/meds.md shows it', async () => {
    const docs = await readFile(new URL('../../../../../docs/meds.md', import.meta.url), 'utf8');
    const example = [...docs.matchAll(/```yaml\n(.*?)```/gs)]
      .map(([, text]) => text!)
      .find((text) => /^name:/.test(text));
    const mapping = mappingSchema.parse(parse(example!));
    expect(mapping.measurements.map(({ kind }) => kind)).toEqual(['number', 'number', 'text', 'arterial']);
    expect(mapping.stays).toMatchObject({ id: 'icustay_id', adults: 18, onePerAdmission: true, oneUnit: false });
  });
});

describe('a data set whose codes a mapping explains', () => {
  it('gives stays by admission and discharge, values in our units, diagnoses of the admission', async () => {
    const { report, cohort } = await build({});
    expect(report.filters.map(({ filter, stays }) => [filter, stays])).toEqual([
      ['all ICU stays', 3],
      ['with a discharge after the admission', 3],
      ['one stay per admission', 3],
      ['adults', 2],
      ['with recorded diagnoses', 2],
      ['with measurements during the stay', 2],
      ['with something documented', 2],
    ]);
    const [first, second] = cohort.stays;
    expect([first!.id, first!.subject, first!.series.hours]).toEqual(['1/1', '1', 3]);
    // 5849 was coded two days after the ICU, at the end of the hospital admission; I50.9 in the next one.
    expect(first!.labels).toEqual(['Acute and unspecified renal failure']);
    expect(second!.labels).toEqual(['Congestive heart failure; nonhypertensive']);
    expect([first!.note, second!.note]).toEqual(['Medications: heparin.', 'Medications: aspirin.']);
    const at = (name: string, hour: number) => {
      const i = hour * cohort.variables.length + cohort.variables.findIndex((v) => v.name === name);
      return [first!.series.values[i], first!.series.measured[i]];
    };
    expect(at('heart rate', 0)).toEqual([110, 1]);
    // Of 101.3 degF at 11:10 and 37, whose unit is not said, at 11:20 the hour keeps the later one.
    expect(at('temperature', 1)).toEqual([37, 1]);
    // A day after the stay nobody's heart rate is its.
    expect(at('heart rate', 2)).toEqual([110, 0]);
    expect(report.events).toEqual({ kept: 4, 'outside the stays, or no arterial gas': 2, 'other code': 20 });
  });

  it('converts what says its unit in the code', async () => {
    const events = EVENTS.split('\n')
      .filter((line) => !line.includes('VITAL//T//UNK'))
      .join('\n');
    const { cohort } = await build({ events });
    const v = cohort.variables.findIndex(({ name }) => name === 'temperature');
    expect(cohort.stays[0]!.series.values[cohort.variables.length + v]).toBe(38.5);
  });

  it('leaves out stays that end in another unit where the mapping asks for it', async () => {
    const { report } = await build({ mapping: { ...MAPPING, stays: { ...MAPPING.stays, oneUnit: true } } });
    expect(report.filters.find(({ filter }) => filter === 'without transfers')?.stays).toBe(2);
  });

  it('takes children where the mapping lets them in', async () => {
    const mapping = {
      ...MAPPING,
      stays: { ...MAPPING.stays, adults: null },
      notes: [...MAPPING.notes!, { code: 'BORN', as: 'history', say: 'code' }],
    };
    const { report } = await build({ mapping });
    expect(report.filters.map(({ filter }) => filter)).not.toContain('adults');
    expect(report.filters.find(({ filter }) => filter === 'with recorded diagnoses')?.stays).toBe(3);
  });

  it('reads discharge summaries that the mapping names', async () => {
    const mapping = { ...MAPPING, notes: [{ code: 'SUMMARY', as: 'summary' }] };
    const { report, cohort } = await build({ mapping });
    expect(report.notes.kind).toBe('hospital-course');
    expect(cohort.stays.map(({ id, note }) => [id, note])).toEqual([['1/1', 'Renal function recovered.']]);
  });

  it('in prospective mode knows neither later values nor later drugs', async () => {
    const { cohort } = await build({}, { until: 1 });
    // Heparin was given two hours after admission, aspirin one hour.
    expect(cohort.stays.map(({ id, series }) => [id, series.hours])).toEqual([['1/2', 1]]);
  });

  it("takes the publisher's splits on demand, and its own otherwise", async () => {
    const splits = 'subject_id | split\n1 | held_out\n2 | train';
    const { report } = await build({ splits }, { splitBy: 'source', testFraction: 0 });
    expect(report.split.test).toEqual({ stays: 2, subjects: 1 });
    const own = await build({ splits }, { testFraction: 0, validationFraction: 0 });
    expect(own.report.split.train).toEqual({ stays: 2, subjects: 1 });
    await expect(build({}, { splitBy: 'source' })).rejects.toThrow(/the source has no splits of its own/);
  });
});
