/**
 * Small cells: a count of one to four stays may point at a person. Reports of real patients leave such counts out, and
 * what they could be computed from.
 */

/** Reports of real patients show no count of fewer stays than this. */
export const FEWEST_OF_REAL = 5;

/**
 * A count as a report may show it: `few` is one to fewest − 1. `hidden` may be any but none: which of several hidden counts is
 * the small one is not told, since that would narrow it down.
 */
export type Cell = number | 'few' | 'hidden';

export const cell = (count: number, fewest: number): Cell => (count > 0 && count < fewest ? 'few' : count);

/**
 * Parts whose sum stands beside them. Where the small ones could be told from that sum, the smallest of the others is hidden
 * with them.
 *
 * @example
 * cellsOfTotal([40, 12, 3], 5); // [40, 'hidden', 'hidden']
 */
export function cellsOfTotal(parts: readonly number[], fewest: number): Cell[] {
  const cells = parts.map((count) => cell(count, fewest));
  const few = parts.filter((_, i) => cells[i] === 'few');
  const sum = few.reduce((a, b) => a + b, 0);
  if (few.length === 0 || parts.reduce((a, b) => a + b, 0) < fewest) return cells;
  // One small part is the difference; several are known where all must be the least or all the greatest.
  if (few.length > 1 && sum > few.length && sum < few.length * (fewest - 1)) return cells;
  const cover = Math.min(...parts.filter((count) => count >= fewest));
  const covered = parts.lastIndexOf(cover);
  return cells.map((one, i) => (one === 'few' || i === covered ? 'hidden' : one));
}

/** A part of a whole, which also tells the rest: neither may be few. */
export function shareCell(count: number, total: number, fewest: number): Cell | 'nearly all' {
  const rest = total - count;
  if (count > 0 && count < fewest) return 'few';
  return rest > 0 && rest < fewest ? 'nearly all' : count;
}

/** What a filter left; `dropped` since the step before. */
export interface FlowStep {
  readonly filters: readonly string[];
  readonly stays: number;
  readonly dropped: number;
}

/**
 * The filters as steps, of which none dropped few: such filters become one step with a neighbour. Where the whole way
 * dropped few, one step is left and its `dropped` is few.
 */
export function flowSteps(filters: readonly { filter: string; stays: number }[], fewest: number): FlowStep[] {
  const [first, ...rest] = filters;
  if (first === undefined) return [];
  const steps: FlowStep[] = [];
  let [names, before]: [string[], number] = [[], first.stays];
  for (const { filter, stays } of rest) {
    names.push(filter);
    if (cell(before - stays, fewest) === 'few') continue;
    steps.push({ filters: names, stays, dropped: before - stays });
    [names, before] = [[], stays];
  }
  if (names.length > 0) {
    const { stays } = rest.at(-1)!;
    // Steps that dropped nothing lend no cover.
    const cover = steps.findLastIndex(({ dropped }) => dropped > 0);
    const merged = steps.splice(cover === -1 ? 0 : cover);
    const dropped = merged.reduce((sum, step) => sum + step.dropped, before - stays);
    steps.push({ filters: [...merged.flatMap((step) => step.filters), ...names], stays, dropped });
  }
  return [{ filters: [first.filter], stays: first.stays, dropped: 0 }, ...steps];
}

const PEOPLE = /\b([1-9]\d*) (stays?|patients?|subjects?|admissions?|notes?|summaries|people|persons?)\b/g;

/** Counts of few people in a sentence that somebody else wrote. */
export function withoutFew(sentence: string, fewest: number): string {
  return sentence.replace(PEOPLE, (whole, count: string, what: string) =>
    Number(count) < fewest
      ? `fewer than ${fewest} ${what.replace(/^(stay|patient|subject|admission|note|person)$/, '$1s')}`
      : whole,
  );
}
