import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanNote } from '../../../src/cohort/note/clean.js';
import { hospitalCourse } from '../../../src/cohort/note/hospital-course.js';
import { blankMarks } from '../../../src/cohort/note/marks.js';
import { sectionsOf } from '../../../src/cohort/note/sections.js';
import { COURSE_CASES } from './course-cases.js';

/** Pieces that headings, marks and problem lists are made of. */
const PIECES = [
  'Brief Hospital Course:',
  'HOSPITAL COURSE',
  'Discharge Medications:',
  'TRANSITIONAL ISSUES:',
  'ACUTE ISSUES:',
  'MICU COURSE:',
  'Condition:',
  'fever',
  'A',
  '# CHF:',
  '1. ',
  ':',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '=====',
  '**',
  '[**',
  '**]',
  '[**Name 3**]',
  '___',
  'Dr. ',
  'on ',
  '(',
  ')',
  '-year-old',
  '\uE000',
  '’',
];
const summaries = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 8 })), { maxLength: 60 })
  .map((pieces) => pieces.join(''));

describe('hospital course of hand-written summaries', () => {
  for (const { database, variant, name, summary, course } of COURSE_CASES) {
    it(`${database}, ${variant}: ${name}`, () => expect(hospitalCourse(summary, { tidy: true })).toBe(course));
  }

  it('is found as a reader would cut it out in 96 of 96 cases, at least five of every variant', () => {
    const right = COURSE_CASES.filter(({ summary, course }) => hospitalCourse(summary, { tidy: true }) === course);
    expect(`${right.length} of ${COURSE_CASES.length}`).toBe('96 of 96');
    for (const variant of ['end', 'heading', 'inside', 'layout', 'marks', 'running text', 'several']) {
      expect(COURSE_CASES.filter((one) => one.variant === variant).length, variant).toBeGreaterThanOrEqual(5);
    }
  });

  it('finds the same course where the lines end as in Windows', () => {
    for (const { summary, course } of COURSE_CASES.filter(({ summary }) => !summary.includes('\r'))) {
      const windows = hospitalCourse(summary.replaceAll('\n', '\r\n'), { tidy: true });
      expect(windows?.replaceAll('\r\n', '\n')).toBe(course);
    }
  });

  it('leaves no mark, title, underscore or age behind once cleaned, tidied before or not', () => {
    for (const { summary } of COURSE_CASES) {
      for (const tidy of [true, false]) {
        const clean = cleanNote(hospitalCourse(summary, { tidy }) ?? '', 1000);
        expect(clean).not.toMatch(/\*\*|_|\b(?:Dr|Mr|Ms|Mrs)\b|year-old|y\/o|lastname/i);
      }
    }
  });

  it('leaves transitional issues out where the switch says so, wherever they stand', () => {
    const last = 'Brief Hospital Course:\nWeaned.\n\nTRANSITIONAL ISSUES:\n[ ] Weigh\n\nDischarge Condition:\nGood';
    const first =
      'Brief Hospital Course:\nTransitional Issues:\n[ ] Weigh\n\nACUTE ISSUES:\nWeaned.\n\nDischarge Condition:\nGood';
    const bulleted = 'Brief Hospital Course:\nWeaned.\n# Transitional issues:\n- Weigh\n\nDischarge Condition:\nGood';
    for (const summary of [last, first, bulleted]) {
      expect(hospitalCourse(summary)).toMatch(/Weigh/);
      expect(hospitalCourse(summary, { transitionalIssues: false })).toBe('Weaned.');
    }
  });
});

describe('hospital course of any text', () => {
  it('never fails, and stands in the summary as it is, but for its marks', () => {
    fc.assert(
      fc.property(summaries, fc.boolean(), (summary, transitionalIssues) => {
        const course = hospitalCourse(summary, { transitionalIssues });
        if (course === undefined) return;
        // Several courses are joined by a line end: each line of theirs is a line's part of the summary.
        const text = blankMarks(summary);
        for (const line of course.split('\n')) expect(text).toContain(line.trim());
        expect(hospitalCourse(summary, { transitionalIssues, tidy: true }) ?? '').not.toMatch(/_{3}|\uE000/);
      }),
      { numRuns: 2000 },
    );
  });

  it('never tells what stands under the discharge medications', () => {
    fc.assert(
      fc.property(summaries, (body) => {
        const summary = `Brief Hospital Course:\n${body}\nDischarge Medications:\nSECRET\n`;
        expect(hospitalCourse(summary) ?? '').not.toContain('SECRET');
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the text, whatever the text', () => {
    const units = [
      ':',
      ' ',
      '\n',
      'a:',
      'Brief Hospital Course',
      'HOSPITAL COURSE:\n',
      '[**',
      '[** x ',
      '___',
      '#',
      '*',
      '=-',
    ];
    const more = [
      'on ___ ',
      'A B ',
      'discharge ',
      '1. ',
      '\r',
      'and/or ',
      'Dr. ',
      '===\n',
      'HOSPITAL COURSE BY\n',
      '; ',
    ];
    const time = (text: string) => {
      const start = performance.now();
      hospitalCourse(text, { tidy: true });
      return performance.now() - start;
    };
    for (const unit of [...units, ...more]) {
      // Some five times the longest summaries. A tenth of a second; half a minute were it quadratic.
      const text = `HOSPITAL COURSE:\n${unit.repeat(2e5 / unit.length)}`;
      expect(time(text), `200 kB of ${JSON.stringify(unit)}`).toBeLessThan(4_000);
    }
  });
});

describe('sections', () => {
  const SUMMARY = [
    'Admission Date:  [**2101-3-4**]',
    '',
    'Chief Complaint:',
    'cough',
    '',
    'Major Surgical or Invasive Procedure:',
    'none',
    '',
    'History of Present Illness:',
    'Coughs since ___.',
    'Past Medical History:',
    'none',
    'Social History:',
    '___',
    'Family History:',
    'well',
    'Physical Exam:',
    'well',
    'Pertinent Results:',
    'none',
    'Brief Hospital Course:',
    'Improved.',
    'LABS: normal',
    'TRANSITIONAL ISSUES:',
    'none',
    'Medications on Admission:',
    'none',
    'Discharge Medications:',
    'none',
    'Discharge Disposition:',
    'Home',
    'Discharge Diagnosis:',
    'cough',
    'Discharge Condition:',
    'good',
    'Discharge Instructions:',
    'Rest.',
    'Followup Instructions:',
    '___',
  ].join('\n');

  it('names them all, in their order', () => {
    expect(sectionsOf(SUMMARY).map(({ name }) => name)).toEqual([
      'administrative',
      'chief complaint',
      'major procedure',
      'history of present illness',
      'past medical history',
      'social history',
      'family history',
      'physical exam',
      'pertinent results',
      'hospital course',
      'transitional issues',
      'medications on admission',
      'discharge medications',
      'discharge disposition',
      'discharge diagnosis',
      'discharge condition',
      'discharge instructions',
      'followup',
    ]);
  });

  it('keeps headings and bodies as written', () => {
    expect(sectionsOf('1. CC: x\n\n  **Major Procedure :**  y ').map(({ heading, body }) => [heading, body])).toEqual([
      ['Major Procedure', 'y'],
    ]);
    const course = sectionsOf('HOSPITAL COURSE BY\nSYSTEM:  Weaned by Dr. ___.\n\nDISPOSITION: Home')[0]!;
    expect(course).toMatchObject({
      heading: 'HOSPITAL COURSE BY\nSYSTEM',
      body: 'Weaned by Dr. ___.',
      start: 0,
      bodyStart: 26,
      end: 48,
    });
  });

  it.each([
    ['DISCHARGE MEDS:', 'discharge medications'],
    ['Medications at discharge:', 'discharge medications'],
    ['PMH:', 'past medical history'],
    ['PAST SURGICAL HISTORY:', 'past surgical history'],
    ['Preadmission medications:', 'medications on admission'],
    ['MEDICATIONS ON TRANSFER:', 'medications on transfer'],
    ['FINAL DIAGNOSIS:', 'discharge diagnosis'],
    ['CONDITION ON DISCHARGE:', 'discharge condition'],
    ['Follow-up Instructions:', 'followup'],
    ['LABORATORY DATA:', 'pertinent results'],
    ['PHYSICAL EXAMINATION ON ADMISSION:', 'physical exam'],
    ['Discharge Labs:', 'discharge exam'],
    ['ALLERGIES:', 'allergies'],
    ['REVIEW OF SYSTEMS:', 'review of systems'],
    ['ADDENDUM:', 'addendum'],
  ])('%s is %s', (heading, name) => {
    expect(sectionsOf(`${heading}\ntext`).map((section) => section.name)).toEqual([name]);
  });

  it('cover the summary from the first heading on, without gap or overlap', () => {
    fc.assert(
      fc.property(summaries, (summary) => {
        const sections = sectionsOf(summary);
        for (const [i, { start, bodyStart, end, body }] of sections.entries()) {
          expect(end).toBe(sections[i + 1]?.start ?? summary.length);
          expect(start).toBeLessThan(bodyStart);
          expect(bodyStart).toBeLessThanOrEqual(end);
          expect(summary.slice(bodyStart, end).trim()).toBe(body);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
