/**
 * Chooses among phrasings by a hash, so that the same stay always gets the same words and different stays different ones.
 * FNV-1a, 32 bits, with a final mix (murmur3's): nothing here needs more than an even spread.
 */
export class Phrasing {
  readonly #key: string;

  constructor(seed: number, stay: string) {
    this.#key = `${seed}\u0000${stay}`;
  }

  /** One of the options, by the stay and the name of the place in the sentence. */
  pick<T>(place: string, options: readonly [T, ...T[]] | readonly T[]): T {
    return options[hash(`${this.#key}\u0000${place}`) % options.length]!;
  }
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
