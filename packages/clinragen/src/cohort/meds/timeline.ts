/** A stay as the export places it. */
export interface PlacedStay {
  readonly stay: string;
  /** MEDS's subject: the patient's own id where all are whole numbers, else their place in the order of ids, from 1. */
  readonly subject: bigint;
  /** ICU admission, in microseconds since 1970. */
  readonly begin: bigint;
  /** Birth, in microseconds since 1970; null where the age is unknown. */
  readonly birth: bigint | null;
}

export interface StayToPlace {
  readonly stay: string;
  readonly subject: string;
  readonly episode: number;
  /** Years. */
  readonly age: number | null;
  /** Hours. */
  readonly periodLength: number;
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
/** 1 January 2000, 00:00. */
export const EPOCH = BigInt(Date.UTC(2000, 0, 1)) * 1000n;

/** Whole numbers that fit MEDS's int64 and come back as the same text. */
export const isNumericId = (id: string): boolean => /^(?:0|[1-9]\d{0,17})$/.test(id);

/**
 * Where stays stand in time. A cohort has hours since admission and no dates, so each patient's first stay begins at the epoch;
 * a later one as many days after as the patient's age grew, and at least a day after the one before it ended.
 *
 * @param stays  all of them, in any order
 */
export function placeStays(stays: readonly StayToPlace[]): PlacedStay[] {
  const bySubject = new Map<string, StayToPlace[]>();
  for (const stay of stays) bySubject.set(stay.subject, [...(bySubject.get(stay.subject) ?? []), stay]);
  const ids = [...bySubject.keys()];
  const numeric = ids.every(isNumericId);
  const numbers = new Map(ids.sort().map((id, i) => [id, numeric ? BigInt(id) : BigInt(i + 1)]));
  return [...bySubject].flatMap(([subject, own]) => {
    const inOrder = own.sort((a, b) => a.episode - b.episode);
    const age = inOrder[0]!.age;
    let end = 0;
    return inOrder.map((stay, i) => {
      const older = age === null || stay.age === null ? 0 : Math.round((stay.age - age) * 365.25) * DAY;
      const begin = i === 0 ? 0 : Math.max(older, (Math.floor(end / DAY) + 1) * DAY);
      end = begin + Math.round(stay.periodLength * HOUR);
      return {
        stay: stay.stay,
        subject: numbers.get(subject)!,
        begin: EPOCH + BigInt(begin),
        birth: age === null ? null : EPOCH - BigInt(Math.round(age * 365.25) * DAY),
      };
    });
  });
}
