import { maskMarks, unmasked } from './marks.js';
import { isCoursePart, normalHeading, type SectionName, sectionNamed } from './section-names.js';

/**
 * The sections of a discharge summary, MIMIC-III's or MIMIC-IV's: the summary is read line by line, and a line that
 * carries a heading of the outline (section-names.ts) opens a section. What tells a heading from running text:
 *
 * - it stands at the beginning of a line and ends in a colon, a dash, or with the line (then only in capitals, or alone after
 *   a blank line, or underlined); it may be wrapped onto a second line;
 * - in small letters only where the sentence before has ended ("… for the rest of her / hospital course: …" is text);
 * - after a bullet, `#` or number only where the whole outline is numbered: such lines are a course's problem list.
 *
 * A course holds headings of its own (`# CHF:`, `RESPIRATORY:`, `ACUTE ISSUES:`, `LABS:`), so only names that cannot stand
 * inside it end it. Time is linear: of each line, however long, only the beginning is looked at.
 */
export interface Section {
  /** As written, without its colon; of a wrapped heading both lines. */
  readonly heading: string;
  readonly name: SectionName;
  /** Offsets into the text: where the heading begins, where the body begins, where the next section begins. */
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Without the heading, trimmed; de-identification marks still in it. */
  readonly body: string;
}

/** Longest heading, in characters. */
const HEADING_LENGTH = 90;

interface Line {
  readonly start: number;
  /** Masked, without its line end. */
  readonly text: string;
}

interface Heading {
  readonly name: SectionName;
  readonly endsCourse: boolean;
  /** With its bullet and decorations, and without. */
  readonly start: number;
  readonly written: number;
  /** Past the colon. */
  readonly end: number;
  /** Last line of the heading: the second where it is wrapped. */
  readonly line: number;
  readonly bullet: string;
}

/** `#`, `-`, `3.`, `IV)`, `[ ]` before a heading; groups: the bullet, decorations such as `**` and `==`. */
const BEFORE =
  /^[ \t]{0,20}((?:#{1,3}|[>•·‣◦*+-](?![*=+-])|\(?\d{1,2}[.)]|[IVX]{1,5}[.)]|\[ ?\])?)[ \t]{0,4}((?:[*=~_+-]{2,40})?)[ \t]{0,4}/;
const RULE = /^[ \t]{0,20}[=~*_+-]{3,}[ \t]*$/;
/** Between a heading's words and its body: a colon or dash, and the decorations of `**Course:**`, `==COURSE==`. */
const AFTER = /^[ \t]{0,20}[*=~_+]{0,40}[ \t]{0,4}(?:[:：;]|[-–—]{1,3}(?=[ \t]|$))?[*=~_+]{0,40}/;
const NUMBER = /\d|[IVX]/;
/** What ends a sentence, or a heading before. */
const ENDED = /[.;:!?)\]"*=_-][ \t]*$/;

function linesOf(masked: string): Line[] {
  const lines: Line[] = [];
  const end = /\r\n?|\n|$/g;
  let start = 0;
  for (;;) {
    end.lastIndex = start;
    const m = end.exec(masked)!;
    lines.push({ start, text: masked.slice(start, m.index) });
    if (m[0] === '') return lines;
    start = m.index + m[0].length;
  }
}

const letters = (text: string) => text.replace(/[^a-z]/gi, '');
const inCapitals = (text: string) => letters(text) !== '' && letters(text) === letters(text).toUpperCase();
const SMALL_WORDS = new Set(['of', 'and', 'by', 'on', 'in', 'the', 'at', 'to', 'for', 'with', 'or', 'per']);

/** Every word begins with a capital, but for small words inside. */
function isTitled(text: string): boolean {
  const words = text.split(/[^a-z'’]+/i).filter((word) => word !== '');
  return words.every((word, i) => /^[A-Z]/.test(word) || (i > 0 && SMALL_WORDS.has(word)));
}

/** Outline names that no problem list has: they tell a numbered outline from one. */
const OUTLINE: ReadonlySet<SectionName> = new Set([
  'chief complaint',
  'history of present illness',
  'past medical history',
  'social history',
  'family history',
]);

class Outline {
  readonly #lines: readonly Line[];
  #numbered: boolean | undefined;

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  /** Whether the headings of this summary are numbered themselves. */
  get numbered(): boolean {
    if (this.#numbered === undefined) {
      const names = new Set<SectionName>();
      for (let i = 0; i < this.#lines.length; i++) {
        const heading = this.#single(i);
        if (heading && NUMBER.test(heading.bullet)) names.add(heading.name);
      }
      this.#numbered = names.size >= 3 && [...names].some((name) => OUTLINE.has(name));
    }
    return this.#numbered;
  }

  heading(i: number): Heading | undefined {
    return this.#single(i) ?? this.#wrapped(i);
  }

  #blank(i: number): boolean {
    const line = this.#lines[i];
    return line === undefined || line.text.trim() === '' || RULE.test(line.text.slice(0, 200));
  }

  #ended(i: number): boolean {
    return this.#blank(i) || ENDED.test(this.#lines[i]!.text.slice(-30));
  }

  #single(i: number): Heading | undefined {
    const { start, text } = this.#lines[i]!;
    const before = BEFORE.exec(text)!;
    const from = before[0].length;
    const indent = Math.min(from, text.length - text.trimStart().length);
    const beginning = text.slice(from, from + HEADING_LENGTH);
    const first = /[a-z]/i.exec(beginning)?.[0];
    if (first === undefined) return undefined;
    const sentence = first === first.toLowerCase();
    if (sentence && !this.#ended(i - 1)) return undefined;
    const found = (length: number): Heading | undefined => {
      const named = this.#named(beginning.slice(0, length));
      if (!named) return undefined;
      const past = from + length + AFTER.exec(text.slice(from + length, from + length + HEADING_LENGTH))![0].length;
      return {
        ...named,
        start: start + indent,
        written: start + from,
        end: start + past,
        line: i,
        bullet: before[1]!,
      };
    };
    for (const m of beginning.matchAll(/[:：;]/g)) {
      const heading = found(m.index);
      if (heading) return heading;
      if (m[0] !== ';') break; // the first colon, and semicolons before it
    }
    if (sentence) return undefined;
    const dash = /^(.{3,60}?)[ \t]{1,3}[-–—]{1,3}(?=[ \t]|$)/.exec(beginning);
    if (dash && isTitled(dash[1]!)) {
      const heading = found(dash[1]!.length);
      if (heading) return heading;
    }
    return this.#bare(i, beginning, from, found);
  }

  /** A heading without colon: the whole line, or capitals well apart from what follows. */
  #bare(
    i: number,
    beginning: string,
    from: number,
    found: (length: number) => Heading | undefined,
  ): Heading | undefined {
    const capitals = /^[A-Z][A-Z/&' -]{5,60}?(?=[ \t]{2,}\S|[ \t]+\d{1,2}[.)])/.exec(beginning)?.[0];
    if (capitals?.includes(' ')) {
      const heading = found(capitals.length);
      if (heading) return heading;
    }
    const whole = this.#lines[i]!.text.slice(from);
    if (whole.length >= HEADING_LENGTH) return undefined;
    const words = unmasked(whole).trim();
    const alone = this.#blank(i - 1) || this.#lines[i + 1] === undefined || this.#underlined(i);
    const single = !/[ \t]/.test(words);
    if (inCapitals(words) ? single && !alone : single ? !this.#underlined(i) : !(alone && isTitled(words)))
      return undefined;
    return found(whole.length);
  }

  #underlined(i: number): boolean {
    return RULE.test(this.#lines[i + 1]?.text.slice(0, 200) ?? '');
  }

  /** `HOSPITAL COURSE BY` / `SYSTEM:`, `Brief Hospital` / `Course:`. */
  #wrapped(i: number): Heading | undefined {
    const line = this.#lines[i]!;
    const next = this.#lines[i + 1];
    if (next === undefined || line.text.length > HEADING_LENGTH || ENDED.test(line.text) || !this.#ended(i - 1)) {
      return undefined;
    }
    const from = /^[ \t]*/.exec(line.text)![0].length;
    const colon = next.text.slice(0, HEADING_LENGTH / 2).search(/[:：]/);
    if (colon < 1 || !/^[A-Z]/.test(unmasked(line.text).trim())) return undefined;
    const named = this.#named(`${line.text.slice(from)} ${next.text.slice(0, colon)}`);
    return (
      named && {
        ...named,
        start: line.start + from,
        written: line.start + from,
        end: next.start + colon + 1,
        line: i + 1,
        bullet: '',
      }
    );
  }

  #named(masked: string): Pick<Heading, 'name' | 'endsCourse'> | undefined {
    const written = unmasked(masked);
    const heading = normalHeading(written);
    if (isCoursePart(heading)) return { name: 'hospital course', endsCourse: false };
    // `[**Hospital1**] Course:`, `___ Course:`
    if (heading === 'course' && written !== masked) return { name: 'hospital course', endsCourse: true };
    const named = sectionNamed(heading);
    return named && { name: named.name, endsCourse: named.endsCourse };
  }
}

/** @param text  one discharge summary; sections in their order, each up to the next; what stands before the first is in none */
export function sectionsOf(text: string): Section[] {
  const lines = linesOf(maskMarks(text));
  const outline = new Outline(lines);
  const headings: Heading[] = [];
  let current: SectionName | undefined;
  for (let i = 0; i < lines.length; i++) {
    const heading = outline.heading(i);
    if (!heading || !opens(heading, current, outline)) continue;
    headings.push(heading);
    current = heading.name;
    i = heading.line;
  }
  return headings.map((heading, i) => {
    const end = headings[i + 1]?.start ?? text.length;
    return {
      heading: text.slice(heading.written, heading.end).replace(/[\s:：;*=~_+–—-]{1,90}$/, ''),
      name: heading.name,
      start: heading.start,
      bodyStart: heading.end,
      end,
      body: text.slice(heading.end, end).trim(),
    };
  });
}

function opens(heading: Heading, current: SectionName | undefined, outline: Outline): boolean {
  const part = heading.name === 'hospital course' && !heading.endsCourse;
  if (part) return current === 'transitional issues';
  if (heading.name === 'transitional issues') return true;
  const inCourse = current === 'hospital course' || current === 'transitional issues';
  if (heading.bullet !== '' && !outline.numbered) return heading.name === 'hospital course' && !inCourse;
  return heading.endsCourse || !inCourse;
}
