import { readFileSync } from 'node:fs';
import { html, type PageSection, pageBanner, renderPage, thousands } from '../../report-page/index.js';
import type { CohortFacts } from './facts.js';
import type { LeakageFacts } from './leakage.js';
import { codesSection, leakageSection, provenanceSection, warningsSection } from './sections-checks.js';
import { distributionsSection, limitsSection, measuredSection, notesSection } from './sections-measured.js';
import { flowSection, labelsSection, peopleSection, summarySection } from './sections-people.js';
import { modeOf, warningsOf } from './words.js';

const STYLE = readFileSync(new URL('../../../src/cohort/card/card.css', import.meta.url), 'utf8');

/** `cohort.html` as text. See `writeCohortReport`. */
export function renderCohortPage(facts: CohortFacts, leakage?: LeakageFacts): string {
  const { file, splits, fewest } = facts;
  const { codes } = file;
  const all = splits[0]!;
  const sections: PageSection[] = [
    { id: 'summary', title: 'At a glance', body: summarySection(facts) },
    ...(warningsOf(facts).length > 0 ? [{ id: 'warnings', title: 'Warnings', body: warningsSection(facts) }] : []),
    { id: 'flow', title: 'From all stays to the cohort', body: flowSection(facts) },
    { id: 'people', title: 'Patients and splits', body: peopleSection(facts) },
    { id: 'labels', title: 'Labels', body: labelsSection(facts) },
    { id: 'measured', title: 'What was measured', body: measuredSection(facts) },
    { id: 'distributions', title: 'Distributions', body: distributionsSection(facts) },
    { id: 'limits', title: 'Dropped, moved, unreadable', body: limitsSection(facts) },
    { id: 'notes', title: 'Notes', body: notesSection(facts) },
    { id: 'leakage', title: 'Leakage checks', body: leakageSection(facts, leakage) },
    ...(codes ? [{ id: 'codes', title: 'Diagnosis codes', body: codesSection(codes, fewest) }] : []),
    { id: 'provenance', title: 'Provenance', body: provenanceSection(facts) },
  ];
  return renderPage({
    title: file.source,
    eyebrow: 'ClinRaGen cohort',
    banner: file.synthetic
      ? pageBanner(
          'synthetic',
          html`<b>Synthetic patients.</b> Every stay, note and number here was made by a program. Nothing in this report says
anything about real patients.`,
        )
      : pageBanner(
          'real',
          html`<b>Real patients’ data</b>, in aggregate only: no note and no single stay is shown${
            fewest > 1 ? `, and no count of fewer than ${fewest}` : html`, but <b>small counts are</b>`
          }. Share it as the terms of the data demand.`,
        ),
    facts: [
      ['Cohort', `${thousands(all.stays)} ICU stays of ${thousands(all.subjects)} subjects`],
      ['Data', file.synthetic ? 'synthetic' : 'real'],
      ['Task', modeOf(facts).name],
      ['Variables', thousands(facts.variables.length)],
    ],
    sections,
    style: STYLE,
  });
}
