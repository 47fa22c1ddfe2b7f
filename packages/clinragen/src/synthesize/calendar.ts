/**
 * Time as the tables hold it: whole minutes since 1970 inside, `2151-07-12 14:05:00` outside. Dates lie in 2100 to
 * 2200, as MIMIC's shifted ones do.
 */
const days = new Map<number, string>();

/** `2151-07-12` */
export function isoDate(minutes: number): string {
  const day = Math.floor(minutes / 1440);
  let text = days.get(day);
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    if (days.size > 4096) days.clear(); // memory stays flat however many patients there are
    days.set(day, text);
  }
  return text;
}

const PAIRS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

/** `2151-07-12 14:05:00` */
export function timestamp(minutes: number): string {
  const rest = minutes - Math.floor(minutes / 1440) * 1440;
  const hour = Math.floor(rest / 60);
  return `${isoDate(minutes)} ${PAIRS[hour]}:${PAIRS[rest - hour * 60]}:00`;
}

/** `2151-07-12 00:00:00`, as columns that hold a date without a time are written. */
export function midnight(minutes: number): string {
  return `${isoDate(minutes)} 00:00:00`;
}

export function minutesOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 60_000;
}

/** `charttime,storetime` of a charted value, stored seven minutes later. A round at the bed has many values of one time. */
export class ChartTimes {
  #time = Number.NaN;
  #text = '';

  of(time: number): string {
    if (time !== this.#time) {
      this.#time = time;
      this.#text = `${timestamp(time)},${timestamp(time + 7)}`;
    }
    return this.#text;
  }
}
