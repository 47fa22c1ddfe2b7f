import { PHENOTYPES } from '../../phenotypes.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { type Binning, cellsSql, type Histogram, histogram, niceWidth } from './histogram.js';
import { type Prevalence, prevalence, type SubjectSums } from './prevalence.js';
import type { Quantiles } from './variable-facts.js';

/** One part of the split, or the whole cohort (`all`). */
export interface SplitFacts {
  readonly split: string;
  readonly stays: number;
  readonly subjects: number;
  /** Hospitals; 0 where the cohort does not name them. */
  readonly sites: number;
  readonly female: number;
  readonly male: number;
  readonly sexUnknown: number;
  /** Years. */
  readonly age: Quantiles;
  /** In the ICU, hours. */
  readonly length: Quantiles;
  readonly labelsPerStay: number;
  readonly withoutLabel: number;
  readonly noteWords: Quantiles;
}

export interface LabelFacts {
  readonly label: string;
  /** Stays with it, and of how many, by part of the split; `all` first. */
  readonly parts: readonly {
    readonly split: string;
    readonly stays: number;
    readonly of: number;
    readonly share: Prevalence | null;
  }[];
}

export interface SiteFacts {
  readonly sites: number;
  /** The largest, each with its stays by part of the split; those of few stays are left out. */
  readonly largest: readonly { readonly site: string; readonly stays: number; readonly parts: readonly number[] }[];
  /** Hospitals of fewer stays than a report may show. */
  readonly small: number;
}

/** What must not be in two parts of the split. */
export interface Overlaps {
  readonly subjects: number;
  /** Null where the cohort names no hospitals. */
  readonly sites: number | null;
  /** Notes that stand word for word in two parts. */
  readonly notes: number;
}

export interface StayFacts {
  /** `all` first, then train, validation, test and what else there is. */
  readonly splits: readonly SplitFacts[];
  /** The most frequent first. */
  readonly labels: readonly LabelFacts[];
  readonly age: Histogram | null;
  readonly length: Histogram | null;
  readonly labelsPerStay: Histogram | null;
  readonly noteWords: Histogram | null;
  readonly withoutNote: number;
  readonly sites: SiteFacts | null;
  readonly overlaps: Overlaps;
}

const ORDER = ['all', 'train', 'validation', 'test'];
const rank = (split: string): number => (ORDER.includes(split) ? ORDER.indexOf(split) : ORDER.length);
const bySplit = (a: { split: string }, b: { split: string }): number =>
  rank(a.split) - rank(b.split) || (a.split < b.split ? -1 : 1);

/** Columns that older or other cohorts lack, and what stands for them. */
const OPTIONAL: Readonly<Record<string, string>> = {
  age: 'NULL::DOUBLE',
  sex: 'NULL::VARCHAR',
  site: 'NULL::VARCHAR',
  period_length: 'NULL::DOUBLE',
  note: "''",
  labels: '[]::VARCHAR[]',
};

/** The table `people`: one row per stay with what this file counts; the words of a note are counted, not kept. */
async function fillPeople(duck: Duck, file: string): Promise<void> {
  const from = `read_parquet(${literal(file)})`;
  const there = new Set(
    (await duck.rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${from}`)).map((row) => row.column_name),
  );
  for (const column of ['stay_id', 'subject_id', 'split']) {
    if (!there.has(column)) throw new CohortError('not the stays of a cohort', { file, expected: `column ${column}` });
  }
  const pick = (column: string): string => (there.has(column) ? column : `${OPTIONAL[column]} AS ${column}`);
  await duck.run(`
    CREATE TABLE people AS
    SELECT hash(stay_id) AS s, subject_id AS subject, split, age, sex, site, period_length, labels,
           CASE WHEN trim(note) = '' THEN 0 ELSE len(string_split_regex(trim(note), '\\s+')) END AS words,
           CASE WHEN trim(note) <> '' THEN hash(note) END AS text
    FROM (SELECT stay_id, subject_id, split, ${Object.keys(OPTIONAL).map(pick).join(', ')} FROM ${from})`);
}

interface SplitRow extends Omit<SplitFacts, 'age' | 'length' | 'noteWords'> {
  readonly ages: number;
  readonly age: (number | null)[] | null;
  readonly length: (number | null)[] | null;
  readonly words: (number | null)[] | null;
}

const QUARTILES = '[0.25, 0.5, 0.75]';

/** A quantile of n stays has some n/4 or n/2 of them on its smaller side. */
function quantilesOf(values: readonly (number | null)[] | null, stays: number, fewest: number): Quantiles {
  const at = (index: number, needed: number): number | null =>
    stays >= needed * fewest ? (values?.[index] ?? null) : null;
  return { q1: at(0, 4), median: at(1, 2), q3: at(2, 4) };
}

async function splitFacts(duck: Duck, fewest: number): Promise<SplitFacts[]> {
  const rows = await duck.rows<SplitRow>(`
    SELECT coalesce(split, 'all') AS split, count(*)::DOUBLE AS stays, count(DISTINCT subject)::DOUBLE AS subjects,
           count(DISTINCT site)::DOUBLE AS sites, (count(*) FILTER (sex = 'F'))::DOUBLE AS female,
           (count(*) FILTER (sex = 'M'))::DOUBLE AS male,
           (count(*) FILTER (sex IS NULL OR sex NOT IN ('F', 'M')))::DOUBLE AS "sexUnknown",
           count(age)::DOUBLE AS ages, quantile_cont(age, ${QUARTILES}) AS age, quantile_cont(period_length, ${QUARTILES}) AS length,
           avg(len(labels)) AS "labelsPerStay", (count(*) FILTER (len(labels) = 0))::DOUBLE AS "withoutLabel",
           quantile_cont(words::DOUBLE, ${QUARTILES}) AS words
    FROM people GROUP BY GROUPING SETS ((), (split))`);
  return rows
    .map(({ ages, age, length, words, ...row }) => ({
      ...row,
      age: quantilesOf(age, ages, fewest),
      length: quantilesOf(length, row.stays, fewest),
      noteWords: quantilesOf(words, row.stays, fewest),
    }))
    .sort(bySplit);
}

async function labelFacts(duck: Duck, splits: readonly SplitFacts[]): Promise<LabelFacts[]> {
  const sums = await duck.rows<Omit<SubjectSums, 'positive'> & { split: string }>(`
    SELECT coalesce(split, 'all') AS split, count(*)::DOUBLE AS subjects, sum(n)::DOUBLE AS stays,
           sum(n * n)::DOUBLE AS "staysSquared"
    FROM (SELECT split, subject, count(*) AS n FROM people GROUP BY ALL) GROUP BY GROUPING SETS ((), (split))`);
  const found = await duck.rows<{ split: string; label: string; positive: number; squared: number; product: number }>(`
    WITH sizes AS (SELECT split, subject, count(*) AS n FROM people GROUP BY ALL),
         hits AS (SELECT split, subject, label, count(*) AS y
                  FROM (SELECT split, subject, unnest(list_distinct(labels)) AS label FROM people) GROUP BY ALL)
    SELECT coalesce(split, 'all') AS split, label, sum(y)::DOUBLE AS positive, sum(y * y)::DOUBLE AS squared,
           sum(y * n)::DOUBLE AS product
    FROM hits JOIN sizes USING (split, subject) GROUP BY GROUPING SETS ((label), (label, split))`);
  const names = [...new Set([...PHENOTYPES, ...found.map((row) => row.label)])];
  const labels = names.map((label) => ({
    label,
    parts: splits.map(({ split, stays }) => {
      const hit = found.find((row) => row.label === label && row.split === split);
      const positive = hit?.positive ?? 0;
      const share = prevalence({
        ...sums.find((row) => row.split === split)!,
        positive,
        positiveSquared: hit?.squared ?? 0,
        product: hit?.product ?? 0,
      });
      return { split, stays: positive, of: stays, share };
    }),
  }));
  return labels.sort((a, b) => b.parts[0]!.stays - a.parts[0]!.stays);
}

const LARGEST = 12;

async function siteFacts(duck: Duck, splits: readonly SplitFacts[], fewest: number): Promise<SiteFacts | null> {
  const rows = await duck.rows<{ site: string; split: string; stays: number }>(
    'SELECT site, split, count(*)::DOUBLE AS stays FROM people WHERE site IS NOT NULL GROUP BY ALL ORDER BY site',
  );
  const bySite = new Map<string, Map<string, number>>();
  for (const { site, split, stays } of rows) bySite.set(site, (bySite.get(site) ?? new Map()).set(split, stays));
  if (bySite.size < 2) return null;
  const all = [...bySite].map(([site, stays]) => {
    const parts = splits.slice(1).map(({ split }) => stays.get(split) ?? 0);
    return { site, stays: parts.reduce((a, b) => a + b, 0), parts };
  });
  const shown = all.filter(({ stays }) => stays >= fewest);
  return {
    sites: all.length,
    largest: shown.sort((a, b) => b.stays - a.stays).slice(0, LARGEST),
    small: all.length - shown.length,
  };
}

/** Numbers of x that stand in more than one part of the split. */
const inTwo = async (duck: Duck, x: string): Promise<number> => {
  const [row] = await duck.rows<{ n: number }>(`
    SELECT count(*)::DOUBLE AS n FROM (SELECT ${x} FROM people WHERE ${x} IS NOT NULL GROUP BY ${x} HAVING count(DISTINCT split) > 1)`);
  return row!.n;
};

/** Widths that a clock has, in hours. */
const CLOCK = [1, 2, 3, 4, 6, 12, 24, 48, 72, 168, 336];
const LENGTH_BINS = 26;

/**
 * What the stays of a cohort are: patients, labels, notes by length, parts of the split.
 *
 * @param file  stays.parquet
 * @throws CohortError where the file is no table of stays
 */
export async function stayFacts(duck: Duck, file: string, fewest: number): Promise<StayFacts> {
  await fillPeople(duck, file);
  const splits = await splitFacts(duck, fewest);
  const [spread] = await duck.rows<{
    length: number[] | null;
    words: number[] | null;
    labels: number;
    silent: number;
  }>(`
    SELECT quantile_cont(period_length, [0.01, 0.95, 0.98]) AS length, quantile_cont(words::DOUBLE, [0.005, 0.995]) AS words,
           max(len(labels))::DOUBLE AS labels, (count(*) FILTER (words = 0))::DOUBLE AS silent FROM people`);
  const { length, words, labels } = spread!;
  const hours = length && CLOCK.find((width) => width >= length[1]! / LENGTH_BINS);
  const wordWidth = words && Math.max(1, niceWidth(Math.max(words[1]! - words[0]!, 1) / LENGTH_BINS));
  const of = (value: string, binning: Binning): Promise<Histogram | null> => {
    const query = `SELECT s, ${value}::DOUBLE AS v FROM people WHERE ${value} IS NOT NULL`;
    return histogram(duck, cellsSql(query, binning), binning, fewest);
  };
  return {
    splits,
    labels: await labelFacts(duck, splits),
    // Ages over 89 are not told apart: MIMIC and eICU do not tell them, and they would point at people.
    age: await of('age', { width: 5, origin: 0, low: 0, high: 90 }),
    length: length && (await of('period_length', { width: hours || 336, origin: 0, low: 0, high: length[2]! })),
    labelsPerStay: await of('len(labels)', { width: 1, origin: -0.5, low: 0, high: labels }),
    noteWords:
      words && words[1]! > 0
        ? await of('words', { width: wordWidth!, origin: 0, low: words[0]!, high: words[1]! })
        : null,
    withoutNote: spread!.silent,
    sites: await siteFacts(duck, splits, fewest),
    overlaps: {
      subjects: await inTwo(duck, 'subject'),
      sites: splits[0]!.sites > 0 ? await inTwo(duck, 'site') : null,
      notes: await inTwo(duck, 'text'),
    },
  };
}
