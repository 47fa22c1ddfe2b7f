/**
 * Progress of long work: a bar with rate and time left on a terminal, a plain line now and then anywhere else (a log file,
 * Slurm, CI), nothing with `quiet`.
 */
import { Presets, SingleBar } from 'cli-progress';

export interface ProgressOptions {
  /** What is counted: `stays`, `tokens`. */
  readonly unit?: string;
  readonly quiet?: boolean;
  /** Default stderr, so that stdout stays the command's own. */
  readonly stream?: NodeJS.WriteStream;
  /** Seconds between lines where there is no terminal. Default 5. */
  readonly every?: number;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

export interface Progress {
  /**
   * @param done   units done so far
   * @param facts  short words shown behind the time left: `{ loss: '1.234' }`
   */
  update(done: number, facts?: Readonly<Record<string, string | number>>): void;
  /** A line of its own, above the bar. */
  note(line: string): void;
  /** Ends it with a line that says how many units took how long. Calling it twice is harmless. */
  end(): void;
}

/**
 * @param total  units in all; `undefined` where nobody knows, then no time left is claimed
 *
 * @example
 * const progress = startProgress('rationales', stays.length, { unit: 'stays' });
 * for (const [i, stay] of stays.entries()) {
 *   await teach(stay);
 *   progress.update(i + 1);
 * }
 * progress.end();
 */
export function startProgress(title: string, total: number | undefined, options: ProgressOptions = {}): Progress {
  const { unit = '', quiet = false, stream = process.stderr, every = 5, now = () => performance.now() } = options;
  if (quiet) return { update() {}, note() {}, end() {} };
  const pace = new Pace(now());
  const began = now();
  let done = 0;
  let tail = '';
  let ended = false;

  const counted = () => {
    const parts = [total === undefined ? amount(done) : `${amount(done)}/${amount(total)}`];
    if (unit) parts.push(` ${unit}`);
    const rate = pace.rate();
    if (rate !== undefined) parts.push(`, ${amount(rate)}/s`);
    if (rate !== undefined && total !== undefined && done < total)
      parts.push(`, ${duration((total - done) / rate)} left`);
    return parts.join('') + tail;
  };
  const summary = () => {
    const seconds = (now() - began) / 1000;
    const each = seconds > 0 && done > 0 ? ` (${amount(done / seconds)}/s)` : '';
    return `${title}: ${amount(done)}${unit ? ` ${unit}` : ''} in ${duration(seconds)}${each}${tail}`;
  };

  const shown = stream.isTTY === true ? onTerminal(title, total, stream) : onLines(title, stream, every * 1000, now);
  shown.show(done, counted());
  return {
    update(count, facts) {
      if (ended) return;
      done = count;
      pace.at(now(), count);
      tail = facts
        ? Object.entries(facts)
            .map(([name, value]) => `, ${name} ${value}`)
            .join('')
        : '';
      shown.show(done, counted());
    },
    note: (line) => shown.note(line),
    end() {
      if (ended) return;
      ended = true;
      shown.stop();
      stream.write(`${summary()}\n`);
    },
  };
}

interface Shown {
  show(done: number, counted: string): void;
  note(line: string): void;
  stop(): void;
}

function onTerminal(title: string, total: number | undefined, stream: NodeJS.WriteStream): Shown {
  const format = total === undefined ? `${title} {counted}` : `${title} {bar} {counted}`;
  const bar = new SingleBar(
    { format, stream, hideCursor: true, clearOnComplete: true, stopOnComplete: false, barsize: 24, fps: 8 },
    Presets.shades_classic,
  );
  bar.start(total ?? 0, 0, { counted: '' });
  return {
    show: (done, counted) => bar.update(done, { counted }),
    note(line) {
      // The bar draws itself again below, at its next tick.
      stream.write(`\r\u001b[K${line}\n`);
    },
    stop: () => bar.stop(),
  };
}

function onLines(title: string, stream: NodeJS.WriteStream, every: number, now: () => number): Shown {
  let last = now();
  return {
    show(_, counted) {
      if (now() - last < every) return;
      last = now();
      stream.write(`${title}: ${counted}\n`);
    },
    note: (line) => void stream.write(`${line}\n`),
    stop() {},
  };
}

const WINDOW = 30_000; // milliseconds; longer than a pause for validation, shorter than a change of batch length
const SETTLED = 2_000; // before that, a rate is a guess

/** The rate over the last half minute: the average since the start lies after a slow first step or a change of pace. */
class Pace {
  readonly #samples: { time: number; done: number }[];

  constructor(start: number) {
    this.#samples = [{ time: start, done: 0 }];
  }

  at(time: number, done: number): void {
    const samples = this.#samples;
    // Work that starts over (another epoch, a resumed run) or samples within a blink say nothing about the pace.
    if (done < samples.at(-1)!.done) samples.length = 0;
    samples.push({ time, done });
    while (samples.length > 2 && samples[1]!.time <= time - WINDOW) samples.shift();
    if (samples.length > 600) samples.splice(1, samples.length - 600);
  }

  /** Units a second, or undefined while nobody can tell. */
  rate(): number | undefined {
    const [first, last] = [this.#samples[0]!, this.#samples.at(-1)!];
    const seconds = (last.time - first.time) / 1000;
    return seconds * 1000 >= SETTLED && last.done > first.done ? (last.done - first.done) / seconds : undefined;
  }
}

/** `12,345`, `3.2`, `0.04`: as many digits as say something. */
function amount(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 1 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `45 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
