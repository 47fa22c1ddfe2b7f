/** A number with thousands separated by a thin space: 1 234 567. */
export const thousands = (value: number): string =>
  Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** A score from 0 to 1 with three decimals; a dash where undefined. */
export const score = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** Seconds as `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

const decimalsOf = (value: number): number => (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 20 ? 1 : 2);

/** A measured value with as many decimals as its size deserves: 131, 36.6, 7.31, 0.4. */
export const quantity = (value: number): string => String(Number(value.toFixed(decimalsOf(value))));

/** Both ends of a range with as many decimals: 72–131, 36.4–38.0. */
export const quantityRange = (least: number, greatest: number, between = '–'): string =>
  [least, greatest].map((value) => value.toFixed(decimalsOf(greatest))).join(between);

/** Units as people write them: `Cel` is °C, the dimensionless `1` nothing. */
export const unitName = (unit: string): string => (unit === '1' ? '' : unit === 'Cel' ? '°C' : unit);
