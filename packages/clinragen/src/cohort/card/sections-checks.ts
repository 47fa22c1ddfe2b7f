import { type Content, factList, type Html, html, scroller, thousands } from '../../report-page/index.js';
import type { CodeCounts } from './cohort-file.js';
import type { CohortFacts } from './facts.js';
import type { DiseaseLeakage, LeakageFacts } from './leakage.js';
import { overlapWords } from './sections-people.js';
import { cell } from './small-cells.js';
import { bytesText, cellText, percent, shareText, warningsOf } from './words.js';

export function warningsSection(facts: CohortFacts): Html {
  return html`<ul class="warnings">${warningsOf(facts).map((warning) => html`<li>${warning}</li>`)}</ul>`;
}

/** How often a note names a disease that is on record, beside how often one that is not. */
export function leakageSection(facts: CohortFacts, leakage: LeakageFacts | undefined): Html {
  const { fewest } = facts;
  const overlap = html`<p class="lead">Of the split, ${overlapWords(facts)}.</p>`;
  if (!leakage)
    return html`${overlap}<p class="small">Names and codes of the labels were not looked for in the notes.</p>`;
  const share = (part: number, of: number): string => (of < fewest ? '–' : shareText(part, of, fewest));
  const pairs = (share: number | null): string => (share === null ? '–' : percent(share));
  const named = leakage.diseases.filter(({ recordedNamed, unrecordedNamed }) => recordedNamed + unrecordedNamed > 0);
  const row = (one: DiseaseLeakage): Html =>
    html`<tr><th scope="row">${one.disease}</th><td class="number">${cellText(cell(one.recorded, fewest), fewest)}</td><td class="number">${share(one.recordedNamed, one.recorded)}</td><td class="number wider">${share(one.recordedOfficial, one.recorded)}</td><td class="number">${share(one.unrecordedNamed, one.unrecorded)}</td></tr>`;
  return html`${overlap}
<p class="lead">${
    leakage.mention === 'leak'
      ? html`<b>In composed notes a disease’s name is a leak</b>: the database repeats itself, and nobody reasoned.`
      : html`<b>In a hospital course a disease’s name is evidence</b>: a clinician wrote it, after the stay.`
  } Of all recorded pairs of stay and disease, ${pairs(leakage.recordedNamed)} are named in the note; of all others,
${pairs(leakage.unrecordedNamed)}. ICD codes stand in ${
    leakage.staysWithCodes === 0
      ? 'no note'
      : `the notes of ${cellText(cell(leakage.staysWithCodes, fewest), fewest)} stays`
  }.</p>
${
  named.length > 0 &&
  scroller(
    'Names of diseases in notes',
    html`<table class="leaks">
<caption>Share of stays whose note names the disease, affirmed; ${thousands(leakage.stays)} stays</caption>
<thead><tr><th scope="col">Disease</th><th scope="col" class="number">Recorded in</th><th scope="col" class="number">Named, where recorded</th><th scope="col" class="number wider">by its official name</th><th scope="col" class="number">Named, where not</th></tr></thead>
<tbody>${named.map(row)}</tbody></table>`,
  )
}`;
}

export function codesSection(codes: CodeCounts, fewest: number): Html {
  const texts = codes.notCodeTexts.map(({ text, version, count }) => ({ text, version, cell: cell(count, fewest) }));
  const shown = texts.filter(({ cell: one }) => typeof one === 'number');
  const few = texts.length - shown.length;
  return html`${factList([
    ['Recorded codes', thousands(codes.codes)],
    ['Of a label', `${thousands(codes.mapped)} (${percent(codes.mapped / Math.max(1, codes.codes))})`],
    [
      'Of none',
      `${thousands(codes.ofNone)} (${percent(codes.ofNone / Math.max(1, codes.codes))}): codes that exist, of none of the labels`,
    ],
    [
      'No codes',
      `${cellText(cell(codes.notCodes, fewest), fewest)}: not of the form of a code, or of a category that does not exist`,
    ],
  ])}
${
  texts.length > 0 &&
  html`<details><summary>What is no code</summary><ul class="columns">${shown.map(
    ({ text, version, cell: one }) => html`<li><code>${text}</code> as ICD-${version}: ${cellText(one, fewest)}</li>`,
  )}${few > 0 && html`<li>${few} more, each fewer than ${fewest} times</li>`}</ul></details>`
}`;
}

export function provenanceSection(facts: CohortFacts): Html {
  const { file, fewest } = facts;
  const { provenance, options } = file;
  const tables = Object.entries(provenance?.tables ?? {});
  const items = file.variables.flatMap((variable) => {
    const list = provenance?.items[variable.column] ?? [];
    return list.length > 0 ? [{ name: variable.name, list }] : [];
  });
  const generator = provenance?.generator;
  const plain = (value: unknown): Content => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return html`${factList([
    ['Database', provenance?.database ?? 'not recorded'],
    ['Folder', provenance?.folder ?? 'not recorded'],
    ...(provenance?.terms ? [['Terms', provenance.terms] as const] : []),
    ...(generator
      ? [
          [
            'Made by',
            `${generator.generator}, seed ${generator.seed}, ${thousands(generator.patients)} patients`,
          ] as const,
        ]
      : []),
    ...(provenance && provenance.absent.length > 0 ? [['Absent tables', provenance.absent.join(', ')] as const] : []),
    ...Object.entries(options ?? {}).map(([name, value]) => [name, html`<code>${plain(value)}</code>`] as const),
    [
      'Small counts',
      fewest > 1
        ? `counts from 1 to ${fewest - 1} stand as <${fewest}; * stands where such a count and one beside it are hidden, since their sum would tell it`
        : 'all counts are shown',
    ],
  ])}
${
  tables.length > 0 &&
  scroller(
    'Files read',
    html`<table class="narrow files"><caption>Files read</caption><thead><tr><th scope="col">Table</th><th scope="col">File</th><th scope="col" class="number">Size</th><th scope="col" class="number">Records</th></tr></thead>
<tbody>${tables.map(
      ([name, { file: path, bytes, rows }]) =>
        html`<tr><th scope="row">${name}</th><td>${path}</td><td class="number">${bytesText(bytes)}</td><td class="number">${thousands(rows)}</td></tr>`,
    )}</tbody></table>`,
  )
}
${
  items.length > 0 &&
  html`<details><summary>Which items make which variable</summary>${factList(
    items.map(({ name, list }) => [name, list.join(', ')] as const),
  )}</details>`
}`;
}
