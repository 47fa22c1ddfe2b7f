import { type Html, html, quantity, scroller, thousands } from '../../report-page/index.js';
import { stayHistogram } from './charts.js';
import type { CohortFacts } from './facts.js';
import { flowDiagram } from './flow.js';
import type { Bar } from './histogram.js';
import { type Cell, cell, cellsOfTotal, shareCell } from './small-cells.js';
import type { LabelFacts, SplitFacts } from './stay-facts.js';
import { cellText, modeOf, percent, quantilesText, shareText } from './words.js';

export function summarySection(facts: CohortFacts): Html {
  const [all] = facts.splits;
  const mode = modeOf(facts);
  const figure = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<dl class="figures">
${figure('ICU stays', thousands(all!.stays))}${figure('subjects', thousands(all!.subjects))}${
  all!.sites > 1 && figure('hospitals', thousands(all!.sites))
}${figure('hours of series', thousands(facts.hours))}${figure('variables', thousands(facts.variables.length))}${figure(
  'labels per stay',
  quantity(all!.labelsPerStay),
)}</dl>
<p class="lead"><b>${mode.name[0]!.toUpperCase()}${mode.name.slice(1)}.</b> ${mode.meaning}</p>`;
}

export function flowSection(facts: CohortFacts): Html {
  const events = Object.entries(facts.file.events ?? {});
  const cells = cellsOfTotal(
    events.map(([, records]) => records),
    facts.fewest,
  );
  const total = events.reduce((sum, [, records]) => sum + records, 0);
  return html`${flowDiagram(facts)}
${
  events.length > 0 &&
  html`<h3>Records of the event tables</h3>
${scroller(
  'Records by what became of them',
  html`<table class="narrow"><caption>What became of ${thousands(total)} records; each is counted once</caption>
<thead><tr><th scope="col">Outcome</th><th scope="col" class="number">Records</th><th scope="col" class="number">Share</th></tr></thead>
<tbody>${events.map(
    ([outcome, records], i) =>
      html`<tr><th scope="row">${outcome}</th><td class="number">${cellText(cells[i]!, facts.fewest)}</td><td class="number">${
        typeof cells[i] === 'number' ? percent(records / total) : '–'
      }</td></tr>`,
  )}</tbody></table>`,
)}`
}`;
}

export function peopleSection(facts: CohortFacts): Html {
  const { splits, fewest, age, length, labelsPerStay } = facts;
  const figure = (caption: string, chart: Html | null): Html | null =>
    chart && html`<figure><figcaption><b>${caption}</b></figcaption>${chart}</figure>`;
  return html`${scroller('Characteristics by part of the split', characteristics(splits, fewest))}
<p class="small">Medians with quartiles. The split is ${splitWords(facts)}; ${overlapWords(facts)}.</p>
<div class="charts">${figure('Age, years', age && stayHistogram(age, 'Stays by age', 'years'))}${figure(
    'Length of stay in the ICU',
    length && stayHistogram(length, 'Stays by length', 'hours', clockTicks(length.bars)),
  )}${figure('Labels per stay', labelsPerStay && stayHistogram(labelsPerStay, 'Stays by number of labels', ''))}</div>
${sitesTable(facts)}`;
}

/** Multiples of a clock's steps between two hours, at most nine of them. */
function clockTicks(bars: readonly Bar[]): number[] {
  const [low, high] = [bars[0]!.low, bars.at(-1)!.high];
  const every = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720].find((step) => (high - low) / step <= 8) ?? 1440;
  const first = Math.ceil(low / every);
  return Array.from({ length: Math.floor(high / every) - first + 1 }, (_, i) => (first + i) * every);
}

/** How the split was drawn, as far as cohort.json says. */
export function splitWords({ file }: CohortFacts): string {
  const by = file.options?.splitBy;
  if (by === 'hospital') return 'by hospital: all stays of a hospital are in one part';
  if (typeof by === 'object' && by !== null) return 'as a file of subjects gives it';
  return `by patient: all stays of a subject are in one part (seed ${file.options?.seed ?? 'not recorded'})`;
}

export function overlapWords({ overlaps, fewest }: CohortFacts): string {
  const of = (count: number, what: string): string =>
    count === 0 ? `no ${what}` : `${cellText(cell(count, fewest), fewest)} ${what}s`;
  const whats = [of(overlaps.subjects, 'subject'), of(overlaps.notes, 'note')];
  if (overlaps.sites !== null) whats.splice(1, 0, of(overlaps.sites, 'hospital'));
  return `in more than one part: ${whats.join(', ')}`;
}

/** Rows of Table 1: its columns are the whole cohort and the parts of the split. */
export function characteristicRows(
  splits: readonly SplitFacts[],
  fewest: number,
): [name: string, ...cells: string[]][] {
  const [all, ...parts] = splits;
  const row = (of: (part: SplitFacts) => string): string[] => splits.map(of);
  const counts = (of: (part: SplitFacts) => number): string[] =>
    [cell(of(all!), fewest), ...cellsOfTotal(parts.map(of), fewest)].map((one) => cellText(one, fewest));
  // Women and men of a part sum up to its stays, and those of all parts to all women: one few count tells of others.
  const sexes = [
    (part: SplitFacts) => part.female,
    (part: SplitFacts) => part.male,
    (part: SplitFacts) => part.sexUnknown,
  ];
  const isFew = (of: (part: SplitFacts) => number) => (part: SplitFacts) =>
    typeof shareCell(of(part), part.stays, fewest) !== 'number';
  const fewInParts = parts.some((part) => sexes.some((of) => isFew(of)(part)));
  const fewInAll = sexes.some((of) => isFew(of)(all!));
  const sex = (of: (part: SplitFacts) => number): string[] =>
    splits.map((part, i) =>
      fewInAll || (i > 0 && fewInParts)
        ? '–'
        : `${thousands(of(part))} (${percent(of(part) / Math.max(1, part.stays), 0)})`,
    );
  const rows: [string, ...string[]][] = [
    ['Stays', ...counts((part) => part.stays)],
    ['Subjects', ...counts((part) => part.subjects)],
    ...(all!.sites > 1 ? [['Hospitals', ...row((part) => thousands(part.sites))] as [string, ...string[]]] : []),
    ['Age, years', ...row((part) => quantilesText(part.age))],
    ['Women', ...sex((part) => part.female)],
    ['Men', ...sex((part) => part.male)],
    ['Hours in the ICU', ...row((part) => quantilesText(part.length))],
    ['Labels per stay, mean', ...row((part) => (part.stays < fewest ? '–' : quantity(part.labelsPerStay)))],
    ['Without any label', ...counts((part) => part.withoutLabel)],
    ['Words of the note', ...row((part) => quantilesText(part.noteWords))],
  ];
  return rows;
}

const characteristics = (splits: readonly SplitFacts[], fewest: number): Html =>
  html`<table class="people">
<thead><tr><td></td>${splits.map(({ split }) => html`<th scope="col" class="number">${split}</th>`)}</tr></thead>
<tbody>${characteristicRows(splits, fewest).map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((text) => html`<td class="number">${text}</td>`)}</tr>`,
  )}</tbody></table>`;

function sitesTable({ sites, splits, fewest }: CohortFacts): Html | null {
  if (!sites) return null;
  return html`<h3>Hospitals</h3>${scroller(
    'The largest hospitals',
    html`<table class="narrow"><caption>The ${sites.largest.length} largest of ${thousands(sites.sites)}, by stays${
      sites.small > 0 && `; ${thousands(sites.small)} have fewer than ${fewest}`
    }</caption>
<thead><tr><th scope="col">Hospital</th><th scope="col" class="number">all</th>${splits
      .slice(1)
      .map(({ split }) => html`<th scope="col" class="number">${split}</th>`)}</tr></thead>
<tbody>${sites.largest.map(
      ({ site, stays, parts }) =>
        html`<tr><th scope="row">${site}</th><td class="number">${thousands(stays)}</td>${cellsOfTotal(
          parts,
          fewest,
        ).map((one) => html`<td class="number">${cellText(one, fewest)}</td>`)}</tr>`,
    )}</tbody></table>`,
  )}`;
}

/** One label's counts as they may be shown, `all` first. */
export function labelCells({ parts }: LabelFacts, fewest: number): Cell[] {
  const [all, ...rest] = parts.map(({ stays }) => stays);
  return [cell(all!, fewest), ...cellsOfTotal(rest, fewest)];
}

export function labelsSection({ labels, splits, fewest }: CohortFacts): Html {
  const names = splits.map(({ split }) => split);
  const most = Math.max(
    ...labels.flatMap((label, i) => (i < 1 ? label.parts : label.parts).map(({ share }) => share?.high ?? 0)),
    0.01,
  );
  const x = (share: number): string => ((100 * share) / most).toFixed(1);
  const bars = (label: LabelFacts, cells: readonly Cell[]): Html => {
    const parts = label.parts.slice(1);
    return html`<svg class="bars" viewBox="0 0 100 ${8 * parts.length}" preserveAspectRatio="none" aria-hidden="true" style="height:${8 * parts.length}px">${parts.map(
      ({ share }, i) =>
        share !== null &&
        typeof cells[i + 1] === 'number' &&
        html`<rect class="part-${i}" y="${8 * i + 1}" width="${x(share.value)}" height="6"/><path class="whisker part-${i}" d="M${x(share.low)},${8 * i + 4}H${x(share.high)}"/>`,
    )}</svg>`;
  };
  const shown = ({ parts }: LabelFacts, cells: readonly Cell[], i: number): Html => {
    const { stays, of, share } = parts[i]!;
    if (typeof cells[i] !== 'number') return html`${cellText(cells[i]!, fewest)}`;
    if (share === null || of < fewest) return html`–`;
    return html`${percent(share.value)} <span class="range">${thousands(stays)}</span>`;
  };
  return html`${scroller(
    'Prevalence of the labels',
    html`<table class="labels">
<caption>Share of stays with the label, and how many; bars and lines: the parts of the split with 95 % intervals, from 0 to ${percent(most, 0)}</caption>
<thead><tr><th scope="col">Label</th><th scope="col" class="wide"><span class="legend">${names
      .slice(1)
      .map(
        (name, i) => html`<span class="key"><span class="block part-${i}"></span>${name}</span> `,
      )}</span></th><th scope="col" class="number">all</th><th scope="col" class="number wider">95 % interval</th>${names
      .slice(1)
      .map((name) => html`<th scope="col" class="number wider">${name}</th>`)}</tr></thead>
<tbody>${labels.map((label) => {
      const cells = labelCells(label, fewest);
      const share = label.parts[0]!.share;
      const interval = share && typeof cells[0] === 'number' ? `${percent(share.low)}–${percent(share.high)}` : '–';
      return html`<tr><th scope="row">${label.label}</th><td class="wide">${bars(label, cells)}</td><td class="number">${shown(label, cells, 0)}</td><td class="number wider">${interval}</td>${names
        .slice(1)
        .map((_, i) => html`<td class="number wider">${shown(label, cells, i + 1)}</td>`)}</tr>`;
    })}</tbody></table>`,
  )}
<p class="small narrow-only">Numbers of each part stand here on a wider screen, and in print.</p>
<p class="small">Intervals are Wilson’s at the effective number of stays: stays of one subject resemble each other. A stay has any
number of labels; without any: ${shareText(splits[0]!.withoutLabel, splits[0]!.stays, fewest)}.</p>`;
}
