import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html } from './html.js';

// Every chart is drawn at the width of a phone and laid out in a grid, so that no text shrinks on a small screen.
// Colours are the page's custom properties: one drawing serves light, dark and print.

const { document } = parseHTML('<!doctype html><html><body></body></html>');

const ROUNDED = new Set(['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height']);

/** A plot as inline SVG that needs no script; `description` is what it says to those who cannot see it. */
export function draw(options: Plot.PlotOptions, description: string): Html {
  const svg = Plot.plot({ className: 'chart', style: { fontSize: '11px' }, ...options, document } as Plot.PlotOptions);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', description);
  const text = (svg.outerHTML as string)
    .replace(/<style>[\s\S]*?<\/style>/, '') // stands once, in the page's own style sheet
    .replace(/ ([\w-]+)="([^"]*)"/g, (whole, name: string, value: string) =>
      ROUNDED.has(name)
        ? ` ${name}="${value.replace(/\d+\.\d{3,}/g, (n) => String(Number(Number(n).toFixed(2))))}"`
        : whole,
    );
  return new Html(text);
}
