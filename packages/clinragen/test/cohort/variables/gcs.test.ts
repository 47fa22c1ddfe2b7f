import { describe, expect, it } from 'vitest';
import { CAPILLARY_REFILL_ROWS, capillaryRefill } from '../../../src/cohort/variables/capillary-refill.js';
import { GCS_ANSWER_ROWS, GCS_PARTS, gcsScore } from '../../../src/cohort/variables/gcs.js';

const [EYES, MOTOR, VERBAL] = GCS_PARTS;

describe('the Glasgow coma scale', () => {
  it.each([
    [EYES, '4 Spontaneously', 4],
    [EYES, 'Spontaneously', 4],
    [EYES, 'To Speech', 3],
    [EYES, 'None', 1],
    [MOTOR, '6 Obeys Commands', 6],
    [MOTOR, '3 Abnorm flexion', 3],
    [MOTOR, 'Abnormal Flexion', 3],
    [MOTOR, 'Abnormal extension', 2],
    [MOTOR, 'No response', 1],
    [VERBAL, '5 Oriented', 5],
    [VERBAL, 'Inappropriate Words', 3],
    [VERBAL, 'Incomprehensible sounds', 2],
  ] as const)('%s: %s is %d', (variable, text, score) => {
    expect(gcsScore(variable, text)).toBe(score);
  });

  it('counts a tube that prevents speech as one', () => {
    expect(gcsScore(VERBAL, '1.0 ET/Trach')).toBe(1);
    expect(gcsScore(VERBAL, 'No Response-ETT')).toBe(1);
  });

  it('reads numbers, and forgives blanks and case', () => {
    expect(gcsScore(MOTOR, '6')).toBe(6);
    expect(gcsScore('glasgow_coma_scale_total', '15.0')).toBe(15);
    expect(gcsScore(EYES, '  4  SPONTANEOUSLY ')).toBe(4);
  });

  it('has no score for what is none', () => {
    expect(gcsScore(EYES, '5')).toBeNull();
    expect(gcsScore('glasgow_coma_scale_total', '2')).toBeNull();
    expect(gcsScore('glasgow_coma_scale_total', 'Unable to score due to medication')).toBeNull();
    expect(gcsScore(EYES, 'Obeys Commands')).toBeNull();
    expect(gcsScore(EYES, '')).toBeNull();
  });

  it('gives every answer one score', () => {
    const keys = GCS_ANSWER_ROWS.map((row) => `${row.variable} ${row.answer}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('capillary refill', () => {
  it('is normal or delayed, in CareVue’s words and in MetaVision’s', () => {
    expect(capillaryRefill('Normal <3 secs')).toBe(0);
    expect(capillaryRefill('Normal <3 Seconds')).toBe(0);
    expect(capillaryRefill('Delayed')).toBe(1);
    expect(capillaryRefill('Abnormal >3 Seconds')).toBe(1);
    expect(capillaryRefill('Other/Remarks')).toBeNull();
    expect(CAPILLARY_REFILL_ROWS).toHaveLength(6);
  });
});
