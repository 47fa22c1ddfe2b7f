import { describe, expect, it } from 'vitest';
import type { Phenotype } from '../../src/phenotypes.js';
import { type Admission, drawAdmission, drawPatient } from '../../src/synthesize/admission.js';
import { DISEASES } from '../../src/synthesize/diseases.js';
import { type Course, drawCourse } from '../../src/synthesize/physiology.js';
import { Rng } from '../../src/synthesize/rng.js';

const stays: { admission: Admission; course: Course }[] = [];
for (let i = 0; i < 2500; i++) {
  const rng = new Rng(31, i);
  const patient = drawPatient(rng, false);
  const admission = drawAdmission(rng, patient, DISEASES);
  stays.push({ admission, course: drawCourse(rng, patient, admission) });
}

const max = (x: Float64Array) => Math.max(...x);
const min = (x: Float64Array) => Math.min(...x);
const mean = (x: Iterable<number>) => {
  const all = [...x];
  return all.reduce((a, b) => a + b, 0) / all.length;
};
const deviation = (x: Float64Array) => Math.sqrt(mean([...x].map((v) => (v - mean(x)) ** 2)));
const meanPressure = ({ vitals }: Course) => vitals.systolic.map((s, t) => (s + 2 * vitals.diastolic[t]!) / 3);

/** Mean of a measure among stays that show the disease, minus the mean among those that do not have it. */
function effect(disease: Phenotype, measure: (course: Course) => number): number {
  const shown = stays.filter((s) => s.admission.shown.has(disease));
  const without = stays.filter((s) => !s.admission.diseases.has(disease));
  expect(shown.length).toBeGreaterThan(30);
  return mean(shown.map((s) => measure(s.course))) - mean(without.map((s) => measure(s.course)));
}

describe('a disease that shows itself moves its variables', () => {
  it('shock lowers the mean blood pressure', () => {
    expect(effect('Shock', (c) => min(meanPressure(c)))).toBeLessThan(-15);
  });
  it('sepsis brings fever', () => {
    expect(effect('Septicemia (except in labor)', (c) => max(c.vitals.temperature))).toBeGreaterThan(1.5);
  });
  it('dysrhythmia makes the heart rate swing', () => {
    expect(effect('Cardiac dysrhythmias', (c) => deviation(c.vitals.heart))).toBeGreaterThan(12);
  });
  it('essential hypertension raises systolic and diastolic pressure', () => {
    expect(effect('Essential hypertension', (c) => max(c.vitals.systolic))).toBeGreaterThan(35);
    expect(effect('Essential hypertension', (c) => max(c.vitals.diastolic))).toBeGreaterThan(25);
  });
  it('diabetes raises glucose, with complications even more', () => {
    const plain = effect('Diabetes mellitus without complication', (c) => max(c.vitals.glucose));
    const complicated = effect('Diabetes mellitus with complications', (c) => max(c.vitals.glucose));
    expect(plain).toBeGreaterThan(80);
    expect(complicated).toBeGreaterThan(plain + 60);
  });
  it('respiratory failure needs oxygen', () => {
    expect(effect('Respiratory failure; insufficiency; arrest (adult)', (c) => max(c.oxygen))).toBeGreaterThan(0.5);
  });
  it('heart failure quickens breathing and loses weight as water goes', () => {
    const disease = 'Congestive heart failure; nonhypertensive';
    expect(effect(disease, (c) => max(c.vitals.breaths))).toBeGreaterThan(8);
    expect(effect(disease, (c) => c.weight[c.hours - 1]! / c.weight[0]!)).toBeLessThan(-0.06);
  });
  it('electrolyte disorders move the pH away from 7.4', () => {
    expect(
      effect('Fluid and electrolyte disorders', (c) => max(c.vitals.ph.map((x) => Math.abs(x - 7.4)))),
    ).toBeGreaterThan(0.1);
  });
  it('lung disease lowers saturation', () => {
    expect(effect('Other lower respiratory disease', (c) => min(c.vitals.saturation))).toBeLessThan(-5);
  });
});

describe('treatment', () => {
  it('brings shock back: pressure after the episode is higher than in it', () => {
    let seen = 0;
    for (const { course } of stays) {
      const episode = course.episodes.find((e) => e.cause === 'shock');
      if (!episode || episode.end + 3 > course.hours) continue;
      const pressure = meanPressure(course);
      const inside = mean(pressure.slice(episode.onset + 1, episode.treated));
      const after = mean(pressure.slice(episode.end, episode.end + 3));
      expect(after).toBeGreaterThan(inside + 8);
      seen++;
    }
    expect(seen).toBeGreaterThan(50);
  });
});

describe('plausible bodies', () => {
  it('keep every value inside what a living patient can have', () => {
    const ranges = {
      heart: [30, 210],
      systolic: [50, 240],
      diastolic: [25, 140],
      breaths: [6, 45],
      saturation: [75, 100],
      temperature: [34, 41.5],
      glucose: [40, 600],
      ph: [6.95, 7.7],
    } as const;
    for (const { course } of stays) {
      for (const [vital, [low, high]] of Object.entries(ranges)) {
        const values = course.vitals[vital as keyof typeof ranges];
        expect(min(values), vital).toBeGreaterThan(low);
        expect(max(values), vital).toBeLessThanOrEqual(high);
      }
      for (let t = 0; t < course.hours; t++)
        expect(course.vitals.systolic[t]).toBeGreaterThan(course.vitals.diastolic[t]!);
    }
  });

  it('stay for one to three days as a rule', () => {
    const hours = stays.map((s) => s.course.hours).sort((a, b) => a - b);
    expect(hours[Math.floor(0.1 * hours.length)]).toBeGreaterThan(20);
    expect(hours[Math.floor(0.9 * hours.length)]).toBeLessThan(84);
  });

  it('have anomalies in a minority of hours, so that interquartile fences can find them', () => {
    const all = stays.flatMap((s) => [...s.course.vitals.heart]).sort((a, b) => a - b);
    const [q1, q3] = [all[Math.floor(all.length / 4)]!, all[Math.floor((3 * all.length) / 4)]!];
    const outside = all.filter((x) => x < q1 - 1.5 * (q3 - q1) || x > q3 + 1.5 * (q3 - q1)).length / all.length;
    expect(outside).toBeGreaterThan(0.03);
    expect(outside).toBeLessThan(0.2);
  });
});
