import type { VariableColumn } from './catalogue.js';
import { answerer, normalAnswer, type TextAnswer } from './text-answer.js';

const variable: VariableColumn = 'capillary_refill_rate';

const answers = (value: number, texts: readonly string[]): TextAnswer[] =>
  texts.map((text) => ({ variable, answer: normalAnswer(text), value }));

/** Capillary refill as CareVue (`secs`) and MetaVision (`Seconds`) chart it: 0 within three seconds, 1 delayed. */
export const CAPILLARY_REFILL_ROWS: readonly TextAnswer[] = [
  ...answers(0, ['Normal <3 secs', 'Normal <3 Seconds', 'Brisk']),
  ...answers(1, ['Abnormal >3 secs', 'Abnormal >3 Seconds', 'Delayed']),
];

const lookUp = answerer(CAPILLARY_REFILL_ROWS);

/** 0, 1, or null where the text is no answer. */
export const capillaryRefill = (text: string): number | null => lookUp(variable, text);
