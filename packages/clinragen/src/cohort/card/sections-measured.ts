import { type Html, html, quantity, scroller, thousands, unitName } from '../../report-page/index.js';
import { stayHistogram, variableHistogram } from './charts.js';
import type { CohortFacts } from './facts.js';
import { cell } from './small-cells.js';
import type { VariableFacts } from './variable-facts.js';
import { cellText, percent, quantilesText, shareText } from './words.js';

const bar = (share: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="3" width="100" height="6"/><rect class="fill" y="3" width="${(100 * share).toFixed(1)}" height="6"/></svg>`;

const gapText = (gap: number | null): string => (gap === null ? '–' : `${quantity(gap)}\u202fh`);

export function measuredSection({ variables, splits, hours, fewest }: CohortFacts): Html {
  const total = splits[0]!.stays;
  const unit = (one: VariableFacts): Html | false =>
    unitName(one.variable.unit) !== '' && html` <span class="quiet">${unitName(one.variable.unit)}</span>`;
  return html`${scroller(
    'What was measured',
    html`<table class="measured">
<caption>Of ${thousands(total)} stays and ${thousands(hours)} hours; bar: hours with a measurement</caption>
<thead><tr><th scope="col">Variable</th><th scope="col" class="number">Stays never measured</th><th scope="col" class="wide"></th><th scope="col" class="number">Hours measured</th><th scope="col" class="number">Median gap</th><th scope="col" class="number wider">Median (quartiles)</th></tr></thead>
<tbody>${variables.map((one) => {
      const few = one.stays > 0 && one.stays < fewest;
      return html`<tr><th scope="row">${one.variable.name}${unit(one)}</th><td class="number">${shareText(total - one.stays, total, fewest)}</td><td class="wide">${
        !few && bar(one.hours / Math.max(1, hours))
      }</td><td class="number">${few ? '–' : percent(one.hours / Math.max(1, hours))}</td><td class="number">${gapText(one.gap)}</td><td class="number wider">${quantilesText(one.quantiles)}</td></tr>`;
    })}</tbody></table>`,
  )}
<p class="small">A gap is the time from one hour with a measurement to the next of the same stay. Hours without a measurement carry
the last value forward; before the first one, and where nothing was measured, the variable’s normal value stands. The mask tells
them apart.</p>`;
}

export function distributionsSection({ variables, fewest, file }: CohortFacts): Html {
  const fences = new Set(file.variables.map((variable) => variable.fences));
  const outside = ({ below, above, hours }: VariableFacts): string => {
    const side = (of: { stays: number; hours: number }, word: string): string | false =>
      of.hours > 0 && (of.stays < fewest ? `<${fewest} stays ${word}` : `${percent(of.hours / hours)} ${word}`);
    return [side(below, 'below'), side(above, 'above')].filter(Boolean).join(', ') || 'none outside';
  };
  const key = (kind: string, text: string): Html =>
    html`<span class="key"><span class="${kind}"></span>${text}</span> `;
  return html`<p class="legend small">${key('swatch band', 'between the fences')}${key('block part-0', 'measured hours')}${key(
    'block pale',
    'all that lies beyond',
  )}${key('swatch dashed', 'limit of what is taken as true')}</p>
<ul class="multiples">${variables.map(
    (
      one,
    ) => html`<li><p class="variable"><b>${one.variable.name}</b><span class="quiet">${unitName(one.variable.unit)}</span></p>
${one.histogram ? variableHistogram(one) : html`<p class="empty">${one.stays === 0 ? 'not measured in any stay' : `measured in fewer than ${fewest} stays`}</p>`}
<p class="under">Fences ${quantity(one.variable.low)} to ${quantity(one.variable.high)}${
      one.histogram && html`: ${outside(one)}`
    }</p></li>`,
  )}</ul>
<p class="small">${
    fences.has('train')
      ? 'Fences are a quartile range and a half beyond the quartiles of the training split.'
      : 'Fences are those of the authors’ code.'
  } Values are those of the series: one an hour, after limits. ${fewest > 1 && `No bar stands for fewer than ${fewest} stays: bins of fewer are put together.`}</p>`;
}

export function limitsSection({ variables, file, fewest }: CohortFacts): Html {
  const words = (count: number | undefined): string =>
    count === undefined ? '–' : cellText(cell(count, fewest), fewest);
  const show = (count: number | undefined): Html =>
    count ? html`${words(count)}` : html`<span class="quiet">${words(count)}</span>`;
  const units = Object.entries(file.unknownUnits ?? {}).filter(([, count]) => count > 0);
  const unreadable = file.unreadable ?? {};
  const columns = new Set(file.variables.map((variable) => variable.column));
  const others = Object.entries(unreadable).filter(([name, count]) => !columns.has(name) && count > 0);
  return html`${scroller(
    'Values that were not taken as they were',
    html`<table class="limits">
<caption>Measurements by variable. Outside the outer limits a value is dropped, outside the inner ones it is moved to them</caption>
<thead><tr><th scope="col">Variable</th><th scope="col" class="number">Limits</th><th scope="col" class="number">Dropped</th><th scope="col" class="number">Moved</th><th scope="col" class="number wider">Put right</th><th scope="col" class="number">Unreadable</th></tr></thead>
<tbody>${variables.map(({ variable, limits }) => {
      const range = limits
        ? html`${quantity(limits.outlierLow)} [${quantity(limits.validLow)}–${quantity(limits.validHigh)}] ${quantity(limits.outlierHigh)}`
        : '–';
      return html`<tr><th scope="row">${variable.name}</th><td class="number">${range}</td><td class="number">${show(variable.dropped)}</td><td class="number">${show(variable.clamped)}</td><td class="number wider">${show(variable.righted)}</td><td class="number">${show(
        file.unreadable === undefined ? undefined : (unreadable[variable.column] ?? 0),
      )}</td></tr>`;
    })}</tbody></table>`,
  )}
<p class="small">Put right: fractions of oxygen written as percent or divided twice.${
    others.length > 0 &&
    ` Unreadable also, of variables that are not in the series: ${others.map(([name, count]) => `${name} ${words(count)}`).join(', ')}.`
  }</p>
${
  units.length > 0 &&
  html`<h3>Units that nobody knows</h3><ul class="columns">${units.map(([name, count]) => html`<li>${name}: ${show(count)}</li>`)}</ul>`
}`;
}

/** Where the notes come from. */
export function noteWords(kind: string | undefined): string {
  if (kind === 'hospital-course') return 'the brief hospital course of the discharge summary, cleaned';
  return kind === 'composed'
    ? 'composed of what was documented during the stay; never of the rows that the labels are made of'
    : 'not recorded';
}

export function notesSection(facts: CohortFacts): Html {
  const { file, noteWords: words, withoutNote, splits, fewest } = facts;
  const all = splits[0]!;
  if (withoutNote === all.stays) return html`<p>This cohort has no notes.</p>`;
  const cut = file.notes?.words?.cutNotes;
  return html`<div class="charts beside">${words && html`<figure><figcaption><b>Words per note</b></figcaption>${stayHistogram(words, 'Notes by words', 'words')}</figure>`}
<dl class="facts method">
<div><dt>Notes are</dt><dd>${noteWords(file.notes?.kind)}</dd></div>
<div><dt>Words, median</dt><dd>${quantilesText(all.noteWords)}</dd></div>
${cut !== undefined && html`<div><dt>Cut</dt><dd>${cellText(cell(cut, fewest), fewest)} notes were longer than ${thousands(Number(file.options?.noteWords ?? 0))} words</dd></div>`}
<div><dt>Empty</dt><dd>${cellText(cell(withoutNote, fewest), fewest)}</dd></div>
</dl></div>`;
}
