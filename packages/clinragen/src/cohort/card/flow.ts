import { type Html, html, thousands } from '../../report-page/index.js';
import type { CohortFacts } from './facts.js';
import { cell, cellsOfTotal, flowSteps } from './small-cells.js';
import { cellText, reasonOf } from './words.js';

/** From all stays to the cohort and its parts: what every filter left, beside it what it dropped and why. */
export function flowDiagram({ file, splits, fewest }: CohortFacts): Html {
  const steps = flowSteps(file.filters ?? [], fewest);
  const parts = splits.slice(1);
  const partCells = cellsOfTotal(
    parts.map(({ stays }) => stays),
    fewest,
  );
  // A whole way that dropped few would be told by its two ends.
  const hiddenStart = steps.some(({ dropped }) => cell(dropped, fewest) === 'few');
  return html`<ol class="flow">${steps.map(({ filters, stays, dropped }, i) => {
    const count = i === 0 && hiddenStart ? `<${thousands(steps.at(-1)!.stays + fewest)}` : thousands(stays);
    return html`${i > 0 && drop(filters, cellText(cell(dropped, fewest), fewest), dropped)}
<li class="box${i === steps.length - 1 && ' last'}"><b>${count}</b> <span>${i === 0 ? filters[0] : i === steps.length - 1 ? 'the cohort' : filters.join(', ')}</span></li>`;
  })}
<li class="fan" aria-hidden="true"></li>
<li class="parts"><ul>${parts.map(
    ({ split }, i) => html`<li class="box"><b>${cellText(partCells[i]!, fewest)}</b> <span>${split}</span></li>`,
  )}</ul></li></ol>`;
}

const drop = (filters: readonly string[], count: string, dropped: number): Html =>
  dropped === 0
    ? html`<li class="drop none"><span>none: ${filters.map(reasonOf).join('; ')}</span></li>`
    : html`<li class="drop"><b>${count}</b> <span>${filters.length > 1 ? filters.map(reasonOf).join('; or ') : reasonOf(filters[0]!)}</span></li>`;
