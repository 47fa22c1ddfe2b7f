import { quantity, thousands } from '../../report-page/index.js';
import type { CohortFacts } from './facts.js';
import { type Cell, shareCell, withoutFew } from './small-cells.js';
import type { Quantiles } from './variable-facts.js';

/** How numbers of a cohort are said, in the page and in the data card. */

/** `1 234`, `<5`, or a star where it or the one beside it is small. */
export function cellText(cell: Cell, fewest: number): string {
  return cell === 'few' ? `<${fewest}` : cell === 'hidden' ? '*' : thousands(cell);
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)}\u202f%`;

/** A share of stays in percent, unless it or the rest is of few. */
export function shareText(count: number, total: number, fewest: number): string {
  if (total === 0) return '–';
  const cell = shareCell(count, total, fewest);
  if (cell === 'few') return `<${fewest}`;
  return cell === 'nearly all' ? `all but <${fewest}` : percent(count / total);
}

export const orDash = (value: number | null): string => (value === null ? '–' : quantity(value));

/** `72 (64–83)`, as far as it may be said. */
export function quantilesText({ q1, median, q3 }: Quantiles): string {
  if (median === null) return '–';
  return q1 === null || q3 === null ? quantity(median) : `${quantity(median)} (${quantity(q1)}–${quantity(q3)})`;
}

const REASONS: Readonly<Record<string, string>> = {
  'without transfers': 'moved to another ward or unit during the stay',
  'with admission and patient': 'admission or patient not on record',
  'one stay per admission': 'another ICU stay in the same admission',
  adults: 'younger than 18, or age unknown',
  'with recorded diagnoses': 'no diagnosis recorded',
  'with measurements during the stay': 'nothing measured during the stay',
  'with something documented': 'nothing documented to compose a note of',
  'with a brief hospital course': 'no brief hospital course in a discharge summary',
};

/** Why a filter drops a stay. */
export const reasonOf = (filter: string): string => REASONS[filter] ?? `not: ${filter}`;

const hoursText = (hours: number): string => `${quantity(hours)}\u202fh`;

/** Named in every report, because numbers of the two kinds do not compare. */
export function modeOf({ until }: Pick<CohortFacts, 'until'>): { readonly name: string; readonly meaning: string } {
  return until === null
    ? {
        name: 'retrospective',
        meaning:
          'Series and note cover the whole stay, and the labels are the codes of that same stay: scores on this cohort say ' +
          'how well a finished stay is read, not how well a disease is foretold.',
      }
    : {
        name: `prospective (until ${hoursText(until)})`,
        meaning:
          `Series and note hold only what was known ${hoursText(until)} after admission to the ICU; the labels are still the codes ` +
          'of the whole stay, written after it.',
      };
}

/** What the reader must know before any number. */
export function warningsOf({ file, overlaps, fewest, splits }: CohortFacts): string[] {
  const own: string[] = [];
  if (overlaps.subjects > 0) own.push(`${overlaps.subjects} subjects are in more than one part of the split`);
  if (overlaps.notes > 0) own.push(`${overlaps.notes} notes stand word for word in more than one part of the split`);
  for (const { split, stays } of splits.slice(1)) {
    if (stays < 30) own.push(`the ${split} split has fewer than 30 stays: no score on it means much`);
  }
  if (file.notUnderstood.length > 0) {
    own.push(`this version does not understand, and leaves out, of cohort.json: ${file.notUnderstood.join(', ')}`);
  }
  return [...(file.warnings ?? []), ...own].map((warning) => withoutFew(warning, fewest));
}

/** Sizes as file managers tell them. */
export function bytesText(bytes: number): string {
  const [unit, size] = bytes < 1e3 ? ['B', 1] : bytes < 1e6 ? ['kB', 1e3] : bytes < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${size === 1 ? bytes : quantity(bytes / size)}\u202f${unit}`;
}
