import { readFileSync } from 'node:fs';
import {
  factList,
  type Html,
  html,
  type PageSection,
  pageBanner,
  renderPage,
  thousands,
  writeWhole,
} from '../report-page/index.js';
import type { Variable } from '../types.js';
import type { Comparison } from './compare.js';
import { EvaluateError } from './errors.js';
import type { Metrics } from './metrics.js';
import { caseArticle, type ReportCase } from './report-cases.js';
import {
  calibrationSection,
  diseasesSection,
  modelsSection,
  rationalesSection,
  summarySection,
  type TrainingRecord,
  trainingSection,
} from './report-sections.js';

export type { ReportCase, TrainingRecord };

/** Everything that `report.html` shows. Sections without their data (models, training, cases) are left out. */
export interface Report {
  readonly title: string;
  readonly synthetic: boolean;
  readonly source: string;
  readonly compat: 'paper' | 'fixed';
  readonly metrics: Metrics;
  readonly comparison?: Comparison;
  readonly curves: readonly TrainingRecord[];
  readonly cases: readonly ReportCase[];
  readonly variables: readonly Variable[];
  /** Facts of the machine and the run, shown as they are: `libtorch: 2.13.0, bf16`. */
  readonly environment: Readonly<Record<string, string>>;
}

const STYLE = readFileSync(new URL('../../src/evaluate/report.css', import.meta.url), 'utf8');

/**
 * The report as one HTML page that needs nothing else: no script, no network, no other file.
 *
 * @throws EvaluateError where a case's prediction, teacher or series belongs to another stay or other variables
 */
export function renderReport(report: Report): string {
  const { metrics, comparison, curves, cases, variables } = report;
  for (const one of cases) checkCase(one, variables);
  const sections: PageSection[] = [
    { id: 'summary', title: 'At a glance', body: summarySection(metrics) },
    ...(comparison ? [{ id: 'models', title: 'Models', body: modelsSection(comparison) }] : []),
    ...(curves.length > 0 ? [{ id: 'training', title: 'Training', body: trainingSection(curves) }] : []),
    { id: 'diseases', title: 'Diseases', body: diseasesSection(metrics) },
    { id: 'calibration', title: 'Calibration', body: calibrationSection(metrics) },
    { id: 'rationales', title: 'Rationales', body: rationalesSection(metrics) },
    ...(cases.length > 0 ? [{ id: 'cases', title: 'Cases', body: casesSection(report) }] : []),
    { id: 'method', title: 'Method and environment', body: methodSection(report) },
  ];
  const splits = Object.entries(metrics.splits).map(([split, stays]) => `${split} ${thousands(stays)}`);
  return renderPage({
    title: report.title,
    eyebrow: 'ClinRaGen evaluation',
    banner: banner(report),
    facts: [
      ['Source', report.source],
      ['Model', metrics.model],
      [
        'Evaluated on',
        `${thousands(metrics.stays)} stays of ${thousands(metrics.subjects)} subjects (${splits.join(', ')})`,
      ],
      ['Compat', html`<code>${report.compat}</code>`],
    ],
    sections,
    style: STYLE,
  });
}

/** Writes `report.html`, under a temporary name until complete. See `renderReport`. */
export async function writeReport({ path, ...report }: Report & { readonly path: string }): Promise<void> {
  await writeWhole(path, renderReport(report));
}

function banner({ synthetic, cases }: Report): Html {
  const text = synthetic
    ? html`<b>Synthetic patients.</b> Every stay, note and number here was made by a program. No score in this report says
anything about real patients.`
    : cases.length > 0
      ? html`<b>Contains patient-level text.</b> The cases below show notes and series of real stays: keep, share and delete
this file as the terms of the data demand.`
      : html`<b>Real patients' data</b>, in aggregate only: no note and no single stay is shown.`;
  return pageBanner(synthetic ? 'synthetic' : 'real', text);
}

function casesSection({ cases, variables }: Report): Html {
  const key = (sign: Html, text: string): Html => html`<span class="key">${sign}${text}</span> `;
  const mark = (kind: string, sign: string): Html => html`<span class="mark ${kind}">${sign}</span>`;
  const swatch = (kind: string): Html => html`<span class="swatch ${kind}"></span>`;
  return html`<p class="legend small">${key(mark('hit', '●'), 'diagnosed and recorded')}${key(
    mark('extra', '▲'),
    'diagnosed, not recorded',
  )}${key(mark('missed', '○'), 'recorded, not diagnosed')}</p>
<p class="legend small">${key(swatch('band'), 'between the fences')}${key(swatch('strong'), 'measured')}${key(
    swatch('soft'),
    'filled in from the hour before',
  )}${key(mark('extra', '▲'), 'measured outside the fences')}</p>
<p class="small">Recorded codes are written for billing; they are not the truth about the patient.</p>
${cases.map((one, index) => caseArticle(one, variables, index + 1))}`;
}

function methodSection({ metrics, environment, compat }: Report): Html {
  const facts: [string, string][] = [
    [
      'Behaviour',
      compat === 'paper' ? "paper: as the authors' code, defects included" : "fixed: the authors' defects corrected",
    ],
    [
      'Intervals',
      `percentile bootstrap by subject, ${metrics.bootstrap.replicates} replicates, seed ${metrics.bootstrap.seed}, level ${metrics.bootstrap.level}`,
    ],
    ['BLEU', metrics.signatures.bleu],
    ['Scores', metrics.signatures.scores],
    ...Object.entries(environment),
  ];
  return html`${factList(facts)}
<p class="small">The task is retrospective: the note is written at discharge, and the labels are the codes of that same stay.</p>`;
}

function checkCase({ stay, prediction, teacher }: ReportCase, variables: readonly Variable[]): void {
  if (prediction.stay !== stay.id || (teacher && teacher.stay !== stay.id)) {
    const other = prediction.stay === stay.id ? teacher?.stay : prediction.stay;
    throw new EvaluateError(`case of stay ${stay.id}: found a text of stay ${other}, expected the same stay`);
  }
  const expected = stay.series.hours * variables.length;
  if (stay.series.values.length !== expected || stay.series.measured.length !== expected) {
    throw new EvaluateError(
      `case of stay ${stay.id}: found a series of ${stay.series.values.length} values, expected ${stay.series.hours} hours × ${variables.length} variables`,
    );
  }
}
