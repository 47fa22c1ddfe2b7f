const ORDER = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Codes as clinicians write them, to codes without the dot: `584.5 .6 586` → `5845`, `5846`, `586`.
 *
 * - A token that begins with a dot goes on in the category before it.
 * - `I60-I62`, `.0-.4`: a range, which counts up in its last character (0…9, then A…Z).
 * - `T81.1-.3:AS`: of these only the codes whose seventh character is A or S. Each comes out as `T811:A`.
 */
export function expandCodes(text: string): string[] {
  let category = '';
  const plain = (written: string) => {
    if (!written.startsWith('.')) category = written.split('.')[0]!;
    return written.startsWith('.') ? category + written.slice(1) : written.replace('.', '');
  };
  return text
    .split(/\s+/)
    .filter((token) => token !== '')
    .flatMap((token) => {
      const [codes = '', encounters = ''] = token.split(':');
      const [from = '', to = from] = codes.split('-').map(plain);
      const [first, last] = [ORDER.indexOf(from.at(-1)!), ORDER.indexOf(to.at(-1)!)];
      if (from.length < 3 || from.slice(0, -1) !== to.slice(0, -1) || first > last || first < 0) {
        throw new Error(`not a code or a range of codes: ${token}`);
      }
      const range = [...ORDER.slice(first, last + 1)].map((end) => from.slice(0, -1) + end);
      return encounters ? range.flatMap((code) => [...encounters].map((letter) => `${code}:${letter}`)) : range;
    });
}

/**
 * The other way: sorted codes (`T811:A`, all of one length or another) in the shortest such text. Three or more in a row
 * become a range, categories already from two on.
 */
export function writeCodes(codes: readonly string[]): string {
  const letters = new Map<string, string>(); // code → the seventh characters it is limited to, sorted
  for (const item of [...codes].sort()) {
    const [code = '', letter = ''] = item.split(':');
    letters.set(code, (letters.get(code) ?? '') + letter);
  }
  const follows = (a: string, b: string) =>
    a.length === b.length &&
    a.slice(0, -1) === b.slice(0, -1) &&
    ORDER.indexOf(b.at(-1)!) === ORDER.indexOf(a.at(-1)!) + 1 &&
    // 9 and A are neighbours only to a computer
    !(a.endsWith('9') && b.endsWith('A')) &&
    letters.get(a) === letters.get(b);
  const runs: string[][] = [];
  for (const code of letters.keys()) {
    const run = runs.at(-1);
    if (run && follows(run.at(-1)!, code)) run.push(code);
    else runs.push([code]);
  }
  let category = '';
  const dotted = (code: string) => {
    const head = code.slice(0, 3) === category && code.length > 3 ? '' : code.slice(0, 3);
    category = code.slice(0, 3);
    return code.length > 3 ? `${head}.${code.slice(3)}` : head;
  };
  return runs
    .flatMap((run) => {
      const suffix = letters.get(run[0]!) ? `:${letters.get(run[0]!)}` : '';
      const asRange = run.length >= (run[0]!.length === 3 ? 2 : 3);
      const tokens = asRange ? [`${dotted(run[0]!)}-${dotted(run.at(-1)!)}`] : run.map(dotted);
      return tokens.map((token) => token + suffix);
    })
    .join(' ');
}

/**
 * Where a code of ICD-10-CM stands: its stem, and for injuries (T) the seventh character: A for the first encounter, D for
 * later ones, S for a sequela. `T814XXA` → `T814`, `A`. Empty where it is not given.
 */
export function place(code: string): { stem: string; encounter: string } {
  if (!code.startsWith('T')) return { stem: code, encounter: '' };
  return { stem: code.slice(0, 6).replace(/X+$/, ''), encounter: code.slice(6) };
}

/** A code and the headings above it, the nearest first, up to its category: `I5021` → I5021, I502, I50. */
export function headings(stem: string): string[] {
  return Array.from({ length: Math.max(0, stem.length - 2) }, (_, i) => stem.slice(0, stem.length - i));
}
