import { describe, expect, it } from 'vitest';
import type { Duck } from '../../../src/cohort/duck.js';
import type { Source } from '../../../src/cohort/source.js';
import type { TableText } from '../small-hospital.js';
import { withMimic4 } from './small-mimic4.js';

/** With stays, all of them candidates. */
const withStays = <T>(
  tables: Readonly<Record<string, TableText>>,
  work: (source: Source, duck: Duck) => Promise<T>,
): Promise<T> =>
  withMimic4(tables, async (source, duck) => {
    await source.fillStays();
    await duck.run('CREATE TABLE candidates AS SELECT * FROM stays');
    return work(source, duck);
  });

describe('codes', () => {
  const DIAGNOSES = `
    subject_id | hadm_id | icd_code | icd_version
    1 | 11 | 486 | 9
    1 | 11 | 486 | 9
    1 | 11 | e11.65 | 10
    1 | 11 | 486 | 10
    1 | 11 | 4280 | 9
    1 | 11 | 4280 |
    2 | 11 | 5849 | 9
    2 | 21 | I5021 | 10`;
  const codes = (tables: Readonly<Record<string, TableText>>) =>
    withStays({ 'hosp/diagnoses_icd': DIAGNOSES, ...tables }, async (source, duck) => {
      await source.fillCodes();
      return (
        await duck.rows<{ text: string }>(
          `SELECT concat_ws(' ', stay_id, version, code) AS text FROM codes JOIN stays USING (stay) ORDER BY text`,
        )
      ).map(({ text }) => text);
    });

  it('are of the stay’s own admission, in upper case without dots, of ICD-9 or ICD-10', async () => {
    expect(await codes({})).toEqual(['200 10 486', '200 10 E1165', '200 9 4280', '200 9 486', '300 10 I5021']);
  });

  it('are known to the dictionary where there is one, in their own version', async () => {
    const dictionary = `
      icd_code | icd_version | long_title
      486 | 9 | Pneumonia, organism unspecified
      E1165 | 10 | Type 2 diabetes mellitus with hyperglycemia
      I5021 | 9 | not its version`;
    expect(await codes({ 'hosp/d_icd_diagnoses': dictionary })).toEqual(['200 10 E1165', '200 9 486']);
  });
});

describe('discharge summaries', () => {
  const NOTES = `
    note_id | subject_id | hadm_id | note_type | note_seq | charttime | storetime | text
    1-DS-3 | 1 | 11 | DS | 3 | 2150-01-09 00:00:00 | 2150-01-09 00:00:00 | older
    1-AD-9 | 1 | 11 | AD | 9 | 2150-01-11 00:00:00 | 2150-01-11 00:00:00 | addendum
    1-DS-10 | 1 | 11 | DS | 10 | 2150-01-10 00:00:00 | 2150-01-10 00:00:00 | ends in a "quotation"
    1-DS-4 | 1 | 99 | DS | 4 | 2150-01-09 00:00:00 | 2150-01-09 00:00:00 | of no stay
    2-DS-1 | 2 | 11 | DS | 1 | 2150-01-09 00:00:00 | 2150-01-09 00:00:00 | of another subject`;
  for (const place of ['note/discharge', 'discharge']) {
    it(`are read the latest first, addenda last, from ${place}`, () =>
      withStays({ [place]: NOTES }, async (source, duck) => {
        expect(await source.fillSummaries()).toBe(3);
        const rows = await duck.rows('SELECT stay, text FROM summaries ORDER BY position');
        expect(rows.map(({ text }) => text)).toEqual(['ends in a "quotation"', 'older', 'addendum']);
        expect(new Set(rows.map(({ stay }) => stay))).toEqual(new Set([2]));
      }));
  }

  it('are none where there is no such table', () =>
    withStays({}, async (source) => {
      expect(source.absent).toContain('discharge');
      expect(await source.fillSummaries()).toBe(0);
    }));
});

describe('what was documented, and when it was known', () => {
  /** By `part: text`, the hour of stay 200 (in at 06:00 on the first of January); null: nobody knows. */
  const documented = (tables: Readonly<Record<string, TableText>>) =>
    withStays(tables, async (source, duck) => {
      await source.fillDocumented();
      const rows = await duck.rows<{ entry: string; hours: number | null }>(`
        SELECT concat(part, ': ', text) AS entry, round(hours, 3) AS hours
        FROM documented JOIN stays USING (stay) WHERE stay_id = '200' ORDER BY part, first, text`);
      return Object.fromEntries(rows.map(({ entry, hours }) => [entry, hours]));
    });
  const ADMISSION = { 'admission: ew emer., emergency room': -1 };

  it('the admission and the services', async () => {
    expect(
      await documented({
        'hosp/services': `
          subject_id | hadm_id | transfertime | prev_service | curr_service
          1 | 11 | 2150-01-01 01:00:00 | | MED
          1 | 11 | 2150-01-01 18:30:00 | MED | CSURG
          1 | 12 | 2153-05-01 18:30:00 | | OMED`,
      }),
    ).toEqual({ ...ADMISSION, 'services: med': -1, 'services: csurg': 12.5 });
  });

  it('a drug: when it is to begin, but not before the order was entered; no base fluids', async () => {
    const prescriptions = `
      subject_id | hadm_id | pharmacy_id | starttime | drug_type | drug
      1 | 11 | 1 | 2150-01-01 08:00:00 | MAIN | Aspirin
      1 | 11 | 2 | 2150-01-01 09:00:00 | MAIN | Heparin
      1 | 11 | 3 | 2150-01-01 12:00:00 | MAIN | Aspirin
      1 | 11 | 4 | 2150-01-01 12:00:00 | BASE | D5W
      1 | 11 | 5 |                     | MAIN | Insulin`;
    const pharmacy = `
      pharmacy_id | entertime
      1 | 2150-01-01 07:10:00
      2 | 2150-01-01 11:00:00`;
    const drugs = { ...ADMISSION, 'medications: aspirin': 2, 'medications: insulin': null };
    expect(await documented({ 'hosp/prescriptions': prescriptions, 'hosp/pharmacy': pharmacy })).toEqual({
      ...drugs,
      'medications: heparin': 5,
    });
    expect(await documented({ 'hosp/prescriptions': prescriptions })).toEqual({ ...drugs, 'medications: heparin': 3 });
  });

  it('what runs and is done at the bedside: when it began', async () => {
    expect(
      await documented({
        'icu/d_items': `
          itemid | label
          221906 | Norepinephrine
          225792 | Invasive Ventilation
          224263 | Multi Lumen`,
        'icu/inputevents': `
          subject_id | hadm_id | stay_id | starttime | endtime | storetime | itemid
          1 | 11 | 200 | 2150-01-01 20:00:00 | 2150-01-01 21:00:00 | 2150-01-01 21:00:00 | 221906
          1 | 11 | 200 | 2150-01-01 07:30:00 | 2150-01-01 20:00:00 | 2150-01-01 20:00:00 | 221906`,
        'icu/procedureevents': `
          subject_id | hadm_id | stay_id | starttime | itemid
          1 | 11 | 200 | 2150-01-01 05:00:00 | 224263
          1 | 11 | 200 | 2150-01-01 08:00:00 | 225792`,
      }),
    ).toEqual({
      ...ADMISSION,
      'infusions: norepinephrine': 1.5,
      'bedside procedures: multi lumen': -1,
      'bedside procedures: invasive ventilation': 2,
    });
  });

  it('an operation: at the end of its day; its code in its own version', async () => {
    expect(
      await documented({
        'hosp/procedures_icd': `
          subject_id | hadm_id | seq_num | chartdate | icd_code | icd_version
          1 | 11 | 1 | 2150-01-01 | 3522 | 9
          1 | 11 | 2 | 2149-12-30 | 02RF08Z | 10`,
        'hosp/d_icd_procedures': `
          icd_code | icd_version | long_title
          3522 | 9 | Open replacement of aortic valve
          3522 | 10 | Another one
          02RF08Z | 10 | Replacement of aortic valve with zooplastic tissue`,
      }),
    ).toEqual({
      ...ADMISSION,
      'procedures: open replacement of aortic valve': 18,
      'procedures: replacement of aortic valve with zooplastic tissue': -1,
    });
  });

  it('a culture: when its result was stored; of no admission, by its time; free text is not repeated', async () => {
    const HEADER =
      'microevent_id | subject_id | hadm_id | chartdate | charttime | spec_type_desc | storedate | storetime | test_name | org_name | comments';
    expect(
      await documented({
        'hosp/microbiologyevents': `
          ${HEADER}
          1 | 1 | 11 | 2150-01-01 00:00:00 | 2150-01-01 07:00:00 | BLOOD CULTURE | 2150-01-03 00:00:00 | 2150-01-03 06:00:00 | Blood Culture, Routine | ESCHERICHIA COLI | secret
          2 | 1 | 11 | 2150-01-01 00:00:00 | 2150-01-01 07:00:00 | BLOOD CULTURE | 2150-01-02 00:00:00 | 2150-01-02 06:00:00 | Anaerobic Bottle Gram Stain | ESCHERICHIA COLI |
          3 | 1 |    | 2150-01-01 00:00:00 | 2150-01-01 04:00:00 | URINE | 2150-01-02 00:00:00 | | URINE CULTURE | | NO GROWTH.
          4 | 1 |    | 2149-01-01 00:00:00 | 2149-01-01 04:00:00 | URINE | 2149-01-02 00:00:00 | | URINE CULTURE | YEAST |
          5 | 1 | 11 | 2150-01-01 00:00:00 | | SWAB | | | MRSA SCREEN | | No MRSA isolated, secret.
          6 | 1 | 11 | 2150-01-01 00:00:00 | | SPUTUM | | | RESPIRATORY CULTURE | | TEST CANCELLED, PATIENT CREDITED.
          7 | 1 | 11 | 2150-01-01 00:00:00 | | SPUTUM | | | RESPIRATORY CULTURE | CANCELLED |`,
      }),
    ).toEqual({
      ...ADMISSION,
      'microbiology: blood culture escherichia coli': 24,
      'microbiology: urine no growth': 42,
      'microbiology: swab mrsa screen': null,
    });
  });
});
