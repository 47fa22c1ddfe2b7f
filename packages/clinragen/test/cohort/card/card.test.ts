import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderDataCard } from '../../../src/cohort/card/data-card.js';
import type { Bar } from '../../../src/cohort/card/histogram.js';
import { type CohortFacts, cohortFacts, type LeakageFacts, writeCohortReport } from '../../../src/cohort/card/index.js';
import { renderCohortPage } from '../../../src/cohort/card/page.js';
import { CohortError, readCohort } from '../../../src/cohort/index.js';
import { leakageReport } from '../../../src/cohort/note/leakage.js';
import type { Cohort, Stay } from '../../../src/types.js';
import { asReal, changedCohort, makeCohort } from './made-cohort.js';

let folder: string;
let dir: string;
let cohort: Cohort;
let facts: CohortFacts;
let real: CohortFacts;
let leakage: LeakageFacts;

// Making the hospital and its cohort takes some seconds.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clinragen-card-'));
  dir = await makeCohort(folder);
  cohort = await readCohort(dir);
  leakage = leakageReport(cohort.stays);
  facts = await cohortFacts(dir);
  real = await cohortFacts(await changedCohort(dir, join(folder, 'real'), asReal));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** What was measured of variable v, counted from the series in memory. */
function measuredOf(v: number) {
  const width = cohort.variables.length;
  return cohort.stays.map(({ id, series }) => ({
    id,
    hours: Array.from({ length: series.hours }, (_, hour) => hour).filter(
      (hour) => series.measured[hour * width + v] === 1,
    ),
    values: Array.from(series.values).filter((_, i) => i % width === v && series.measured[i] === 1),
  }));
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const inBar = ({ low, high, open }: Bar, value: number, slack: number): boolean =>
  (open === 'below' || value >= low - slack) && (open === 'above' || value < high - slack);

const table = (page: string, selector: string): string[][] =>
  [...parseHTML(page).document.querySelectorAll(`${selector} tbody tr`)].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent!.replace(/\s+/g, ' ').trim()),
  );

describe('the numbers of a cohort', () => {
  it('are those of its stays', () => {
    const splits = ['train', 'validation', 'test'] as const;
    const of = (split: string): Stay[] => cohort.stays.filter((stay) => split === 'all' || stay.split === split);
    expect(facts.splits.map(({ split }) => split)).toEqual(['all', ...splits]);
    for (const part of facts.splits) {
      const stays = of(part.split);
      expect(part.stays).toBe(stays.length);
      expect(part.subjects).toBe(new Set(stays.map((stay) => stay.subject)).size);
      expect(part.withoutLabel).toBe(stays.filter((stay) => stay.labels.length === 0).length);
      expect(part.noteWords.median ?? Number.NaN).toBeCloseTo(
        median(stays.map(({ note }) => note.split(/\s+/).length)),
        9,
      );
    }
    for (const { label, parts } of facts.labels) {
      expect(parts.map(({ stays }) => stays)).toEqual(
        ['all', ...splits].map((split) => of(split).filter((stay) => stay.labels.includes(label)).length),
      );
      expect(parts[0]!.share!.value).toBeCloseTo(parts[0]!.stays / cohort.stays.length, 12);
    }
    expect(facts.labels.map(({ parts }) => parts[0]!.stays)).toEqual(
      facts.labels.map(({ parts }) => parts[0]!.stays).toSorted((a, b) => b - a),
    );
    expect(facts.hours).toBe(cohort.stays.reduce((sum, { series }) => sum + series.hours, 0));
    expect(facts.overlaps).toEqual({ subjects: 0, sites: null, notes: 0 });
  });

  it('are those of its series, variable by variable', () => {
    expect(facts.variables.length).toBe(cohort.variables.length);
    facts.variables.forEach((one, v) => {
      const { name, low, high } = cohort.variables[v]!;
      const stays = measuredOf(v).filter(({ hours }) => hours.length > 0);
      const values = stays.flatMap((stay) => stay.values);
      expect(one.stays, name).toBe(stays.length);
      expect(one.hours, name).toBe(values.length);
      if (values.length === 0) return;
      const gaps = stays.flatMap(({ hours }) => hours.slice(1).map((hour, i) => hour - hours[i]!));
      expect(one.gap, name).toBe(gaps.length === 0 ? null : median(gaps));
      expect(one.below).toEqual({
        stays: stays.filter((stay) => stay.values.some((value) => value < low)).length,
        hours: values.filter((value) => value < low).length,
      });
      expect(one.above.hours, name).toBe(values.filter((value) => value > high).length);
      // Quantiles are told to four digits of the variable's size, and are values that occur.
      const below = values.filter((value) => value <= one.quantiles.median! * (1 + 1e-3)).length;
      const above = values.filter((value) => value >= one.quantiles.median! * (1 - 1e-3)).length;
      expect(Math.min(below, above), name).toBeGreaterThanOrEqual(values.length / 2);
    });
  });

  it('make bars that hold every value once', () => {
    for (const [v, one] of facts.variables.entries()) {
      const values = measuredOf(v).flatMap((stay) => stay.values);
      if (!one.histogram) {
        expect(values.length).toBe(0);
        continue;
      }
      const { bars, width, total } = one.histogram;
      expect(total).toBe(values.length);
      for (const bar of bars) {
        expect(bar.count, `${one.variable.name} ${bar.low}`).toBe(
          values.filter((value) => inBar(bar, value, width * 1e-4)).length,
        );
      }
    }
  });

  it('stand in the page and in the card', () => {
    const page = renderCohortPage(facts, leakage);
    const rows = table(page, '#measured');
    facts.variables.forEach((one, v) => {
      const stays = measuredOf(v).filter(({ hours }) => hours.length === 0).length;
      const hours = measuredOf(v).reduce((sum, stay) => sum + stay.hours.length, 0);
      expect(rows[v]![0]).toContain(one.variable.name);
      expect(rows[v]![1]).toBe(`${((100 * stays) / cohort.stays.length).toFixed(1)} %`);
      expect(rows[v]![3]).toBe(`${((100 * hours) / facts.hours).toFixed(1)} %`);
    });
    const card = renderDataCard(facts, leakage);
    for (const { label, parts } of facts.labels) {
      const row = table(page, '#labels').find(([name]) => name === label)!;
      expect(row[2]).toContain(String(parts[0]!.stays));
      expect(card).toContain(`| ${label} | ${parts[0]!.stays} (`);
    }
    const { document } = parseHTML(page);
    const boxes = [...document.querySelectorAll('.flow > .box b')].map((box) =>
      Number(box.textContent!.replace(/\D/g, '')),
    );
    expect(boxes).toEqual(facts.file.filters!.map(({ stays }) => stays));
    expect(boxes.at(-1)).toBe(cohort.stays.length);
  });

  it('come with the word on what they mean', async () => {
    const page = renderCohortPage(facts);
    expect(page).toContain('Synthetic patients.');
    expect(page).toContain('Retrospective.');
    expect(page).toContain('were not looked for');
    const until = (cohortJson: Record<string, unknown>) => ({
      ...asReal(cohortJson),
      options: { ...(cohortJson.options as object), until: 24, splitBy: 'hospital' },
    });
    const later = await cohortFacts(await changedCohort(dir, join(folder, 'until'), until));
    for (const text of [renderCohortPage(later), renderDataCard(later)]) {
      expect(text).toMatch(/prospective \(until 24\u202fh\)/i);
      expect(text).toContain('only what was known 24\u202fh after admission');
      expect(text).toContain('by hospital');
      expect(text).toContain('Real patients’ data');
    }
    expect(renderDataCard(later)).toContain('PhysioNet Credentialed Health Data License');
    expect(renderDataCard(later)).toMatch(/```yaml\ncohort:\n {2}source:\n {4}kind: mimic3[\s\S]*until: 24/);
    expect(renderDataCard(later, undefined, 'clinragen cohort --x')).toContain('```sh\nclinragen cohort --x\n```');
  });
});

describe('a report of real patients', () => {
  it('draws no bar of fewer than five stays', () => {
    expect(real.fewest).toBe(5);
    let merged = 0;
    for (const [v, one] of real.variables.entries()) {
      const stays = measuredOf(v).filter(({ hours }) => hours.length > 0);
      if (stays.length < 5) expect(one.histogram, one.variable.name).toBeNull();
      if (!one.histogram) continue;
      const { bars, width } = one.histogram;
      for (const bar of bars) {
        const inside = stays.filter(({ values }) => values.some((value) => inBar(bar, value, width * 1e-4))).length;
        expect(inside, `${one.variable.name} ${bar.low}`).toBeGreaterThanOrEqual(5);
        if (bar.bins > 1) merged++;
      }
      expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(one.hours);
    }
    expect(merged).toBeGreaterThan(10); // the hospital is so small that it must happen
  });

  it('shows no quartile that fewer than five stays reach', () => {
    for (const [v, { quantiles }] of real.variables.entries()) {
      const stays = measuredOf(v);
      for (const value of [quantiles.q1, quantiles.median, quantiles.q3]) {
        if (value === null) continue;
        const near = Math.abs(value) * 1e-3;
        expect(stays.filter(({ values }) => values.some((x) => x <= value + near)).length).toBeGreaterThanOrEqual(5);
        expect(stays.filter(({ values }) => values.some((x) => x >= value - near)).length).toBeGreaterThanOrEqual(5);
      }
    }
    expect(real.splits.find(({ split }) => split === 'validation')!.age.median).toBeNull();
  });

  it('shows no count from one to four, neither in the page nor in the card', () => {
    const page = renderCohortPage(real, leakage);
    const { document } = parseHTML(page);
    const small = (selector: string) =>
      [...document.querySelectorAll(selector)]
        .map((cell) => Number(cell.textContent!.replace(/[\u202f]/g, '')))
        .filter((n) => n > 0 && n < 5);
    expect(small('.labels .range')).toEqual([]);
    expect(small('.flow b')).toEqual([]);
    expect(small('.limits td:nth-child(n+3)')).toEqual([]);
    expect(small('.leaks td:nth-child(2)')).toEqual([]);
    expect(small('#people table:first-child tbody tr:nth-child(-n+2) td')).toEqual([]);
    // There was something to hide.
    expect(facts.labels.some(({ parts }) => parts[0]!.stays > 0 && parts[0]!.stays < 5)).toBe(true);
    expect(document.querySelector('.labels')!.textContent).toContain('<5');
    const card = renderDataCard(real, leakage);
    expect(card).not.toMatch(/\| [1-4] \([\d.]+\u202f%/);
    expect(card).toContain('&lt;5');
    // Asked for, they are shown.
    expect(renderCohortPage({ ...real, fewest: 1 })).toContain('<b>small counts are</b>');
  });

  it('holds no words of a note', () => {
    const texts = [renderCohortPage(real, leakage), renderDataCard(real, leakage)].map((text) => text.toLowerCase());
    let looked = 0;
    for (const { note } of cohort.stays) {
      const words = note.toLowerCase().split(/\s+/);
      for (let i = 0; i + 4 <= words.length; i += 2) {
        looked++;
        const phrase = words.slice(i, i + 4).join(' ');
        for (const text of texts) expect(text.includes(phrase)).toBe(false);
      }
    }
    expect(looked).toBeGreaterThan(500);
  });
});

describe('other cohorts', () => {
  const EVIL = `<script>alert("x")</script><img src=x onerror='y'> [a](http://evil) \`\`\`\n# top | cell`;

  it('may be named by anybody', async () => {
    const hostile = await changedCohort(
      dir,
      join(folder, 'hostile'),
      (old) => ({
        ...old,
        synthetic: false,
        source: EVIL,
        warnings: [EVIL],
        events: { [EVIL]: 10 },
        unreadable: { [EVIL]: 10 },
        unknownUnits: { [EVIL]: 10 },
        filters: (old.filters as { filter: string }[]).map((one, i) => ({ ...one, filter: EVIL + i })),
        variables: (old.variables as object[]).map((one) => ({ ...one, name: EVIL, unit: EVIL })),
        codes: { codes: 9, mapped: 1, ofNone: 1, notCodes: 7, notCodeTexts: [{ text: EVIL, version: 9, count: 7 }] },
        provenance: {
          database: EVIL,
          folder: EVIL,
          terms: EVIL,
          generator: null,
          tables: { [EVIL]: { file: EVIL, bytes: 1, rows: 9 } },
          absent: [EVIL],
          items: { heart_rate: [EVIL] },
        },
        options: { [EVIL]: EVIL },
      }),
      `SELECT * REPLACE (${`'${EVIL.replaceAll("'", "''")}'`} || (hash(subject_id) % 3)::VARCHAR AS site) FROM stays`,
    );
    const found = await cohortFacts(hostile);
    expect(found.sites!.sites).toBe(3);
    const { document } = parseHTML(renderCohortPage(found, leakage));
    expect(document.querySelectorAll('script, img, [onerror]').length).toBe(0);
    expect(document.querySelector('h1')!.textContent).toBe(EVIL);
    const card = renderDataCard(found, leakage);
    const outside = card.replace(/^(`{3,})yaml[\s\S]*?^\1$/m, ''); // in a block of code nothing is read as Markdown
    expect(outside).not.toMatch(/<script|<img|[^\\]\]\(|http:\/\/evil|^# top/m);
    expect(card).toMatch(/^````yaml/m);
  });

  it('may have several hospitals, no notes, no ages, no sexes', async () => {
    const bare = await changedCohort(
      dir,
      join(folder, 'bare'),
      asReal,
      `SELECT * EXCLUDE (age, sex, note) REPLACE ('H' || (hash(subject_id) % 4)::VARCHAR AS site) FROM stays`,
    );
    const found = await cohortFacts(bare);
    expect(found.withoutNote).toBe(cohort.stays.length);
    expect(found.age).toBeNull();
    expect(found.sites!.largest.reduce((sum, { stays }) => sum + stays, 0)).toBe(cohort.stays.length);
    const page = renderCohortPage(found);
    expect(page).toContain('This cohort has no notes.');
    expect(table(page, '#people').some(([name]) => name === 'Hospitals')).toBe(true);
  });

  it('may be older: what cohort.json does not say is left out, what is not understood is named', async () => {
    const older = await changedCohort(dir, join(folder, 'older'), (old) => ({
      format: old.format,
      source: old.source,
      synthetic: true,
      variables: (old.variables as Record<string, unknown>[]).map(({ name, column, unit, normal, low, high }) => ({
        ...{ name, column, unit, normal, low, high },
      })),
      events: [['kept', 3]],
    }));
    const found = await cohortFacts(older);
    expect(found.file.notUnderstood).toEqual(['events']);
    const page = renderCohortPage(found);
    expect(page).toContain('leaves out, of cohort.json: events');
    expect(parseHTML(page).document.querySelector('#codes')).toBeNull();
    expect(renderDataCard(found)).toContain('## Maintenance');
  });

  it('are refused in one sentence where no report would be honest', async () => {
    const changed = (name: string, change: (old: Record<string, unknown>) => Record<string, unknown>) =>
      changedCohort(dir, join(folder, name), change);
    await expect(cohortFacts(join(folder, 'nowhere'))).rejects.toThrow(/cohort\.json: no cohort/);
    await expect(cohortFacts(await changed('e1', (old) => ({ ...old, format: 'x' })))).rejects.toThrow(
      /not a cohort\.json/,
    );
    const { synthetic: _, ...silent } = JSON.parse(await readFile(join(dir, 'cohort.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    await expect(cohortFacts(await changed('e2', () => silent))).rejects.toThrow(/synthetic; found nothing/);
    const other = await changed('e3', (old) => ({
      ...old,
      variables: [{ name: 'x', column: 'no_such', unit: '1', normal: 1, low: 0, high: 2 }],
    }));
    await expect(cohortFacts(other)).rejects.toThrow(/expected columns no_such and no_such_measured/);
    const cut = await changed('e4', (old) => old);
    await rm(join(cut, 'series.parquet'));
    await expect(cohortFacts(cut)).rejects.toThrow(/series\.parquet: the file is missing/);
    await writeFile(join(cut, 'series.parquet'), 'PAR1');
    await expect(cohortFacts(cut)).rejects.toThrow(CohortError);
    await expect(cohortFacts(dir, { fewest: 0 })).rejects.toThrow(/option fewest/);
  });
});

it('both files are written whole, and the same again from the same cohort', async () => {
  const out = await changedCohort(dir, join(folder, 'written'), (old) => old);
  await writeCohortReport({ dir: out, facts, leakage });
  const files = ['cohort.html', 'DATACARD.md'].map((name) => join(out, name));
  const first = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  await writeCohortReport({ dir: out, facts: await cohortFacts(dir), leakage });
  expect(await Promise.all(files.map((file) => readFile(file, 'utf8')))).toEqual(first);
  expect((await readdir(out)).sort()).toEqual((await readdir(dir)).concat('cohort.html', 'DATACARD.md').sort());
  expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  await expect(writeCohortReport({ dir: join(out, 'cohort.json'), facts })).rejects.toThrow(
    /the report cannot be written/,
  );
});
