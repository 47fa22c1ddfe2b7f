import { PHENOTYPES } from '../phenotypes.js';
import { type Html, html, quantityRange, unitName } from '../report-page/index.js';
import type { Prediction, Rationale, Stay, Variable } from '../types.js';
import { variableChart } from './charts.js';
import { variableFacts } from './series-facts.js';

/** One stay told in full: what the model read, said, and should have said. */
export interface ReportCase {
  readonly stay: Stay;
  readonly prediction: Prediction;
  readonly teacher?: Rationale;
}

/** Diseases that are neither diagnosed nor recorded, but next in probability. */
const RUNNERS_UP = 3;

export function caseArticle(one: ReportCase, variables: readonly Variable[], number: number): Html {
  const { stay, prediction, teacher } = one;
  const found = prediction.diagnosed.filter((name) => stay.labels.includes(name)).length;
  const extra = prediction.diagnosed.length - found;
  const words = stay.note.split(/\s+/).filter(Boolean).length;
  return html`<article class="case" id="case-${number}" aria-labelledby="case-${number}-title">
<header>
<h3 id="case-${number}-title">Stay ${stay.id}</h3>
<p class="quiet">Subject ${stay.subject}, ${stay.split} split, ${stay.series.hours} hours. ${
    stay.labels.length === 0
      ? 'None of the 25 diseases is recorded'
      : `${found} of ${stay.labels.length} recorded diseases named`
  }${extra > 0 && `; ${extra} named that ${extra === 1 ? 'is' : 'are'} not recorded`}.</p>
</header>
<div class="case-top">
<div>${diagnosesTable(stay, prediction)}</div>
<div>
<details class="note"${words <= 260 && ' open'}>
<summary>Note <span class="quiet">${words} words, ${
    stay.noteKind === 'hospital-course' ? 'brief hospital course' : 'composed from what was documented'
  }</span></summary>
<p class="prose">${stay.note}</p>
</details>
</div>
</div>
<h4>Series</h4>
<ul class="multiples">${variables.map((variable, index) => variableItem(stay, variables, variable, index))}</ul>
<h4>Rationales</h4>
<div class="rationales">
${rationalePair('From the note', prediction.rationale.note, teacher?.note)}
${rationalePair('From the series', prediction.rationale.series, teacher?.series)}
</div>
</article>`;
}

function diagnosesTable(stay: Stay, prediction: Prediction): Html {
  const probability = (name: string): number => prediction.probabilities[name] ?? 0;
  const byProbability = [...PHENOTYPES].sort((a, b) => probability(b) - probability(a));
  const isDiagnosed = (name: string): boolean => prediction.diagnosed.includes(name);
  const isRecorded = (name: string): boolean => stay.labels.includes(name);
  const shown = byProbability.filter((name) => isDiagnosed(name) || isRecorded(name));
  const next = byProbability.filter((name) => !isDiagnosed(name) && !isRecorded(name)).slice(0, RUNNERS_UP);
  const row = (name: string): Html => {
    const [kind, mark, said] =
      isDiagnosed(name) && isRecorded(name)
        ? ['hit', '●', 'diagnosed and recorded']
        : isDiagnosed(name)
          ? ['extra', '▲', 'diagnosed, not recorded']
          : isRecorded(name)
            ? ['missed', '○', 'recorded, not diagnosed']
            : ['next', '', 'neither'];
    return html`<tr class="${kind}">
<th scope="row"><span class="mark" aria-hidden="true">${mark}</span>${name}<span class="said">${said}</span></th>
<td class="meter"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="fill" width="${(100 * probability(name)).toFixed(1)}" height="8"/></svg></td>
<td class="number">${probability(name).toFixed(2)}</td>
</tr>`;
  };
  return html`<table class="diagnoses">
<caption class="hidden">Diagnoses with their probabilities</caption>
<thead><tr><th scope="col">Diagnoses</th><th scope="col" colspan="2">Probability</th></tr></thead>
<tbody>${shown.map(row)}</tbody>
<tbody class="runners-up">${next.map(row)}</tbody>
</table>`;
}

function variableItem(stay: Stay, variables: readonly Variable[], variable: Variable, index: number): Html {
  const facts = variableFacts(stay.series, variables, index);
  const unit = unitName(variable.unit);
  const outside = [facts.above > 0 && `${facts.above} h above`, facts.below > 0 && `${facts.below} h below`].filter(
    Boolean,
  );
  return html`<li><p class="variable"><b>${variable.name}</b> <span class="quiet">${unit}</span><span class="outside">${
    facts.measuredHours === 0
      ? html`<i class="quiet">not measured</i>`
      : outside.length > 0
        ? html`<strong>${outside.join(', ')}</strong>`
        : html`<i class="quiet">${quantityRange(facts.least!, facts.greatest!)}</i>`
  }</span></p>${stay.series.hours > 0 && variableChart(variable, facts)}</li>`;
}

function rationalePair(heading: string, model: string, teacher: string | undefined): Html {
  const text = (said: string): Html =>
    said.trim() === '' ? html`<p class="prose quiet">No rationale.</p>` : html`<p class="prose">${said}</p>`;
  return html`<section class="pair">
<h5>${heading}</h5>
<div class="voice model"><h6>Model</h6>${text(model)}</div>
${teacher !== undefined && html`<div class="voice"><h6>Teacher</h6>${text(teacher)}</div>`}
</section>`;
}
