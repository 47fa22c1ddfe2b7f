import pico from 'picocolors';
import { variableFacts } from '../evaluate/series-facts.js';
import { PHENOTYPES } from '../phenotypes.js';
import { quantityRange, unitName } from '../report-page/index.js';
import type { Prediction, Stay, Variable } from '../types.js';
import { bar, type Cell, sparkline } from './sparkline.js';

export interface RenderOptions {
  readonly stay: Stay;
  /** The columns of the stay's series, in its order. */
  readonly variables: readonly Variable[];
  readonly prediction: Prediction;
  /** Diseases recorded for the stay; where left out, nothing is said of them. */
  readonly recorded?: readonly string[];
  readonly synthetic: boolean;
  /** ANSI colours. Nothing is said by colour alone. */
  readonly colour: boolean;
  /** Columns of the terminal; less than 40 counts as 40. */
  readonly width: number;
}

type Colours = ReturnType<typeof pico.createColors>;

/**
 * A diagnosis for the terminal: what was diagnosed and how surely, both rationales, and the series as sparklines with what
 * lies outside the fences marked.
 *
 * No line is longer than `width`. Control characters in the texts are dropped, so that a note cannot steer the terminal.
 *
 * @returns lines joined by newlines, without one at the end
 */
export function renderDiagnosis(options: RenderOptions): string {
  const { stay, prediction, synthetic } = options;
  const width = Math.max(40, Math.floor(options.width));
  const c = pico.createColors(options.colour);
  const title = `Stay ${printable(stay.id)}, subject ${printable(stay.subject)}, ${stay.series.hours} hours`;
  const origin = synthetic ? 'synthetic patient' : 'real patient: keep this text as the terms of the data demand';
  const lines = [
    ...wrap(title, width).map((line) => c.bold(line)),
    ...wrap(`${origin}. Research use only, not a medical device.`, width).map((line) => c.dim(line)),
    '',
    ...diagnosisLines(options, width, c),
    '',
    c.bold('From the note'),
    ...rationaleLines(prediction.rationale.note, width, c),
    '',
    c.bold('From the series'),
    ...rationaleLines(prediction.rationale.series, width, c),
    '',
    ...seriesLines(options, width, c),
  ];
  return lines.join('\n');
}

function diagnosisLines({ prediction, recorded }: RenderOptions, width: number, c: Colours): string[] {
  const probability = (name: string): number => prediction.probabilities[name] ?? 0;
  const diagnosed = new Set(prediction.diagnosed);
  const shown = PHENOTYPES.filter((name) => diagnosed.has(name) || recorded?.includes(name)).sort(
    (a, b) => Number(diagnosed.has(b)) - Number(diagnosed.has(a)) || probability(b) - probability(a),
  );
  const heading = c.bold('Diagnoses');
  if (shown.length === 0) return [heading, '  none of the 25 diseases'];
  const barWidth = width >= 72 ? 16 : 8;
  const said = (name: string): string =>
    recorded === undefined
      ? ''
      : !diagnosed.has(name)
        ? 'recorded, missed'
        : recorded.includes(name)
          ? 'recorded'
          : 'not recorded';
  const saidWidth = Math.max(...shown.map((name) => said(name).length));
  // mark, name, bar, probability, what is recorded: two columns before, one or two between
  const nameWidth = Math.min(
    Math.max(...shown.map((name) => name.length)),
    width - 4 - 2 - barWidth - 6 - (saidWidth > 0 ? saidWidth + 1 : 0),
  );
  return [
    heading,
    ...shown.map((name) => {
      const isDiagnosed = diagnosed.has(name);
      const mark = !isDiagnosed ? '○' : recorded && !recorded.includes(name) ? '▲' : '●';
      const meter = bar(probability(name), barWidth);
      const line =
        `  ${isDiagnosed ? (mark === '▲' ? c.yellow(mark) : c.cyan(mark)) : mark} ` +
        `${shorten(name, nameWidth).padEnd(nameWidth)}  ${isDiagnosed ? c.cyan(meter) : c.dim(meter)}  ` +
        `${probability(name).toFixed(2)}`;
      return said(name) === '' ? line : `${line} ${c.dim(said(name))}`;
    }),
  ];
}

function rationaleLines(text: string, width: number, c: Colours): string[] {
  const lines = wrap(text, width - 2);
  return lines.length === 0 ? [c.dim('  no rationale')] : lines.map((line) => `  ${line}`);
}

function seriesLines({ stay, variables }: RenderOptions, width: number, c: Colours): string[] {
  const { hours } = stay.series;
  const rows = variables.map((variable, index) => {
    const facts = variableFacts(stay.series, variables, index);
    const unit = unitName(variable.unit) === '' ? '' : ` ${unitName(variable.unit)}`;
    const range = facts.least === null ? 'not measured' : `${quantityRange(facts.least, facts.greatest!)}${unit}`;
    return { variable, facts, range, fences: `(${quantityRange(variable.low, variable.high, ' to ')})` };
  });
  const indent = 2;
  const nameWidth = Math.max(0, ...rows.map((row) => row.variable.name.length));
  const rangeWidth = Math.max(0, ...rows.map((row) => row.range.length));
  const fencesWidth = Math.max(0, ...rows.map((row) => row.fences.length));
  const beside = width - indent - nameWidth - 2 - 2 - rangeWidth - 2 - fencesWidth;
  // Beside its name where a day's hours fit there, else on a line of its own below.
  const oneLine = beside >= Math.min(24, hours);
  const columns = Math.min(hours, oneLine ? beside : width - indent - 2);
  const perColumn = columns === 0 ? 0 : hours / columns;
  const scale = perColumn <= 1 ? 'a column is an hour' : `a column is ${Number(perColumn.toFixed(1))} hours`;
  const lines = [
    c.bold('Series'),
    ...wrap(`${scale}; ▴ above, ▾ below the fences, which stand in brackets; · not measured`, width - indent).map(
      (line) => c.dim(`  ${line}`),
    ),
  ];
  for (const { variable, facts, range, fences } of rows) {
    const cells = sparkline(facts.values, facts.measured, variable, columns);
    const drawn = colourRuns(cells, (cell) => cell.character, c);
    const marks = colourRuns(cells, ({ place }) => (place === 'above' ? '▴' : place === 'below' ? '▾' : ' '), c);
    const anyOutside = cells.some(({ place }) => place === 'above' || place === 'below');
    const counts = [facts.above > 0 && `${facts.above} h above`, facts.below > 0 && `${facts.below} h below`]
      .filter(Boolean)
      .join(', ');
    if (oneLine) {
      const start = indent + nameWidth + 2;
      lines.push(
        `${' '.repeat(indent)}${variable.name.padEnd(nameWidth)}  ${drawn}  ${range.padEnd(rangeWidth)}  ${c.dim(fences)}`,
      );
      if (anyOutside) lines.push(`${' '.repeat(start)}${marks}  ${c.red(counts)}`);
    } else {
      const said = [`${variable.name}: ${range} ${fences}`, counts].filter(Boolean).join(', ');
      lines.push(...wrap(said, width - indent).map((line) => `  ${line}`));
      if (facts.measuredHours > 0) lines.push(`    ${drawn}`);
      if (anyOutside) lines.push(`    ${marks}`);
    }
  }
  return lines;
}

/** One character a cell; neighbours in the same place share one colour sequence. */
function colourRuns(cells: readonly Cell[], character: (cell: Cell) => string, c: Colours): string {
  const paint = { above: c.red, below: c.magenta, missing: c.dim, within: (text: string) => text };
  let out = '';
  for (let from = 0; from < cells.length; ) {
    const { place } = cells[from]!;
    let until = from;
    while (cells[until]?.place === place) until++;
    out += paint[place](cells.slice(from, until).map(character).join(''));
    from = until;
  }
  return out;
}

/** Text without control and format characters (escape sequences, right-to-left overrides). */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();

const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;

/** Words on lines of at most `width` characters; a longer word is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).map(printable).filter(Boolean)) {
    let rest = [...word];
    if (line !== '' && [...line].length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width).join(''));
      rest = rest.slice(width);
    }
    line = line === '' ? rest.join('') : `${line} ${rest.join('')}`;
  }
  return line === '' ? lines : [...lines, line];
}
