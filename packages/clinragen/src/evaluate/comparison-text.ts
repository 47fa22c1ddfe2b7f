import pico from 'picocolors';
import type { Comparison } from './compare.js';

/**
 * The table of models for the terminal: micro and macro F1 with their intervals, and how far the main model is above each,
 * `*` where that interval does not hold 0.
 *
 * @returns lines joined by newlines, without one at the end
 */
export function renderComparison(comparison: Comparison, options: { readonly colour: boolean }): string {
  const c = pico.createColors(options.colour);
  const interval = (of: { value: number; low: number; high: number }): string =>
    `${of.value.toFixed(3)} (${of.low.toFixed(3)}–${of.high.toFixed(3)})`;
  const signed = (value: number): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(3);
  const rows = comparison.models.map(({ name, reads, microF1, macroF1, mainMinusThis: above }) => ({
    isMain: name === comparison.main,
    cells: [
      name,
      reads,
      interval(microF1),
      interval(macroF1),
      above
        ? `${signed(above.microF1.value)} (${signed(above.microF1.low)} to ${signed(above.microF1.high)})${
            above.microF1.separated ? ' *' : ''
          }`
        : '',
    ],
  }));
  const head = ['model', 'reads', 'micro F1', 'macro F1', 'main above it, micro F1'];
  const widths = head.map((text, column) => Math.max(text.length, ...rows.map(({ cells }) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const level = Math.round(comparison.bootstrap.level * 100);
  return [
    c.dim(line(head)),
    ...rows.map(({ isMain, cells }) => (isMain ? c.bold(line(cells)) : line(cells))),
    c.dim(
      `${comparison.stays} stays of ${comparison.subjects} subjects; ${level} % intervals by subject; main: ${comparison.main}; ` +
        '* the paired interval does not hold 0',
    ),
  ].join('\n');
}
