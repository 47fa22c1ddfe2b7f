import * as Plot from '@observablehq/plot';
import { draw, type Html, quantity, quantityRange, unitName } from '../report-page/index.js';
import type { Variable } from '../types.js';
import type { CalibrationBin } from './calibration.js';
import type { Comparison } from './compare.js';
import type { VariableFacts } from './series-facts.js';

interface Row {
  readonly model: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function intervalRows(rows: readonly Row[], main: string, domain: [number, number], label: string, said: string): Html {
  const coloured = rows.map((row) => ({ ...row, colour: row.model === main ? 'var(--accent)' : 'var(--quiet)' }));
  return draw(
    {
      width: 336,
      height: 44 + 34 * rows.length,
      marginLeft: 124,
      marginRight: 12,
      marginTop: 6,
      marginBottom: 36,
      x: { domain },
      y: { domain: rows.map((row) => row.model), label: null },
      marks: [
        Plot.gridX({ stroke: 'var(--rule)', strokeOpacity: 1, ticks: 4 }),
        Plot.ruleX(domain[0] < 0 ? [0] : [], { stroke: 'var(--ink)' }),
        Plot.axisX({ ticks: 4, tickSize: 0, label, labelAnchor: 'center', labelArrow: 'none' }),
        Plot.axisY({ tickSize: 0, lineWidth: 10.5, label: null, fill: 'var(--ink)' }),
        Plot.ruleY(coloured, { y: 'model', x1: 'low', x2: 'high', stroke: 'colour', strokeWidth: 2.25 }),
        Plot.tickX(coloured, { y: 'model', x: 'low', stroke: 'colour', strokeWidth: 1.5, inset: 10 }),
        Plot.tickX(coloured, { y: 'model', x: 'high', stroke: 'colour', strokeWidth: 1.5, inset: 10 }),
        Plot.dot(coloured, { y: 'model', x: 'value', fill: 'colour', r: 3.75, stroke: 'var(--paper)', strokeWidth: 1 }),
      ],
    },
    `${said} ${rows
      .map((row) => `${row.model}: ${row.value.toFixed(3)}, ${row.low.toFixed(3)} to ${row.high.toFixed(3)}`)
      .join('. ')}.`,
  );
}

/** Models with their intervals, one row each; the main model in colour. */
export function comparisonChart(comparison: Comparison, kind: 'microF1' | 'macroF1', name: string): Html {
  const rows = comparison.models.map((model) => ({ model: model.name, ...model[kind] }));
  const least = Math.min(...rows.map((row) => row.low));
  const greatest = Math.max(...rows.map((row) => row.high));
  const domain: [number, number] = [
    Math.max(0, Math.floor(least * 10 - 0.2) / 10),
    Math.min(1, Math.ceil(greatest * 10 + 0.2) / 10),
  ];
  return intervalRows(rows, comparison.main, domain, name, `${name} of each model with its interval.`);
}

/** How far the main model is above each other one; an interval that does not reach 0 is a difference. */
export function differenceChart(comparison: Comparison): Html {
  const rows = comparison.models.flatMap((model) =>
    model.mainMinusThis ? [{ model: model.name, ...model.mainMinusThis.microF1 }] : [],
  );
  const least = Math.min(0, ...rows.map((row) => row.low));
  const greatest = Math.max(0, ...rows.map((row) => row.high));
  const pad = (greatest - least) * 0.08 || 0.01;
  const label = 'gain in micro F1, paired';
  return intervalRows(
    rows,
    '',
    [least - pad, greatest + pad],
    label,
    `Micro F1 of ${comparison.main} minus each other.`,
  );
}

/** Loss over steps: training pale, validation strong, the kept checkpoint ringed. */
export function lossChart(
  stage: string,
  training: readonly { step: number; loss: number }[],
  validation: readonly { step: number; loss: number }[],
): Html {
  const best = validation.reduce<{ step: number; loss: number } | null>(
    (least, point) => (least === null || point.loss < least.loss ? point : least),
    null,
  );
  return draw(
    {
      width: 330,
      height: 210,
      marginLeft: 40,
      marginRight: 14,
      marginTop: 14,
      marginBottom: 36,
      x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', ticks: 4, tickFormat: 's' },
      y: { label: null, ticks: 5, nice: true },
      marks: [
        Plot.gridY({ stroke: 'var(--rule)', strokeOpacity: 1, ticks: 5 }),
        Plot.line(training, { x: 'step', y: 'loss', stroke: 'var(--accent-soft)', strokeWidth: 1.5 }),
        Plot.line(validation, { x: 'step', y: 'loss', stroke: 'var(--accent)', strokeWidth: 1.75 }),
        Plot.dot(validation, { x: 'step', y: 'loss', fill: 'var(--accent)', r: 2.5 }),
        best && Plot.dot([best], { x: 'step', y: 'loss', stroke: 'var(--ink)', r: 6, strokeWidth: 1.5 }),
      ],
    },
    `${stage}: loss of ${training.length} training and ${validation.length} validation points` +
      (best ? `; lowest validation loss ${best.loss.toFixed(3)} at step ${best.step}.` : '.'),
  );
}

/** Observed rate against probability; the area of a point is the number of pairs behind it. */
export function calibrationChart(bins: readonly CalibrationBin[]): Html {
  const filled = bins.filter((bin) => bin.count > 0);
  return draw(
    {
      width: 360,
      height: 330,
      marginLeft: 46,
      marginRight: 14,
      marginTop: 14,
      marginBottom: 42,
      inset: 10,
      x: {
        domain: [0, 1],
        label: 'probability given by the model',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: 5,
      },
      y: { domain: [0, 1], label: null, ticks: 5 },
      r: { range: [2.5, 12], domain: [0, Math.max(...filled.map((bin) => bin.count))] },
      marks: [
        Plot.gridY({ stroke: 'var(--rule)', strokeOpacity: 1, ticks: 5 }),
        Plot.link([{}], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'var(--quiet)', strokeDasharray: '3 4' }),
        Plot.line(filled, { x: 'meanProbability', y: 'observedRate', stroke: 'var(--accent)', strokeWidth: 1.5 }),
        Plot.dot(filled, {
          x: 'meanProbability',
          y: 'observedRate',
          r: 'count',
          fill: 'var(--accent)',
          stroke: 'var(--paper)',
          strokeWidth: 1.5,
        }),
      ],
    },
    `Calibration in ${filled.length} bins. ${filled
      .map(
        (bin) =>
          `Probability ${bin.meanProbability!.toFixed(2)}: recorded in ${(100 * bin.observedRate!).toFixed(0)} %`,
      )
      .join('. ')}.`,
  );
}

/**
 * One variable of one stay: the band between the fences shaded, measured hours strong, filled-in hours pale, measured
 * values outside the fences as triangles that point the way they left.
 */
export function variableChart(variable: Variable, facts: VariableFacts): Html {
  const { values, measured } = facts;
  const hours = values.length;
  const points = Array.from(values, (value, hour) => ({ hour, value }));
  const [least, greatest] = [Math.min(variable.normal, ...values), Math.max(variable.normal, ...values)];
  // The fences show where they are near; a far fence would press the curve flat.
  const reach = Math.max(greatest - least, (variable.high - variable.low) / 4);
  const low = variable.low > least - reach ? Math.min(least, variable.low) : least - reach / 3;
  const high = variable.high < greatest + reach ? Math.max(greatest, variable.high) : greatest + reach / 3;
  const pad = (high - low) * 0.06;
  const domain: [number, number] = [low - pad, high + pad];
  const band = { y1: Math.max(variable.low, domain[0]), y2: Math.min(variable.high, domain[1]) };
  const outside = points.filter(({ hour, value }) => measured[hour] && (value > variable.high || value < variable.low));
  const triangles = (above: boolean): Plot.Markish =>
    Plot.dot(
      outside.filter(({ value }) => value > variable.high === above),
      {
        x: 'hour',
        y: 'value',
        symbol: 'triangle',
        rotate: above ? 0 : 180,
        r: hours > 240 ? 2.2 : 3.2,
        fill: 'var(--alarm)',
      },
    );
  const every = hours <= 24 ? 6 : hours <= 60 ? 12 : hours <= 120 ? 24 : hours <= 360 ? 72 : 168;
  const unit = unitName(variable.unit);
  const said =
    facts.least === null
      ? `not measured; ${quantity(variable.normal)} ${unit} stands in`
      : `measured in ${facts.measuredHours} of ${hours} hours, ${quantityRange(facts.least, facts.greatest!, ' to ')} ${unit}` +
        `; ${facts.above} hours above ${quantity(variable.high)}, ${facts.below} below ${quantity(variable.low)}`;
  return draw(
    {
      width: 320,
      height: 116,
      marginLeft: 34,
      marginRight: 8,
      marginTop: 6,
      marginBottom: 20,
      x: {
        domain: [0, Math.max(1, hours - 1)],
        ticks: Array.from({ length: Math.floor((hours - 1) / every) + 1 }, (_, tick) => tick * every),
        tickFormat: (hour: number) => `${hour} h`,
        label: null,
        tickSize: 3,
      },
      y: { domain, ticks: 3, label: null, tickSize: 0 },
      marks: [
        Plot.rect([band], { x1: 0, x2: Math.max(1, hours - 1), y1: 'y1', y2: 'y2', fill: 'var(--band)' }),
        Plot.ruleY(
          [variable.low, variable.high].filter((fence) => fence > domain[0] && fence < domain[1]),
          { stroke: 'var(--fence)', strokeWidth: 1 },
        ),
        Plot.line(points, {
          x: 'hour',
          y: 'value',
          stroke: 'var(--accent-soft)',
          strokeWidth: 1.25,
          strokeDasharray: facts.measuredHours === 0 ? '2 4' : undefined,
        }),
        // Runs of measured hours as one path, lone ones as points.
        Plot.line(points, {
          x: 'hour',
          y: ({ hour, value }: { hour: number; value: number }) => (measured[hour] ? value : Number.NaN),
          stroke: 'var(--accent)',
          strokeWidth: hours > 240 ? 1.5 : 2.25,
        }),
        Plot.dot(
          points.filter(({ hour }) => measured[hour] && !measured[hour - 1] && !measured[hour + 1]),
          { x: 'hour', y: 'value', r: hours > 240 ? 1.1 : 1.8, fill: 'var(--accent)' },
        ),
        triangles(true),
        triangles(false),
      ],
    },
    `${variable.name}: ${said}.`,
  );
}
