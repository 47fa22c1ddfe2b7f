import type { CheckpointFacts } from './checkpoint.js';
import type { ClinRaGen } from './clinragen.js';

/** What the card tells of how the weights came about. */
export interface ModelCardFacts {
  /** `stage 3 of 3`, `stage 1 of 3`. */
  readonly stage: string;
  readonly teacher: string;
  readonly epochs: number;
  /** Negative log-likelihood per token on the validation split. */
  readonly validationLoss: number;
  readonly stays: { readonly train: number; readonly validation: number };
  readonly seed: number;
}

const INPUT = { note: 'the medical note', series: 'the hourly series', both: 'the medical note and the hourly series' };

/** The checkpoint's README.md: a model card. */
export function modelCard(model: ClinRaGen, facts: CheckpointFacts, card: ModelCardFacts): string {
  const count = (n: number) => `${(n / 1e6).toFixed(2)} M`;
  const data = facts.synthetic
    ? 'synthetic patients; no record of a real person'
    : 'patients’ records; the weights may remember them';
  const header = [
    'library_name: clinragen',
    'pipeline_tag: text2text-generation',
    'language: en',
    'tags: [clinical, rationale, multimodal, t5]',
  ];
  return `---
${header.join('\n')}
---

# ClinRaGen, ${card.stage}

Reads ${INPUT[facts.reading]} of an ICU stay, names which of 25 phenotypes are present${facts.rationales ? ', and writes why' : ''}.

**Research use only. This is no medical device; no decision about a patient may rest on it.**

| | |
|---|---|
| trained on | ${facts.source}: ${data} |
| stays | ${card.stays.train} to train, ${card.stays.validation} to validate |
| teacher of the rationales | ${card.teacher} |
| parameters | ${count(model.parameterCount())}: language model ${count(model.language.parameterCount())}, series encoder and knowledge attention ${count(model.series.parameterCount())} |
| compat | ${model.config.compat} |
| epochs | ${card.epochs}, the best by validation |
| validation loss | ${card.validationLoss.toFixed(4)} per token |
| seed | ${card.seed} |

## What it is for

Research on clinical reasoning from notes and series. The task is retrospective: the note is the stay's hospital course, the
labels are the codes recorded for the same stay.

## Limits

It knows the 25 phenotypes alone, the ${facts.variables.length} variables of \`clinragen.json\` in their units, and the
vocabulary and habits of where its data came from. Rationales are learnt from a teacher and may state what is not so:
check each against the note and the series.

## Use

\`\`\`sh
clinragen diagnose --checkpoint . --stay ID
\`\`\`

The language model alone loads in transformers: \`T5ForConditionalGeneration.from_pretrained('.')\`.
`;
}
