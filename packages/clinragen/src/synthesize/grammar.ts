/**
 * A small grammar for prose: `{a|b|c}` chooses, nested as deep as one likes; `@name` is a slot filled by the caller.
 */
import type { Rng } from './rng.js';

export type Slots = Readonly<Record<string, string>>;

/** One sentence out of a template. Throws where a slot is unknown: a template with a hole is a defect of ours. */
export function expand(rng: Rng, template: string, slots: Slots): string {
  const { text } = choose(rng, template, 0);
  const filled = text.replace(/@(\w+)/g, (_, name: string) => {
    const value = slots[name];
    if (value === undefined) throw new RangeError(`grammar: no slot @${name} in "${template}"`);
    return value;
  });
  const tidy = filled
    .replace(/\s+/g, ' ')
    .replace(/ ([.,;])/g, '$1')
    .trim();
  return tidy.charAt(0).toUpperCase() + tidy.slice(1);
}

/** Reads alternatives from `from` up to an unmatched `|`, `}` or the end; picks one at every brace. */
function choose(rng: Rng, template: string, from: number): { text: string; at: number } {
  let text = '';
  let i = from;
  while (i < template.length) {
    const c = template[i]!;
    if (c === '{') {
      const options: string[] = [];
      do {
        const option = choose(rng, template, i + 1);
        options.push(option.text);
        i = option.at;
      } while (template[i] === '|');
      text += rng.pick(options);
      i++; // past the closing brace
    } else if (c === '|' || c === '}') {
      return { text, at: i };
    } else {
      text += c;
      i++;
    }
  }
  return { text, at: i };
}
