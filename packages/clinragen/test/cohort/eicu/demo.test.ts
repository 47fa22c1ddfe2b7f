import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Duck, literal } from '../../../src/cohort/duck.js';
import { openEicu } from '../../../src/cohort/eicu/index.js';
import { buildCohort, readCohort } from '../../../src/cohort/index.js';
import { VARIABLE_SETS } from '../../../src/cohort/variables/sets.js';
import { withDuck, withFolder } from '../small-hospital.js';
import { demoFolder } from '../variables/demos.js';

const demo = demoFolder('eicu-crd-demo-2.0.1');
const hourly = demoFolder('eicu-crd-demo-hourly');

/** What a monitor or a cuff measures, and what a laboratory does. */
const VITALS = ['heart rate', 'respiratory rate', 'oxygen saturation', 'temperature', 'mean blood pressure'];
const LABORATORY = VARIABLE_SETS.extended
  .map(({ name }) => name)
  .filter((name) => !/pressure$|rate$|saturation|temperature|weight|oxygen$|scale|urine/.test(name));

/** `measured` of one way to read the demo, into a Parquet file. */
async function measuredOf(folder: string, tables: Readonly<Record<string, string>>, hourlyForm?: string) {
  const source = join(folder, `tables-${hourlyForm ? 'hourly' : 'raw'}`);
  await mkdir(source);
  for (const [name, file] of Object.entries(tables)) {
    await symlink(join(demo!, `${file}.csv.gz`), join(source, `${name}.csv.gz`));
  }
  const path = `${source}.parquet`;
  const options = { variables: VARIABLE_SETS.extended, variableSet: 'extended', notes: 'auto' } as const;
  const counts = await withDuck(async (duck) => {
    const eicu = await openEicu(duck, source, { ...options, ...(hourlyForm ? { hourly: hourlyForm } : {}) }, () => {});
    await eicu.fillStays();
    const found = await eicu.fillMeasured(() => {});
    await duck.run(`COPY (SELECT stay_id, hours, variable, value FROM measured JOIN stays USING (stay))
                    TO ${literal(path)} (FORMAT parquet)`);
    return found;
  });
  return { path, counts };
}

/** By variable: hours that both ways measured, and the part of them in which the second lies within the first's values. */
async function agreement(duck: Duck, raw: string, form: string) {
  return duck.rows<{ variable: string; hours: number; within: number; stays: number }>(`
    WITH raw AS (SELECT stay_id, floor(hours) AS hour, variable, min(value) AS low, max(value) AS high, sum(value) AS total
                 FROM ${literal(raw)} GROUP BY ALL),
         form AS (SELECT stay_id, floor(hours) AS hour, variable, value FROM ${literal(form)})
    SELECT variable, count(*)::INTEGER AS hours, count(DISTINCT stay_id)::INTEGER AS stays,
           avg(CASE WHEN variable = 'urine_output' THEN abs(value - total) <= 1e-6 * abs(total) + 1e-9
                    ELSE value BETWEEN low - 1e-6 * abs(low) AND high + 1e-6 * abs(high) END::INTEGER)::DOUBLE AS within
    FROM raw JOIN form USING (stay_id, hour, variable) GROUP BY variable ORDER BY variable`);
}

describe.skipIf(!demo || !hourly)('the eICU demo', () => {
  it('has the same laboratory values and urine in the same hours, raw and hourly', async () => {
    await withFolder(async (folder) => {
      const core = { patient: 'patient', diagnosis: 'diagnosis' };
      const raw = await measuredOf(folder, { ...core, lab: 'lab-169-stays', intakeOutput: 'intakeOutput' });
      const form = await measuredOf(folder, core, hourly!);
      const found = await withDuck((duck) => agreement(duck, raw.path, form.path));
      const of = (variable: string) => found.find((row) => row.variable === variable)!;
      // The form's saturation is the monitor's, the raw one the laboratory's.
      const laboratory = found.filter(
        ({ variable, hours }) =>
          hours >= 15 &&
          !['oxygen_saturation', 'fraction_inspired_oxygen', 'urine_output', 'weight'].includes(variable),
      );
      expect(laboratory.length).toBe(21);
      // The form has the median of an hour, so it lies within the hour's values (1e-6: decimal fractions). A wrong unit or an
      // hour's shift puts nearly all of them outside: of potassium shifted by one hour a tenth would agree.
      expect(laboratory.filter(({ within }) => within < 0.999)).toEqual([]);
      expect(laboratory.reduce((sum, { hours }) => sum + hours, 0)).toBeGreaterThan(5500);
      // The form's oxygen is also that of the respiratory chart.
      expect(of('fraction_inspired_oxygen').within).toBeGreaterThan(0.9);
      // Some labels of catheters are urine for us and not for the form, and the other way round.
      expect(of('urine_output').within).toBeGreaterThan(0.995);
      expect(of('urine_output').hours).toBeGreaterThan(20_000);
      expect(raw.counts.unknownUnits).toEqual({ 'fraction_inspired_oxygen in lpm': 1 });
    });
  });

  // Half a minute where the machine is busy.
  it('becomes a cohort of whole hospitals, with vitals, laboratory, note and a phenotype in 1,400 stays', async () => {
    await withFolder(async (folder) => {
      const out = join(folder, 'cohort');
      const options = { variables: 'extended', splitBy: 'hospital', notes: 'composed' } as const;
      const report = await buildCohort({ kind: 'eicu', source: demo!, hourly: hourly!, out, ...options });
      expect(report.filters.map(({ filter, stays }) => [filter, stays])).toEqual([
        ['all unit stays', 2520],
        ['with patient, hospital stay and discharge', 2508],
        ['adults', 2500],
        ['without readmissions to intensive care', 2391],
        ['without step-down beside intensive care', 2199],
        ['one unit stay per hospital stay', 2164],
        ['with recorded diagnoses', 1818],
        ['with measurements during the stay', 1808],
        ['with something documented', 1807],
      ]);
      expect(report.provenance.absent).toEqual(['vitalPeriodic', 'nurseCharting', 'lab']);
      expect(report.sites).toBeGreaterThan(150);

      const { stays, variables } = await readCohort(out);
      const has = (stay: (typeof stays)[number], names: readonly string[]) => {
        const places = names.map((name) => variables.findIndex((variable) => variable.name === name));
        const { measured, hours } = stay.series;
        return Array.from({ length: hours }).some((_, t) =>
          places.some((v) => measured[t * variables.length + v] === 1),
        );
      };
      const whole = stays.filter(
        (stay) => has(stay, VITALS) && has(stay, LABORATORY) && stay.note !== '' && stay.labels.length > 0,
      );
      expect(whole.length).toBeGreaterThanOrEqual(1400);

      // Every row of the tables that were read is accounted for.
      const read = ['vitalAperiodic', 'respiratoryCharting', 'intakeOutput', 'hourly form'];
      const rows = read.reduce((sum, name) => sum + report.provenance.tables[name]!.rows, 0);
      expect(Object.values(report.events).reduce((sum, n) => sum + n, 0)).toBe(rows);

      // No patient is on two sides; a hospital is only by patients who were in two.
      const places = await withDuck((duck) =>
        duck.rows<{ torn: number; patients: number }>(`
          WITH s AS (SELECT *, split = 'test' AS held, count(DISTINCT site) OVER (PARTITION BY subject_id) AS sites
                     FROM ${literal(join(out, 'stays.parquet'))})
          SELECT (SELECT count(*) FROM (SELECT site FROM s WHERE sites = 1 GROUP BY site
                                        HAVING count(DISTINCT held) > 1))::INTEGER AS torn,
                 (SELECT count(*) FROM (SELECT subject_id FROM s GROUP BY subject_id
                                        HAVING count(DISTINCT split) > 1))::INTEGER AS patients`),
      );
      expect(places).toEqual([{ torn: 0, patients: 0 }]);
    });
  });
});
