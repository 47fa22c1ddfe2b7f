import { describe, expect, it } from 'vitest';
import { PHENOTYPES, type Phenotype } from '../../src/phenotypes.js';
import { type Admission, drawAdmission, drawPatient, type Patient } from '../../src/synthesize/admission.js';
import { DISEASES } from '../../src/synthesize/diseases.js';
import { Rng } from '../../src/synthesize/rng.js';

const N = 6000;
const people: { patient: Patient; admission: Admission }[] = [];
for (let i = 0; i < N; i++) {
  const rng = new Rng(23, i);
  const patient = drawPatient(rng, false);
  people.push({ patient, admission: drawAdmission(rng, patient, DISEASES) });
}
const share = (test: (p: (typeof people)[number]) => boolean, among = people) =>
  among.filter(test).length / among.length;
const having = (d: Phenotype) => people.filter((p) => p.admission.diseases.has(d));

/** Shares that the coefficients aim at: of MIMIC-III's size, rounded, not a citation to compare with. */
const AIMED: Readonly<Record<Phenotype, number>> = {
  'Acute and unspecified renal failure': 0.21,
  'Acute cerebrovascular disease': 0.075,
  'Acute myocardial infarction': 0.1,
  'Cardiac dysrhythmias': 0.32,
  'Chronic kidney disease': 0.13,
  'Chronic obstructive pulmonary disease and bronchiectasis': 0.13,
  'Complications of surgical procedures or medical care': 0.21,
  'Conduction disorders': 0.07,
  'Congestive heart failure; nonhypertensive': 0.27,
  'Coronary atherosclerosis and other heart disease': 0.32,
  'Diabetes mellitus with complications': 0.095,
  'Diabetes mellitus without complication': 0.19,
  'Disorders of lipid metabolism': 0.29,
  'Essential hypertension': 0.42,
  'Fluid and electrolyte disorders': 0.27,
  'Gastrointestinal hemorrhage': 0.07,
  'Hypertension with complications and secondary hypertension': 0.13,
  'Other liver diseases': 0.09,
  'Other lower respiratory disease': 0.05,
  'Other upper respiratory disease': 0.04,
  'Pleurisy; pneumothorax; pulmonary collapse': 0.09,
  'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)': 0.14,
  'Respiratory failure; insufficiency; arrest (adult)': 0.18,
  'Septicemia (except in labor)': 0.14,
  Shock: 0.08,
};

describe('diseases', () => {
  it.each(PHENOTYPES)('%s is about as frequent as meant', (phenotype) => {
    const found = share((p) => p.admission.diseases.has(phenotype));
    expect(found).toBeGreaterThan(0.7 * AIMED[phenotype]);
    expect(found).toBeLessThan(1.35 * AIMED[phenotype]);
  });

  it('come three to six at a time, on average', () => {
    const mean = people.reduce((sum, p) => sum + p.admission.diseases.size, 0) / N;
    expect(mean).toBeGreaterThan(3.5);
    expect(mean).toBeLessThan(5);
  });

  it('exclude each other where medicine says so', () => {
    for (const { admission } of people) {
      const both = (a: Phenotype, b: Phenotype) => admission.diseases.has(a) && admission.diseases.has(b);
      expect(both('Diabetes mellitus with complications', 'Diabetes mellitus without complication')).toBe(false);
      expect(both('Essential hypertension', 'Hypertension with complications and secondary hypertension')).toBe(false);
    }
  });

  it('share their causes', () => {
    const lift = (a: Phenotype, b: Phenotype) =>
      share((p) => p.admission.diseases.has(a), having(b)) / share((p) => p.admission.diseases.has(a));
    expect(lift('Shock', 'Septicemia (except in labor)')).toBeGreaterThan(2);
    expect(lift('Coronary atherosclerosis and other heart disease', 'Disorders of lipid metabolism')).toBeGreaterThan(
      1.3,
    );
    expect(
      lift('Hypertension with complications and secondary hypertension', 'Chronic kidney disease'),
    ).toBeGreaterThan(3);
    expect(lift('Coronary atherosclerosis and other heart disease', 'Acute myocardial infarction')).toBeGreaterThan(
      1.8,
    );
    expect(lift('Gastrointestinal hemorrhage', 'Other liver diseases')).toBeGreaterThan(1.3);
  });

  it('grow with age where they should', () => {
    const old = people.filter((p) => p.patient.age >= 75);
    const young = people.filter((p) => p.patient.age < 50);
    for (const d of [
      'Essential hypertension',
      'Cardiac dysrhythmias',
      'Coronary atherosclerosis and other heart disease',
    ] as const) {
      expect(
        share((p) => p.admission.diseases.has(d), old),
        d,
      ).toBeGreaterThan(share((p) => p.admission.diseases.has(d), young));
    }
  });
});

describe('where a disease can be seen', () => {
  it('told and shown are drawn apart, and only of diseases that are there', () => {
    for (const { admission } of people) {
      for (const d of [...admission.told, ...admission.shown]) expect(admission.diseases.has(d)).toBe(true);
    }
    const shock = having('Shock');
    const shown = shock.filter((p) => p.admission.shown.has('Shock'));
    const told = (among: typeof people) => share((p) => p.admission.told.has('Shock'), among);
    expect(Math.abs(told(shown) - told(shock))).toBeLessThan(0.05);
  });

  it('neither the note nor the series holds more than two thirds of all labels', () => {
    const total = people.reduce((n, p) => n + p.admission.diseases.size, 0);
    const told = people.reduce((n, p) => n + p.admission.told.size, 0) / total;
    const shown = people.reduce((n, p) => n + p.admission.shown.size, 0) / total;
    const either = people.reduce((n, p) => n + new Set([...p.admission.told, ...p.admission.shown]).size, 0) / total;
    expect(told).toBeLessThan(0.667);
    expect(shown).toBeLessThan(0.667);
    expect(either).toBeGreaterThan(0.85);
    expect(either).toBeLessThan(0.95); // some are to be found nowhere, as in life
  });
});

it('children have no lasting diseases and come as children', () => {
  for (let i = 0; i < 50; i++) {
    const child = drawPatient(new Rng(5, i), true);
    expect(child.age).toBeLessThan(18);
    expect(child.lasting.size).toBe(0);
  }
});
