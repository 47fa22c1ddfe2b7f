import { catalogueVariable, type VariableColumn } from './catalogue.js';
import { answerer, normalAnswer, type TextAnswer } from './text-answer.js';

/**
 * The Glasgow coma scale, charted as text or number. CareVue writes `4 Spontaneously`, MetaVision (MIMIC-III and IV)
 * `Spontaneously`, eICU the number. A verbal response that a tube prevents counts 1, as in the benchmark.
 */
const EYE_OPENING = 'glasgow_coma_scale_eye_opening';
const MOTOR_RESPONSE = 'glasgow_coma_scale_motor_response';
const VERBAL_RESPONSE = 'glasgow_coma_scale_verbal_response';
const TOTAL = 'glasgow_coma_scale_total';

/** Whose sum is the total; MetaVision charts no total of its own. */
export const GCS_PARTS = [EYE_OPENING, MOTOR_RESPONSE, VERBAL_RESPONSE] as const;

const WORDS: readonly (readonly [VariableColumn, score: number, ...answers: string[]])[] = [
  [EYE_OPENING, 4, '4 Spontaneously', 'Spontaneously'],
  [EYE_OPENING, 3, '3 To speech', 'To Speech'],
  [EYE_OPENING, 2, '2 To pain', 'To Pain'],
  [EYE_OPENING, 1, '1 No Response', 'No Response', 'None'],
  [MOTOR_RESPONSE, 6, '6 Obeys Commands', 'Obeys Commands'],
  [MOTOR_RESPONSE, 5, '5 Localizes Pain', 'Localizes Pain'],
  [MOTOR_RESPONSE, 4, '4 Flex-withdraws', 'Flex-withdraws'],
  [MOTOR_RESPONSE, 3, '3 Abnorm flexion', 'Abnormal Flexion'],
  [MOTOR_RESPONSE, 2, '2 Abnorm extensn', 'Abnormal extension'],
  [MOTOR_RESPONSE, 1, '1 No Response', 'No response'],
  [VERBAL_RESPONSE, 5, '5 Oriented', 'Oriented'],
  [VERBAL_RESPONSE, 4, '4 Confused', 'Confused'],
  [VERBAL_RESPONSE, 3, '3 Inapprop words', 'Inappropriate Words'],
  [VERBAL_RESPONSE, 2, '2 Incomp sounds', 'Incomprehensible sounds'],
  [VERBAL_RESPONSE, 1, '1 No Response', 'No Response', 'No Response-ETT', '1.0 ET/Trach'],
];

/** `4` and `4.0`, every score that the variable can have. */
const numbers = ([...GCS_PARTS, TOTAL] as const).flatMap((variable): TextAnswer[] => {
  const { validLow, validHigh } = catalogueVariable(variable);
  const scores = Array.from({ length: validHigh - validLow + 1 }, (_, i) => validLow + i);
  return scores.flatMap((value) => [`${value}`, `${value}.0`].map((answer) => ({ variable, answer, value })));
});

/** Every known answer of the parts and the total. */
export const GCS_ANSWER_ROWS: readonly TextAnswer[] = [
  ...WORDS.flatMap(([variable, value, ...answers]) =>
    answers.map((answer) => ({ variable, answer: normalAnswer(answer), value })),
  ),
  ...numbers,
];

/**
 * The score of a charted answer; null where it is none (`Unable to score`), also where the number is none of the scale's.
 *
 * @example
 * gcsScore('glasgow_coma_scale_verbal_response', '1.0 ET/Trach'); // 1
 */
export const gcsScore = answerer(GCS_ANSWER_ROWS);
