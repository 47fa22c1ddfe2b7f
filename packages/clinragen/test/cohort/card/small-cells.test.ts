import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOfTotal, flowSteps, shareCell, withoutFew } from '../../../src/cohort/card/small-cells.js';

describe('counts whose sum stands beside them', () => {
  it('are shown where none is small', () => {
    expect(cellsOfTotal([40, 12, 0], 5)).toEqual([40, 12, 0]);
    expect(cellsOfTotal([40, 2, 1], 1)).toEqual([40, 2, 1]);
  });

  it('take the smallest other one with a single small one, and do not tell which is which', () => {
    expect(cellsOfTotal([40, 12, 3], 5)).toEqual([40, 'hidden', 'hidden']);
    expect(cellsOfTotal([5, 0, 1], 5)).toEqual(['hidden', 0, 'hidden']);
  });

  it('hide small ones that their sum would tell', () => {
    expect(cellsOfTotal([40, 1, 1], 5)).toEqual(['hidden', 'hidden', 'hidden']); // 2 = 1 + 1
    expect(cellsOfTotal([40, 4, 4], 5)).toEqual(['hidden', 'hidden', 'hidden']); // 8 = 4 + 4
    expect(cellsOfTotal([40, 3, 2], 5)).toEqual([40, 'few', 'few']);
  });

  it('never allow only one set of counts, whatever they are', () => {
    const fewest = 5;
    const counts = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(counts, (parts) => {
        const total = parts.reduce((a, b) => a + b, 0);
        if (total < fewest) return;
        const cells = cellsOfTotal(parts, fewest);
        if (!cells.some((cell) => typeof cell === 'string')) {
          expect(parts.every((count) => count === 0 || count >= fewest)).toBe(true);
          return;
        }
        // What a reader can think of: every way to fill the hidden cells with counts that their marks allow.
        const rest = total - cells.reduce<number>((sum, cell) => sum + (typeof cell === 'number' ? cell : 0), 0);
        const hidden = cells.filter((cell) => typeof cell === 'string');
        const ways = (left: number, marks: readonly string[]): number[][] => {
          const [mark, ...others] = marks;
          if (mark === undefined) return left === 0 ? [[]] : [];
          const most = mark === 'few' ? Math.min(left, fewest - 1) : left;
          return Array.from({ length: most }, (_, i) => i + 1).flatMap((n) =>
            ways(left - n, others).map((way) => [n, ...way]),
          );
        };
        const possible = ways(rest, hidden);
        for (let i = 0; i < hidden.length; i++) {
          expect(new Set(possible.map((way) => way[i])).size, `${parts} shown as ${cells}`).toBeGreaterThan(1);
        }
      }),
    );
  });

  it('are small too where nearly all are meant', () => {
    expect(shareCell(3, 100, 5)).toBe('few');
    expect(shareCell(97, 100, 5)).toBe('nearly all');
    expect(shareCell(100, 100, 5)).toBe(100);
    expect(shareCell(0, 100, 5)).toBe(0);
  });
});

describe('filters as steps', () => {
  const filters = (...stays: number[]) => stays.map((n, i) => ({ filter: `f${i}`, stays: n }));

  it('join one that dropped few with the next', () => {
    expect(flowSteps(filters(100, 98, 80, 80), 5)).toEqual([
      { filters: ['f0'], stays: 100, dropped: 0 },
      { filters: ['f1', 'f2'], stays: 80, dropped: 20 },
      { filters: ['f3'], stays: 80, dropped: 0 },
    ]);
  });

  it('join a last one with the last that dropped enough, not with one that dropped none', () => {
    expect(flowSteps(filters(100, 80, 80, 79), 5)).toEqual([
      { filters: ['f0'], stays: 100, dropped: 0 },
      { filters: ['f1', 'f2', 'f3'], stays: 79, dropped: 21 },
    ]);
  });

  it('are one step where all together dropped few, and as they are where every count may be shown', () => {
    expect(flowSteps(filters(100, 99, 98), 5).map(({ dropped }) => dropped)).toEqual([0, 2]);
    expect(flowSteps(filters(100, 99, 98), 1).map(({ dropped }) => dropped)).toEqual([0, 1, 1]);
  });
});

it('counts of few people go from sentences, other numbers stay', () => {
  expect(withoutFew('3 stays have no events, 1 patient died, 12 stays of 40 hours, 2 tables', 5)).toBe(
    'fewer than 5 stays have no events, fewer than 5 patients died, 12 stays of 40 hours, 2 tables',
  );
  expect(withoutFew('3 stays', 1)).toBe('3 stays');
});
