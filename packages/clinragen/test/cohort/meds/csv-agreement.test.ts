import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { literal } from '../../../src/cohort/duck.js';
import { buildCohort } from '../../../src/cohort/index.js';
import { MIMIC4_MAPPING } from '../../../src/cohort/meds/mimic4-mapping.js';
import { MIMIC4_ITEMS } from '../../../src/cohort/mimic4/items.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';
import { withDuck, withFolder } from '../small-hospital.js';
import { demoFolder } from '../variables/demos.js';

const meds = demoFolder('mimic-iv-demo-meds-0.0.1');
const csv = demoFolder('mimic-iv-demo-2.2');

/**
 * The MEDS demo has 20 of the CSV demo's 100 patients. The CSV demo here has no chartevents, the MEDS demo has: so the bedside's
 * codes are taken out of the mapping, and what is left is what both have: laboratory and outputs.
 */
describe('the MIMIC-IV demo in MEDS and in CSV', () => {
  it.skipIf(meds === null || csv === null)(
    'gives the same stays, codes, labels and series',
    () =>
      withFolder(async (folder) => {
        const source = join(folder, 'meds');
        await mkdir(join(source, 'metadata'), { recursive: true });
        await symlink(join(meds!, 'data'), join(source, 'data'));
        await symlink(join(meds!, 'metadata', 'codes.parquet'), join(source, 'metadata', 'codes.parquet'));
        const charted = new Set(
          MIMIC4_ITEMS.filter(({ table }) => table === 'chartevents').map(({ item }) => `LAB//${item}`),
        );
        const measurements = MIMIC4_MAPPING.measurements.filter(({ code }) => !charted.has(code));
        await writeFile(join(source, 'metadata', 'clinragen.yaml'), stringify({ ...MIMIC4_MAPPING, measurements }));

        const options = { variables: 'extended', notes: 'composed', memoryLimit: '1GB' } as const;
        const [a, b] = [join(folder, 'a'), join(folder, 'b')];
        await buildCohort({ ...options, kind: 'meds', source, out: a });
        await buildCohort({ ...options, kind: 'mimic4', source: csv!, out: b });

        await withDuck(async (duck) => {
          const table = (out: string, name: string) => `read_parquet(${literal(join(out, `${name}.parquet`))})`;
          const subjects = `(SELECT DISTINCT subject_id::VARCHAR AS subject_id
                           FROM read_parquet(${literal(join(meds!, 'data', '*', '*.parquet'))}))`;
          await duck.run(`
          CREATE VIEW shared AS SELECT * FROM ${table(b, 'stays')} SEMI JOIN ${subjects} USING (subject_id);
          CREATE VIEW codes AS SELECT * FROM ${table(b, 'codes')} SEMI JOIN shared USING (stay_id);`);
          const [differ] = await duck.rows<{ meds: number; csv: number; codes: number; more: number }>(`
          WITH facts AS (SELECT stay_id, subject_id, admission_id, episode, split, hours, age, sex, labels FROM ${table(a, 'stays')}),
               others AS (SELECT stay_id, subject_id, admission_id, episode, split, hours, age, sex, labels FROM shared)
          SELECT (SELECT count(*) FROM (FROM facts EXCEPT ALL FROM others))::DOUBLE AS meds,
                 (SELECT count(*) FROM (FROM others EXCEPT ALL FROM facts))::DOUBLE AS csv,
                 (SELECT count(*) FROM (FROM codes EXCEPT ALL FROM ${table(a, 'codes')}))::DOUBLE AS codes,
                 (SELECT count(*) FROM (FROM ${table(a, 'codes')} EXCEPT ALL FROM codes))::DOUBLE AS more`);
          expect(differ).toEqual({ meds: 0, csv: 0, codes: 0, more: 0 });

          const columns = VARIABLE_SETS.extended.map(({ column }) => column);
          const same = columns.map((v) => `(a."${v}" = b."${v}" AND a."${v}_measured" = b."${v}_measured")::INTEGER`);
          const measured = columns.map((v) => `a."${v}_measured"::INTEGER`);
          const [cells] = await duck.rows<{ hours: number; same: number; measured: number }>(`
          SELECT count(*)::DOUBLE AS hours, sum(${same.join(' + ')})::DOUBLE AS same, sum(${measured.join(' + ')})::DOUBLE AS measured
          FROM ${table(a, 'series')} AS a JOIN ${table(b, 'series')} AS b USING (stay_id, hour)`);
          // 21 stays of 19 patients; every cell, measured or carried on.
          expect(cells).toEqual({ hours: 1194, same: 1194 * columns.length, measured: 2196 });
        });
      }),
    120_000,
  );
});
