import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RenderOptions, renderDiagnosis } from '../../src/diagnose/render.js';
import { bar, sparkline } from '../../src/diagnose/sparkline.js';
import { PHENOTYPES } from '../../src/phenotypes.js';
import type { Prediction, Stay, Variable } from '../../src/types.js';

const VARIABLES: Variable[] = [
  { name: 'heart rate', unit: '/min', normal: 86, low: 40, high: 128 },
  { name: 'systolic blood pressure', unit: 'mmHg', normal: 118, low: 61.5, high: 177.5 },
  { name: 'weight', unit: 'kg', normal: 81, low: 31.3, high: 127.94 },
];
const PNEUMONIA = 'Pneumonia (except that caused by tuberculosis or sexually transmitted disease)';

/** Heart rate rises through its fence at hour 5, systolic pressure falls below its own at hour 2, weight is not measured. */
function madeUpStay(hours = 8): Stay {
  const heart = [80, 85, 90, 100, 120, 130, 150, 110];
  const pressure = [120, 110, 50, 115, 118, 119, 120, 121];
  const values = new Float32Array(hours * 3);
  const measured = new Uint8Array(hours * 3);
  for (let hour = 0; hour < hours; hour++) {
    const at = Math.floor((hour * 8) / hours);
    values.set([heart[at]!, pressure[at]!, 81], hour * 3);
    measured.set([at === 3 ? 0 : 1, 1, 0], hour * 3);
  }
  const series = { hours, values, measured };
  return { id: '200001', subject: '17', split: 'test', note: 'cough', noteKind: 'composed', series, labels: [] };
}

const prediction: Prediction = {
  stay: '200001',
  subject: '17',
  split: 'test',
  recorded: [PNEUMONIA, 'Shock'],
  diagnosed: ['Cardiac dysrhythmias', PNEUMONIA],
  probabilities: Object.fromEntries(
    PHENOTYPES.map((name) => [name, name === PNEUMONIA ? 0.91 : name === 'Cardiac dysrhythmias' ? 0.5 : 0.25]),
  ),
  rationale: {
    note: 'Based on the medical notes, productive cough and consolidation support pneumonia.',
    series: 'Lab test shows heart rate is higher than normal two times.',
  },
};

const render = (rest: Partial<RenderOptions> = {}): string =>
  renderDiagnosis({
    stay: madeUpStay(),
    variables: VARIABLES,
    prediction,
    recorded: prediction.recorded,
    synthetic: true,
    colour: false,
    width: 100,
    ...rest,
  });
const lineWith = (text: string, part: string): string => text.split('\n').find((line) => line.includes(part)) ?? '';

describe('a diagnosis in the terminal', () => {
  it('says whose stay it is, where the patient comes from, and that it is research', () => {
    expect(render().split('\n').slice(0, 2)).toEqual([
      'Stay 200001, subject 17, 8 hours',
      'synthetic patient. Research use only, not a medical device.',
    ]);
    expect(render({ synthetic: false })).toContain('real patient');
  });

  it('lists diagnoses by probability, then what was recorded and missed, told apart without colour', () => {
    const text = render();
    const rows = text.split('\n').filter((line) => /^ {2}[●▲○]/.test(line));
    expect(rows.map((row) => row.slice(2, 10))).toEqual(['● Pneumo', '▲ Cardia', '○ Shock ']);
    expect(rows[0]).toMatch(/█{14}▌░ {2}0\.91 recorded$/); // 0.91 of 16 columns
    expect(rows[1]).toMatch(/█{8}░{8} {2}0\.50 not recorded$/);
    expect(rows[2]).toMatch(/█{4}░{12} {2}0\.25 recorded, missed$/);
  });

  it('says nothing of recorded diseases where none are given', () => {
    const text = render({ recorded: undefined });
    expect(text).not.toContain('recorded');
    expect(text).not.toMatch(/[▲○]/);
    expect(text.match(/●/g)).toHaveLength(2);
  });

  it('draws each variable with range, unit and fences, and marks the hours outside', () => {
    const lines = render().split('\n');
    const heart = lines.findIndex((line) => line.startsWith('  heart rate'));
    expect(lines[heart]).toContain('▁▁▂·▅▆█▄');
    expect(lines[heart]).toMatch(/80–150 \/min +\(40 to 128\)$/);
    const start = lines[heart]!.indexOf('▁');
    expect(lines[heart + 1]!.slice(start)).toBe('     ▴▴   2 h above');
    const pressure = lines.findIndex((line) => line.startsWith('  systolic'));
    expect(lines[pressure + 1]!.slice(start)).toBe('  ▾       1 h below');
    expect(lineWith(render(), 'weight')).toMatch(/·{8} {2}not measured +\(31 to 128\)/);
  });

  it('with colour says the same, and only with it', () => {
    const coloured = render({ colour: true });
    expect(coloured).not.toBe(render());
    expect(stripVTControlCharacters(coloured)).toBe(render());
  });

  it('says so where there is no rationale and no diagnosis', () => {
    const empty = { ...prediction, diagnosed: [], rationale: { note: '', series: ' ' } };
    const text = render({ prediction: empty, recorded: [] });
    expect(text).toContain('none of the 25 diseases');
    expect(text.match(/no rationale/g)).toHaveLength(2);
  });

  it('never writes a line wider than the terminal, from 40 columns on, for stays of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 0, max: 700 }), (width, hours) => {
        for (const line of render({ width, stay: madeUpStay(hours) }).split('\n')) {
          expect([...line].length).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('drops escape sequences that a text brings along, and keeps the words', () => {
    const evil = 'Based\u001b[2J\u001b]0;owned\u0007 on \u202ereversed notes\r\n'.repeat(3);
    const text = render({ prediction: { ...prediction, rationale: { note: evil, series: evil } } });
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('reversed notes');
  });
});

describe('a sparkline', () => {
  const fences = { low: 0, high: 10 };
  const draw = (values: number[], columns: number, measured = values.map(() => 1)) =>
    sparkline(Float32Array.from(values), Uint8Array.from(measured), fences, columns);

  it('covers every hour once, and an anomaly stays visible however narrow', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 120 }),
        fc.nat(),
        (hours, columns, at) => {
          const values = Array.from({ length: hours }, () => 5);
          values[at % hours] = 11;
          const cells = draw(values, columns);
          expect(cells.length).toBe(Math.min(hours, columns));
          expect(cells.filter((cell) => cell.place === 'above').length).toBe(1);
        },
      ),
    );
  });

  it('draws a hole where nothing was measured, whatever was filled in there', () => {
    expect(draw([1, 99, 9], 3, [1, 0, 1]).map((cell) => cell.character)).toEqual(['▁', '·', '█']);
    expect(draw([1, 99, 9], 3, [0, 0, 0]).every((cell) => cell.place === 'missing')).toBe(true);
    expect(draw([], 10)).toEqual([]);
  });

  it('draws a constant at half height', () => {
    expect(draw([5, 5], 2).map((cell) => cell.character)).toEqual(['▅', '▅']);
  });
});

describe('a bar', () => {
  it('is always as wide as asked and as full as its share', () => {
    expect(bar(0, 4)).toBe('░░░░');
    expect(bar(1, 4)).toBe('████');
    expect(bar(0.5, 4)).toBe('██░░');
    expect(bar(0.4, 4)).toBe('█▋░░');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 60 }), (share, columns) => {
        expect(bar(share, columns)).toHaveLength(columns);
      }),
    );
  });
});
