import * as Plot from '@observablehq/plot';
import { draw, type Html, quantity, thousands, unitName } from '../../report-page/index.js';
import type { Bar, Histogram } from './histogram.js';
import type { VariableFacts } from './variable-facts.js';
import { percent, quantilesText } from './words.js';

/** What a bar holds, in words. */
function rangeOf({ low, high, open }: Bar, whole: boolean): string {
  if (whole && high - low === 1) return open === null ? quantity(low + 0.5) : openWords(open, quantity(low + 0.5));
  const [from, to] = [number(low), number(high)];
  return open === 'below' ? `less than ${to}` : open === 'above' ? `${from} and more` : `${from} to ${to}`;
}

const openWords = (open: 'below' | 'above', value: string): string =>
  `${value} and ${open === 'below' ? 'less' : 'more'}`;

/** An edge: all its decimals, since bins are narrow. */
const number = (value: number): string => String(Number(value.toPrecision(6)));

interface Drawn {
  readonly x1: number;
  readonly x2: number;
  /** Share of the values per bin. */
  readonly y: number;
  readonly open: boolean;
  readonly title: string;
}

const drawn = ({ bars, total, width }: Histogram, unit: string): Drawn[] => {
  const whole =
    width === 1 && bars.every(({ low }) => Math.abs((low % 1) - 0.5) < 1e-9 || Math.abs((low % 1) + 0.5) < 1e-9);
  return bars.map((bar) => ({
    x1: bar.low,
    x2: bar.high,
    y: bar.count / total / bar.bins,
    open: bar.open !== null,
    title: `${rangeOf(bar, whole)}${unit && ` ${unit}`}: ${percent(bar.count / total)}`,
  }));
};

// Two marks, since an open bar is paler: it holds what lies beyond its edge.
const barMarks = (bars: readonly Drawn[]): Plot.Markish[] =>
  [false, true].map((open) =>
    Plot.rectY(
      bars.filter((bar) => bar.open === open),
      {
        x1: 'x1',
        x2: 'x2',
        y: 'y',
        title: 'title',
        fill: open ? 'var(--accent-soft)' : 'var(--accent)',
        insetLeft: 0.5,
        insetRight: 0.5,
      },
    ),
  );

/** Shares of stays over a quantity; the axis tells no share, the bars do when pointed at. */
export function stayHistogram(data: Histogram, said: string, unit: string, ticks?: readonly number[]): Html {
  const bars = drawn(data, unit);
  return draw(
    {
      width: 320,
      height: 150,
      marginLeft: 38,
      marginRight: 10,
      marginTop: 8,
      marginBottom: 34,
      x: {
        label: unit || null,
        labelAnchor: 'center',
        labelArrow: 'none',
        ...(ticks ? { ticks: [...ticks] } : { ticks: 6 }),
        tickSize: 3,
      },
      y: { ticks: 3, label: null, tickSize: 0, tickFormat: (y: number) => `${Number((100 * y).toFixed(1))} %` },
      marks: [
        Plot.gridY({ stroke: 'var(--rule)', strokeOpacity: 1, ticks: 3 }),
        ...barMarks(bars),
        Plot.ruleY([0], { stroke: 'var(--rule)' }),
      ],
    },
    `${said}. ${bars.map(({ title }) => title).join('. ')}.`,
  );
}

/** Measured hours of one variable: the band between the fences, limits of the possible where they are near, its values. */
export function variableHistogram({ variable, limits, hours, stays, quantiles, histogram }: VariableFacts): Html {
  // Bins are centred on round numbers, and the first may reach below what can be.
  const floor = limits?.outlierLow ?? Number.NEGATIVE_INFINITY;
  const bars = histogram
    ? drawn(histogram, unitName(variable.unit)).map((one) => ({
        ...one,
        x1: Math.max(one.x1, Math.min(floor, one.x2 - histogram.width / 2)),
      }))
    : [];
  const fence = Math.max(variable.low, floor);
  const least = bars[0]?.x1 ?? variable.low;
  const greatest = bars.at(-1)?.x2 ?? variable.high;
  // A far fence would press the bars together; the text beside the picture tells it.
  const reach = (greatest - least) * 0.35;
  const low = fence > least - reach ? Math.min(least, fence) : least;
  const high = variable.high < greatest + reach ? Math.max(greatest, variable.high) : greatest;
  const pad = (high - low) * 0.02;
  const domain: [number, number] = [low - pad, high + pad];
  const inside = (value: number): boolean => value >= domain[0] && value <= domain[1];
  const band = { x1: Math.max(variable.low, domain[0]), x2: Math.min(variable.high, domain[1]) };
  const edges = limits ? [...new Set([limits.validLow, limits.validHigh])].filter(inside) : [];
  const unit = unitName(variable.unit);
  return draw(
    {
      width: 320,
      height: 118,
      marginLeft: 8,
      marginRight: 8,
      marginTop: 6,
      marginBottom: 20,
      x: { domain, ticks: 6, label: null, tickSize: 3 },
      y: { axis: null, domain: [0, Math.max(...bars.map(({ y }) => y), 0.001) * 1.04] },
      marks: [
        Plot.rect(band.x2 > band.x1 ? [band] : [], { x1: 'x1', x2: 'x2', fill: 'var(--band)' }),
        Plot.ruleX([variable.low, variable.high].filter(inside), { stroke: 'var(--fence)', strokeWidth: 1 }),
        ...barMarks(bars),
        Plot.ruleY([0], { stroke: 'var(--rule)' }),
        Plot.ruleX(edges, { stroke: 'var(--alarm)', strokeWidth: 1, strokeDasharray: '3 3' }),
      ],
    },
    `${variable.name}: ${
      histogram
        ? `${thousands(hours)} measured hours of ${thousands(stays)} stays, median and quartiles ${quantilesText(quantiles)} ${unit}`
        : 'measured in too few stays to be shown'
    }; fences ${quantity(variable.low)} and ${quantity(variable.high)}.`,
  );
}
