import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtinKnowledge } from '../../src/knowledge/index.js';
import {
  readRationales,
  ruleTeacher,
  signature,
  type Teacher,
  TeacherError,
  type TeacherInput,
  writeRationales,
} from '../../src/teacher/index.js';

const knowledge = builtinKnowledge();

const stays: TeacherInput[] = Array.from({ length: 20 }, (_, i) => ({
  stay: String(200_000 + i),
  note: i % 2 === 0 ? 'septic shock on levophed' : 'chf, lasix given',
  caption: 'normal: heart rate',
  anomalies: [],
  diagnoses: ['Shock'],
  knowledge,
}));

/** The rule-based teacher, counting what it is asked and failing at the n-th question. */
function counting(failAt = Number.POSITIVE_INFINITY, version?: string): Teacher & { asked: string[] } {
  const rules = ruleTeacher({ seed: 1 });
  const asked: string[] = [];
  return {
    name: rules.name,
    version: version ?? rules.version,
    asked,
    async rationale(input) {
      asked.push(input.stay);
      if (asked.length === failAt) throw new TeacherError(`stay ${input.stay}: the endpoint is gone`);
      return rules.rationale(input);
    },
  };
}

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rationales-'));
  path = join(folder, 'rationales.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the rationales of a cohort', () => {
  it('are written one line per stay in the order of the stays, and read back by stay', async () => {
    const progress: number[] = [];
    const teacher = counting();
    const done = await writeRationales({ teacher, stays, path, onProgress: (p) => progress.push(p.written + p.kept) });
    expect(done).toEqual({ written: 20, kept: 0 });
    expect(progress).toEqual(stays.map((_, i) => i + 1));
    const read = await readRationales(path);
    expect([...read.keys()]).toEqual(stays.map((x) => x.stay));
    expect(read.get('200000')).toEqual({
      ...(await ruleTeacher({ seed: 1 }).rationale(stays[0]!)),
      teacher: signature(teacher),
    });
    expect(await readdir(folder)).toEqual(['rationales.jsonl']);
  });

  it('go on after a failure without asking anything twice, to the same bytes as an undisturbed run', async () => {
    const failing = counting(8);
    await expect(writeRationales({ teacher: failing, stays, path })).rejects.toThrow(/stay 200007/);
    expect(await readdir(folder)).toEqual(['rationales.jsonl.partial']);
    const second = counting();
    expect(await writeRationales({ teacher: second, stays, path })).toEqual({ written: 13, kept: 7 });
    expect(second.asked).toEqual(stays.slice(7).map((x) => x.stay));
    const undisturbed = join(folder, 'undisturbed.jsonl');
    await writeRationales({ teacher: counting(), stays, path: undisturbed });
    expect(await readFile(path, 'utf8')).toBe(await readFile(undisturbed, 'utf8'));
  });

  it('go on after a line that was cut off in the middle', async () => {
    await expect(writeRationales({ teacher: counting(5), stays, path })).rejects.toThrow(TeacherError);
    await appendFile(`${path}.partial`, '{"stay":"200004","note":"Based on the me');
    const teacher = counting();
    expect(await writeRationales({ teacher, stays, path })).toEqual({ written: 16, kept: 4 });
    expect((await readRationales(path)).size).toBe(20);
  });

  it('are kept where nothing changed, and asked again where the teacher or the stay did', async () => {
    await writeRationales({ teacher: counting(), stays, path });
    expect(await writeRationales({ teacher: counting(), stays, path })).toEqual({ written: 0, kept: 20 });
    const changed = stays.map((x, i) =>
      i === 3 ? { ...x, note: 'stroke with aphasia', diagnoses: ['Acute cerebrovascular disease'] } : x,
    );
    const third = counting();
    expect(await writeRationales({ teacher: third, stays: changed, path })).toEqual({ written: 1, kept: 19 });
    expect((await readRationales(path)).get('200003')?.note).toContain('aphasia');
    expect(await writeRationales({ teacher: counting(Number.POSITIVE_INFINITY, '99'), stays, path })).toEqual({
      written: 20,
      kept: 0,
    });
  });

  it('come from any stream of stays', async () => {
    async function* stream() {
      yield* stays.slice(0, 3);
    }
    expect(await writeRationales({ teacher: counting(), stays: stream(), path })).toEqual({ written: 3, kept: 0 });
  });

  it('are refused where the teacher answers nothing, or for another stay, or a stay comes twice', async () => {
    const mute: Teacher = {
      name: 'mute',
      version: '1',
      rationale: async ({ stay }) => ({ stay, note: ' ', series: 'x', teacher: 'mute@1' }),
    };
    await expect(writeRationales({ teacher: mute, stays, path })).rejects.toThrow(
      /stay 200000: the teacher mute gave an empty/,
    );
    const wrong: Teacher = {
      name: 'wrong',
      version: '1',
      rationale: async () => ({ stay: '9', note: 'x', series: 'x', teacher: 'wrong@1' }),
    };
    await expect(writeRationales({ teacher: wrong, stays, path })).rejects.toThrow(
      /stay 200000: the teacher wrong answered for 9/,
    );
    await expect(writeRationales({ teacher: counting(), stays: [stays[0]!, stays[0]!], path })).rejects.toThrow(
      /stay 200000: given twice/,
    );
  });
});

describe('a rationales file', () => {
  it.each([
    ['that is absent', undefined, /cannot be read \(ENOENT\)/],
    ['with a line that is no JSON', 'nonsense\n', /line 1: no JSON/],
    ['with a line without a note', '{"stay":"1","series":"x","teacher":"t","input":"x"}\n', /line 1: note/],
    ['that is cut off', '{"stay":"1"', /line 1: cut off/],
  ])('%s is refused with its path and line, and without its text', async (_, text, message) => {
    if (text !== undefined) await writeFile(path, text);
    const reading = readRationales(path);
    await expect(reading).rejects.toThrow(TeacherError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(path);
    await expect(reading).rejects.not.toThrow(/nonsense/);
  });
});
