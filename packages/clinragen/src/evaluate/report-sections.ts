import { duration, type Html, html, score, scroller, thousands } from '../report-page/index.js';
import type { Interval } from './bootstrap.js';
import { calibrationChart, comparisonChart, differenceChart, lossChart } from './charts.js';
import type { Comparison } from './compare.js';
import type { Metrics } from './metrics.js';

/** One line of a training log. Losses are per target token; `null` where the line does not hold one. */
export interface TrainingRecord {
  readonly stage: string;
  readonly step: number;
  readonly epoch: number;
  readonly trainLoss: number | null;
  readonly validationLoss: number | null;
  readonly tokensPerSecond: number | null;
  /** Since the stage began. */
  readonly seconds: number;
}

const range = ({ low, high }: Interval, digits = 3): string => `${low.toFixed(digits)}–${high.toFixed(digits)}`;
const withRange = (interval: Interval): Html =>
  html`${score(interval.value)} <span class="range">${range(interval)}</span>`;
const signed = (value: number): string => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(3);

export function summarySection(metrics: Metrics): Html {
  const { micro, macro, exactMatch, auroc, averagePrecision } = metrics.diagnoses;
  const { note, series } = metrics.rationales;
  const figure = (name: string, value: Interval | null, digits = 3): Html => html`<div><dt>${name}</dt>
<dd>${value === null ? '–' : value.value.toFixed(digits)}<span class="range">${value && range(value, digits)}</span></dd></div>`;
  return html`<dl class="figures">
${figure('micro F1', micro.f1)}${figure('macro F1', macro.f1)}${figure('macro AUROC', auroc.macro)}${figure(
  'macro average precision',
  averagePrecision.macro,
)}${figure('exact match', exactMatch)}${figure('BLEU, note', note.bleu, 1)}${figure('BLEU, series', series.bleu, 1)}
</dl>
${scroller(
  'Precision, recall and F1',
  html`<table>
<caption>Precision, recall and F1 over the 25 diseases, with ${Math.round(metrics.bootstrap.level * 100)} % intervals</caption>
<thead><tr><th scope="col">Average</th><th scope="col">Precision</th><th scope="col">Recall</th><th scope="col">F1</th></tr></thead>
<tbody>
<tr><th scope="row">micro</th><td>${withRange(micro.precision)}</td><td>${withRange(micro.recall)}</td><td>${withRange(micro.f1)}</td></tr>
<tr><th scope="row">macro</th><td>${withRange(macro.precision)}</td><td>${withRange(macro.recall)}</td><td>${withRange(macro.f1)}</td></tr>
</tbody></table>`,
)}
<p class="small">Intervals are percentile bootstraps over ${thousands(metrics.subjects)} subjects (${thousands(
    metrics.bootstrap.replicates,
  )} replicates, seed ${metrics.bootstrap.seed}): a subject's stays are drawn together.${
    auroc.undefinedLabels > 0 &&
    ` ${auroc.undefinedLabels} of 25 diseases ${auroc.undefinedLabels === 1 ? 'has' : 'have'} no AUROC (recorded in no stay, or in all) and ${
      auroc.undefinedLabels === 1 ? 'is' : 'are'
    } left out of its average.`
  }</p>`;
}

export function modelsSection(comparison: Comparison): Html {
  const level = Math.round(comparison.bootstrap.level * 100);
  const difference = (value: (Interval & { separated: boolean }) | undefined): Html =>
    value
      ? html`<span class="${value.separated ? 'separated' : 'quiet'}">${signed(value.value)}</span> <span class="range">${signed(
          value.low,
        )} to ${signed(value.high)}</span>`
      : html`<span class="quiet">–</span>`;
  return html`<div class="charts">
<figure>${comparisonChart(comparison, 'microF1', 'micro F1')}</figure>
<figure>${comparisonChart(comparison, 'macroF1', 'macro F1')}</figure>
${comparison.models.length > 1 && html`<figure>${differenceChart(comparison)}</figure>`}
</div>
${scroller(
  'Models compared',
  html`<table class="models">
<caption>The same ${thousands(comparison.stays)} stays of ${thousands(comparison.subjects)} subjects; ${level} % intervals by subject</caption>
<thead>
<tr><td colspan="4"></td><th scope="colgroup" colspan="2">${comparison.main}, minus this one</th></tr>
<tr><th scope="col">Model</th><th scope="col">Reads</th><th scope="col">Micro F1</th><th scope="col">Macro F1</th><th scope="col">Micro F1</th><th scope="col">Macro F1</th></tr>
</thead>
<tbody>${comparison.models.map(
    (
      model,
    ) => html`<tr${model.name === comparison.main && html` class="main"`}><th scope="row">${model.name}</th><td>${model.reads}</td>
<td>${withRange(model.microF1)}</td><td>${withRange(model.macroF1)}</td>
<td>${difference(model.mainMinusThis?.microF1)}</td><td>${difference(model.mainMinusThis?.macroF1)}</td></tr>`,
  )}</tbody></table>`,
)}
<p class="small">Differences are paired: both models are scored on the same drawn subjects. In bold where the interval does not hold 0.</p>`;
}

export function trainingSection(curves: readonly TrainingRecord[]): Html {
  const stages = [...new Set(curves.map((record) => record.stage))];
  return html`<div class="charts">${stages.map((stage) => stageFigure(stage, curves))}</div>
<p class="legend small"><span class="key"><span class="swatch soft"></span>training</span> <span class="key"><span
class="swatch strong"></span>validation</span> <span class="key"><span class="ring"></span>lowest validation loss</span> Loss per target token.</p>`;
}

function stageFigure(stage: string, curves: readonly TrainingRecord[]): Html {
  const records = curves.filter((record) => record.stage === stage);
  const points = (field: 'trainLoss' | 'validationLoss'): { step: number; loss: number }[] =>
    records.flatMap((record) => {
      const loss = record[field];
      return loss === null || !Number.isFinite(loss) ? [] : [{ step: record.step, loss }];
    });
  const speeds = records.flatMap((record) => record.tokensPerSecond ?? []).sort((a, b) => a - b);
  const validation = points('validationLoss');
  const best = validation.length > 0 ? Math.min(...validation.map((point) => point.loss)) : null;
  const last = records.at(-1)!;
  const facts = [
    `${thousands(Math.max(...records.map((record) => record.step)))} steps`,
    `${quantityOfEpochs(last.epoch)}`,
    duration(Math.max(...records.map((record) => record.seconds))),
    speeds.length > 0 && `${thousands(speeds[Math.floor(speeds.length / 2)]!)} tokens/s`,
    best !== null && `best ${best.toFixed(3)}`,
  ].filter(Boolean);
  return html`<figure><figcaption><b>${stage}</b><span class="small quiet">${facts.join(', ')}</span></figcaption>
${lossChart(stage, points('trainLoss'), validation)}</figure>`;
}

const quantityOfEpochs = (epoch: number): string => `${Number(epoch.toFixed(1))} ${epoch === 1 ? 'epoch' : 'epochs'}`;

export function diseasesSection(metrics: Metrics): Html {
  const rows = metrics.diagnoses.perLabel.toSorted((a, b) => b.support - a.support);
  const bar = ({ value, low, high }: Interval): Html =>
    html`<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="3" width="100" height="6"/><rect class="fill" y="3" width="${(100 * value).toFixed(1)}" height="6"/><path class="whisker" d="M${(100 * low).toFixed(1)},6H${(100 * high).toFixed(1)}M${(100 * low).toFixed(1)},2V10M${(100 * high).toFixed(1)},2V10"/></svg>`;
  return html`${scroller(
    'Scores of each disease',
    html`<table class="diseases">
<caption>By number of stays where the disease is recorded; bar and line: F1 and its interval, from 0 to 1</caption>
<thead><tr><th scope="col">Disease</th><th scope="col" class="number">Recorded</th><th scope="col" class="number wider">Named</th><th scope="col" class="wide">F1</th><th scope="col" class="number"><span class="hidden">F1 in numbers</span></th><th scope="col" class="number wider">Precision</th><th scope="col" class="number wider">Recall</th><th scope="col" class="number wider">AUROC</th></tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr><th scope="row">${row.label}</th><td class="number">${row.support}</td><td class="number wider">${row.diagnosed}</td><td class="wide">${bar(row.f1)}</td><td class="number">${score(row.f1.value)} <span class="range">${range(row.f1, 2)}</span></td><td class="number wider">${score(row.precision)}</td><td class="number wider">${score(row.recall)}</td><td class="number wider">${score(row.auroc)}</td></tr>`,
    )}</tbody></table>`,
  )}
<p class="small narrow-only">Precision, recall and AUROC stand here on a wider screen, and in metrics.json.</p>`;
}

export function calibrationSection(metrics: Metrics): Html {
  const { brier, expectedCalibrationError, bins } = metrics.diagnoses.calibration;
  return html`<div class="charts calibration">
<figure><figcaption class="small quiet">share recorded</figcaption>${calibrationChart(bins)}</figure>
<div>
<dl class="figures few"><div><dt>Brier score</dt><dd>${brier.toFixed(4)}</dd></div>
<div><dt>expected calibration error</dt><dd>${expectedCalibrationError.toFixed(4)}</dd></div></dl>
<p class="small">All pairs of stay and disease, in ${bins.length} bins of equal width. On the dashed line, a disease given
a probability of 0.3 is recorded in 30 % of the stays. The area of a point is the number of pairs.</p>
<details><summary>Bins in numbers</summary>${scroller(
    'Calibration bins',
    html`<table><thead><tr><th scope="col">Probability</th><th scope="col" class="number">Pairs</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Recorded</th></tr></thead>
<tbody>${bins.map(
      (bin) =>
        html`<tr><th scope="row">${bin.low.toFixed(2)}–${bin.high.toFixed(2)}</th><td class="number">${thousands(bin.count)}</td><td class="number">${score(bin.meanProbability)}</td><td class="number">${score(bin.observedRate)}</td></tr>`,
    )}</tbody></table>`,
  )}</details>
</div></div>`;
}

export function rationalesSection(metrics: Metrics): Html {
  const { note, series, teachers } = metrics.rationales;
  const row = (name: string, of: typeof note): Html => html`<tr><th scope="row">${name}</th>
<td>${of.bleu ? html`${of.bleu.value.toFixed(1)} <span class="range">${range(of.bleu, 1)}</span>` : '–'}</td>
<td class="number">${of.precisions.map((precision) => precision.toFixed(1)).join(' / ')}</td>
<td class="number">${of.brevityPenalty.toFixed(3)}</td><td class="number">${thousands(of.compared)}</td>
<td class="number">${thousands(of.empty)}</td><td class="number">${thousands(of.withoutReference)}</td></tr>`;
  return html`${scroller(
    'BLEU of the rationales',
    html`<table><caption>Corpus BLEU against the teacher${teachers.length > 0 && ` (${teachers.join('; ')})`}</caption>
<thead><tr><th scope="col">Rationale</th><th scope="col">BLEU</th><th scope="col" class="number">1- to 4-gram precision</th><th scope="col" class="number">Brevity penalty</th><th scope="col" class="number">Stays compared</th><th scope="col" class="number">Empty</th><th scope="col" class="number">No reference</th></tr></thead>
<tbody>${row('from the note', note)}${row('from the series', series)}</tbody></table>`,
  )}
<p class="small">A stay whose output held no rationale counts with an empty text; none is left out.
BLEU says how like the teacher's wording the model's is, not whether it is true.</p>`;
}
