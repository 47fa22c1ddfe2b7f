/** docs/plain.md: its example is the folder beside this test, and comes to what it says. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildCohort, readCohort } from '../../../src/cohort/index.js';
import { withFolder } from '../small-hospital.js';

const EXAMPLE = fileURLToPath(new URL('./example', import.meta.url));
const DOCS = fileURLToPath(new URL('../../../../../docs/plain.md', import.meta.url));

describe('the example of the plain layout', () => {
  it('stands in the documentation as it is', async () => {
    const docs = await readFile(DOCS, 'utf8');
    const names = await readdir(EXAMPLE);
    expect(names.length).toBe(5);
    for (const name of names) {
      expect(docs, name).toContain(`\`\`\`csv\n${await readFile(join(EXAMPLE, name), 'utf8')}\`\`\``);
    }
  });

  it('comes to the counts and the stays that the documentation shows', () =>
    withFolder(async (folder) => {
      const docs = await readFile(DOCS, 'utf8');
      const out = join(folder, 'cohort');
      const report = await buildCohort({ kind: 'plain', source: EXAMPLE, out });
      const shown = JSON.parse(`{${/```json\n([\s\S]*?)```/.exec(docs)![1]}}`);
      expect({
        events: report.events,
        unreadable: report.unreadable,
        unknownVariables: report.unknownVariables,
      }).toEqual(shown);
      expect(report.filters.map(({ filter, stays }) => [filter, stays])).toEqual([
        ['all stays', 3],
        ['of more than no time', 3],
        ['with recorded diagnoses', 3],
        ['with measurements during the stay', 3],
        ['with a brief hospital course', 3],
      ]);
      expect(report.sites).toBe(2);
      const cohort = await readCohort(out);
      const table = cohort.stays.map(
        (stay) =>
          `| ${stay.id} | ${stay.series.hours} | ${stay.labels.map((l) => l.replace(/ \(.*/, '')).join(', ')} | ${stay.note} |`,
      );
      for (const row of table) expect(docs).toContain(row);

      const column = (name: string) => cohort.variables.findIndex((variable) => variable.name === name);
      const at = (stay: number, name: string, hour: number) => {
        const { values, measured } = cohort.stays[stay]!.series;
        const i = hour * cohort.variables.length + column(name);
        return [Math.round(values[i]! * 10) / 10, measured[i]];
      };
      expect(at(0, 'heart rate', 0)).toEqual([112, 1]);
      expect(at(0, 'systolic blood pressure', 0)).toEqual([86, 1]);
      expect(at(0, 'temperature', 0)).toEqual([38.5, 1]); // 101.3 °F
      expect(at(2, 'glucose', 0)).toEqual([201.8, 1]); // 11.2 mmol/L × 18.0156
      expect(at(2, 'oxygen saturation', 5)).toEqual([93, 1]);
      expect(at(2, 'heart rate', 5)).toEqual([86, 0]);
    }));

  it('extended: reads the lactate too', () =>
    withFolder(async (folder) => {
      const out = join(folder, 'cohort');
      const { events, variables } = await buildCohort({ kind: 'plain', source: EXAMPLE, out, variables: 'extended' });
      expect(events).toEqual({ kept: 8, 'outside of the stay': 1, 'unknown variable': 1 });
      expect(variables.find(({ column }) => column === 'lactate')!.measuredHours).toBe(1);
    }));
});
