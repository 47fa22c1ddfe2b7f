import { blankMarks, withoutMarks } from './marks.js';
import { sectionsOf } from './sections.js';

export interface CourseOptions {
  /** Whether `TRANSITIONAL ISSUES` (what is left for the outpatient doctors) belong to it. Default true. */
  readonly transitionalIssues?: boolean;
  /**
   * Whether what a removed mark leaves behind (`Dr.`, `on ,`, `-year-old`) goes too. Default false: a mark becomes a space,
   * so that the course is found again in the summary.
   */
  readonly tidy?: boolean;
}

/** Lines of `=====` or `-----` under a heading. */
const RULES = /^(?:[=~*-]{3,}[ \t]*\r?\n\s*)+/;

/**
 * The *brief hospital course* of a discharge summary.
 *
 * @param summary  text of one discharge summary, as MIMIC-III's NOTEEVENTS or MIMIC-IV-Note's `discharge` hold it
 * @returns the course without its heading and without de-identification marks; undefined where there is none.
 *          Several courses (`ICU course:` beside `Hospital course:`) are joined in their order: those that follow one
 *          another with their headings.
 */
export function hospitalCourse(
  summary: string,
  { transitionalIssues = true, tidy = false }: CourseOptions = {},
): string | undefined {
  const runs: { start: number; end: number }[] = [];
  let open = false;
  for (const { name, bodyStart, end } of sectionsOf(summary)) {
    if (name === 'hospital course') {
      if (open) runs.at(-1)!.end = end;
      else runs.push({ start: bodyStart, end });
      open = true;
    } else if (name === 'transitional issues' && transitionalIssues && open) {
      runs.at(-1)!.end = end;
    } else {
      open = false;
    }
  }
  const parts = runs
    .map(({ start, end }) => {
      const part = summary.slice(start, end);
      return (tidy ? withoutMarks(part) : blankMarks(part)).trim().replace(RULES, '');
    })
    .filter((part) => /[a-z]/i.test(part));
  return parts.length > 0 ? parts.join('\n') : undefined;
}
