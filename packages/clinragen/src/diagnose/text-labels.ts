import { PHENOTYPES } from '../phenotypes.js';

/**
 * Reads diagnoses out of free text (`paper`): the names that stand, letter by letter but for case, between
 * `### Disease Diagnosed:` and `### Rationale:`. The authors have three rules for this; this one is theirs for the diagnosis
 * part. A name inside a longer name does not count: `Hypertension …` is not found in `Essential hypertension`.
 */
export function diagnosesInText(text: string): string[] {
  const part = text.match(/disease diagnosed:(.*?)(?:###|$)/is)?.[1]?.toLowerCase() ?? '';
  let rest = part;
  const found = new Set<string>();
  for (const name of [...PHENOTYPES].sort((a, b) => b.length - a.length)) {
    const lower = name.toLowerCase();
    if (!rest.includes(lower)) continue;
    found.add(name);
    rest = rest.replaceAll(lower, ' ');
  }
  return PHENOTYPES.filter((name) => found.has(name));
}
