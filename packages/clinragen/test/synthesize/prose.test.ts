import { describe, expect, it } from 'vitest';
import { PHENOTYPES, type Phenotype } from '../../src/phenotypes.js';
import { type Admission, drawAdmission, drawPatient } from '../../src/synthesize/admission.js';
import { DISEASES, OTHER_CODES } from '../../src/synthesize/diseases.js';
import { expand } from '../../src/synthesize/grammar.js';
import { slotsOf } from '../../src/synthesize/hospital-course.js';
import { renderSummary } from '../../src/synthesize/mimic3/discharge-summary.js';
import { PHRASES } from '../../src/synthesize/phrases.js';
import { Rng } from '../../src/synthesize/rng.js';
import { drawSummary } from '../../src/synthesize/summary.js';

const notes: { admission: Admission; text: string; course: string }[] = [];
for (let i = 0; i < 1500; i++) {
  const rng = new Rng(41, i);
  const patient = drawPatient(rng, false);
  const admission = drawAdmission(rng, patient, DISEASES);
  const slots = slotsOf(rng, patient, admission, patient.age, 'MICU');
  const times = { admitted: 78_000_000, discharged: 78_010_000, born: 40_000_000 };
  const facts = { patient, admission, age: patient.age, service: 'MED', unit: 'MICU', ...times, slots };
  const summary = drawSummary(rng, facts);
  notes.push({ admission, text: renderSummary(summary), course: summary.course });
}
const courses = notes.map((n) => n.course);
const sentencesOf = (some: readonly string[]) =>
  some.flatMap((c) => c.split(/(?<=[.;])\s+/)).filter((s) => s.includes(' '));

/** Labels that are also what a physician writes. */
const CLINICAL: readonly Phenotype[] = ['Shock', 'Chronic kidney disease', 'Acute myocardial infarction'];

describe('a discharge summary', () => {
  it('has the headings of MIMIC’s, the course among them', () => {
    for (const { text } of notes) {
      for (const heading of [
        'Admission Date:',
        'History of Present Illness:',
        'Past Medical History:',
        'Discharge Medications:',
      ]) {
        expect(text).toContain(heading);
      }
      expect(text).toMatch(/^(brief )?hospital course:$/im);
    }
  });

  it('holds no code of a diagnosis and no label of the benchmark', () => {
    const codes = [...PHENOTYPES.flatMap((p) => DISEASES[p].codes), ...OTHER_CODES].map(([c]) => c.icd9);
    for (const { text, course } of notes) {
      const words = new Set(text.replace(/\[\*\*.*?\*\*\]/gs, ' ').split(/[^A-Za-z0-9]+/));
      // Three-digit codes could be a room or a dose; the others could be nothing else.
      for (const code of codes) if (code.length > 3) expect(words.has(code), code).toBe(false);
      for (const label of PHENOTYPES) if (!CLINICAL.includes(label)) expect(text).not.toContain(label);
      expect(course).not.toMatch(/@|\{|\}|undefined/);
    }
  });

  it('outside the course names no disease that the course does not tell', () => {
    const named = (text: string, d: Phenotype) =>
      PHRASES[d].names.some((name) => text.split(/\n|\d\. /).includes(name));
    for (const { text, admission } of notes) {
      const history = text.slice(text.indexOf('Past Medical History:'), text.indexOf('Social History:'));
      for (const d of PHENOTYPES) if (!admission.told.has(d)) expect(named(history, d), d).toBe(false);
    }
  });
});

describe('the hospital course', () => {
  it('is short', () => {
    const words = courses.map((c) => c.split(/\s+/).length).sort((a, b) => a - b);
    expect(words[Math.floor(words.length / 2)]).toBeGreaterThanOrEqual(60);
    expect(words[Math.floor(0.95 * words.length)]).toBeLessThanOrEqual(115);
  });

  it('varies: no two are alike, and hardly a sentence is frequent', () => {
    expect(new Set(courses).size).toBe(courses.length);
    // The share of distinct sentences falls with the number of notes: taken of 300. A frequency needs many: taken of all.
    const some = sentencesOf(courses.slice(0, 300));
    expect(new Set(some).size / some.length).toBeGreaterThan(0.3);
    const counts = new Map<string, number>();
    for (const s of sentencesOf(courses)) counts.set(s, (counts.get(s) ?? 0) + 1);
    expect(Math.max(...counts.values()) / courses.length).toBeLessThan(0.06);
  });

  it('keeps to a moderate vocabulary', () => {
    const words = new Set(courses.flatMap((c) => c.toLowerCase().match(/[a-z][a-z-]+/g) ?? []));
    expect(words.size).toBeGreaterThan(900);
    expect(words.size).toBeLessThan(1800);
  });

  it('denies diseases that are absent, in many notes', () => {
    const denied =
      courses.filter((c) => /no evidence of|ruled out|without|negative|\bno\b/i.test(c)).length / courses.length;
    expect(denied).toBeGreaterThan(0.3);
    expect(denied).toBeLessThan(0.8);
  });

  it('speaks in one of three layouts', () => {
    const share = (pattern: RegExp) => courses.filter((c) => pattern.test(c)).length / courses.length;
    expect(share(/^# /m)).toBeGreaterThan(0.15);
    expect(share(/^1\. /m)).toBeGreaterThan(0.1);
    expect(1 - share(/^(# |1\. )/m)).toBeGreaterThan(0.35);
  });

  it('a told disease changes the words, an untold one may only be hinted at', () => {
    const gi: Phenotype = 'Gastrointestinal hemorrhage';
    const says = /\b(GI bleed|melena|hematemesis|maroon stools|bright red blood)\b/i;
    const share = (among: typeof notes) => among.filter((n) => says.test(n.course)).length / among.length;
    expect(share(notes.filter((n) => n.admission.told.has(gi)))).toBe(1);
    expect(share(notes.filter((n) => !n.admission.told.has(gi)))).toBeLessThan(0.1); // denials and old histories
    const shock = notes.filter((n) => n.admission.diseases.has('Shock') && !n.admission.told.has('Shock'));
    expect(shock.length).toBeGreaterThan(40);
    for (const n of shock) expect(n.course).not.toMatch(/\bshock\b|pressors|levophed|norepinephrine/i);
  });
});

describe('the grammar', () => {
  it('chooses at braces, nested ones too, and fills slots', () => {
    const texts = new Set(
      Array.from({ length: 200 }, (_, i) => expand(new Rng(i), '@he {ate {rice|soup}|slept}', { he: 'she' })),
    );
    expect([...texts].sort()).toEqual(['She ate rice', 'She ate soup', 'She slept']);
  });

  it('refuses a template with an unknown slot', () => {
    expect(() => expand(new Rng(1), '@nobody came', {})).toThrow(/@nobody/);
  });
});
