import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { duration, startProgress } from '../src/progress.js';

/** A stream that keeps what is written, terminal or not. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  const sink = new Writable({
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  const extra = { isTTY, columns: 120, rows: 40, cursorTo() {}, clearLine() {}, moveCursor() {} };
  return { written, stream: Object.assign(sink, extra) as unknown as NodeJS.WriteStream };
}

/** A clock that is set by hand. */
function clock() {
  let time = 0;
  return {
    now: () => time,
    set: (seconds: number) => {
      time = seconds * 1000;
    },
  };
}

describe('without a terminal', () => {
  it('one line every few seconds with count, rate, time left and facts, and one at the end', () => {
    const { written, stream: out } = stream(false);
    const { now, set } = clock();
    const progress = startProgress('rationales', 1000, { unit: 'stays', stream: out, every: 5, now });
    for (let second = 1; second <= 12; second++) {
      set(second);
      progress.update(second * 20, { loss: '1.50' });
    }
    set(50);
    progress.update(1000);
    progress.end();
    progress.end();
    expect(written).toEqual([
      'rationales: 100/1,000 stays, 20/s, 45 s left, loss 1.50\n',
      'rationales: 200/1,000 stays, 20/s, 40 s left, loss 1.50\n',
      'rationales: 1,000/1,000 stays, 20/s\n',
      'rationales: 1,000 stays in 50 s (20/s)\n',
    ]);
  });

  it('claims no rate before two seconds, and no time left where the total is unknown', () => {
    const { written, stream: out } = stream(false);
    const { now, set } = clock();
    const progress = startProgress('read', undefined, { unit: 'rows', stream: out, every: 1, now });
    set(1);
    progress.update(500);
    set(3);
    progress.update(3000);
    expect(written).toEqual(['read: 500 rows\n', 'read: 3,000 rows, 1,000/s\n']);
  });

  it('tells the time left by the last half minute, not by a slow beginning', () => {
    const { written, stream: out } = stream(false);
    const { now, set } = clock();
    const progress = startProgress('steps', 1000, { stream: out, every: 100, now });
    set(60);
    progress.update(10); // a minute for the first ten: compiling, reading
    for (let second = 61; second <= 100; second++) {
      set(second);
      progress.update(10 + (second - 60) * 10);
    }
    // 590 are left at 10 a second; the average of 4.1 a second would say 2 min 24 s.
    expect(written).toEqual(['steps: 410/1,000, 10/s, 59 s left\n']);
  });

  it('starts over with the work: another epoch is no negative pace', () => {
    const { written, stream: out } = stream(false);
    const { now, set } = clock();
    const progress = startProgress('epoch', 100, { stream: out, every: 5, now });
    set(4);
    progress.update(90);
    set(5);
    progress.update(2);
    expect(written).toEqual(['epoch: 2/100\n']);
  });
});

describe('on a terminal', () => {
  it('draws a bar, notes above it, and takes it away for the last line', () => {
    const { written, stream: out } = stream(true);
    const { now, set } = clock();
    const progress = startProgress('distill', 10, { unit: 'steps', stream: out, now });
    set(5);
    progress.update(5);
    progress.note('validation loss 1.0');
    progress.end();
    const text = written.join('');
    expect(text).toContain('distill ████████████░░░░░░░░░░░░ 5/10 steps, 1/s, 5.0 s left');
    expect(text).toContain('validation loss 1.0\n');
    expect(written.at(-1)).toBe('distill: 5 steps in 5.0 s (1/s)\n');
  });
});

it('says nothing when it is to be quiet', () => {
  for (const isTTY of [true, false]) {
    const { written, stream: out } = stream(isTTY);
    const progress = startProgress('distill', 10, { stream: out, quiet: true, every: 0 });
    progress.update(5);
    progress.note('x');
    progress.end();
    expect(written).toEqual([]);
  }
});

it.each([
  [0, '0.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min 00 s'],
  [200, '3 min 20 s'],
  [3599.6, '1 h 00 min'],
  [7500, '2 h 05 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
