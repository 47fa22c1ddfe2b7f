/**
 * The *brief hospital course* of a discharge summary: the section between its heading and the next heading of the
 * summary's own outline. The course has headings of its own (`# CHF:`, `RESPIRATORY:`, `1. Pneumonia:`), so only the
 * names below end it, not every line with a colon.
 */

/** `Brief Hospital Course:`, `HOSPITAL COURSE BY SYSTEM:`, `SUMMARY OF HOSPITAL COURSE`, `Hospital Course and Treatment:` … */
const COURSE =
  /^[ \t]*(?:(?:concise|brief)[ \t]+)?(?:summary[ \t]+of[ \t]+(?:the[ \t]+)?)?(?:brief[ \t]+)?(?:(?:hospital|ICU|MICU|SICU|CCU|NICU)[ \t]+(?:and[ \t]+hospital[ \t]+)?course|course[ \t]+in[ \t]+(?:the[ \t]+)?hospital|course[ \t]+of[ \t]+hospitalization)(?:[ \t]+(?:and[ \t]+treatment|(?:according[ \t]+to|by)[ \t]+[a-z/&() -]{1,40}))?[ \t]*(?::[ \t]*|-[ \t]+|(?=\r?\n|$))/gim;

/** Headings of the summary's outline that may follow the course. */
const NEXT = new RegExp(
  `^[ \\t]*(?:${[
    'medications?[ \\t]+(?:on|at|upon|prior[ \\t]+to)[ \\t]+(?:admission|discharge|transfer)',
    'admission[ \\t]+medications?',
    '(?:discharge|transfer|home|preadmission|outpatient)[ \\t]+(?:medications?|meds)',
    '(?:discharge|final|primary|secondary|principal)[ \\t]+diagnos[ei]s',
    'diagnos[ei]s[ \\t]+(?:on|at)[ \\t]+discharge',
    'discharge[ \\t]+(?:disposition|condition|status|instructions?|plan|exam(?:ination)?|physical(?:[ \\t]+exam(?:ination)?)?|labs|followup|follow-up)',
    'physical[ \\t]+exam(?:ination)?(?:[ \\t]+(?:on|at)[ \\t]+discharge)?',
    'condition[ \\t]+(?:on|at|upon)[ \\t]+(?:discharge|transfer)',
    'condition',
    'disposition',
    'facility',
    'follow[ -]?up(?:[ \\t]+(?:instructions?|plans?|appointments?|care))?',
    'recommended[ \\t]+follow[ -]?up',
    'pertinent[ \\t]+results',
    'past[ \\t]+medical[ \\t]+history',
    'social[ \\t]+history',
    'family[ \\t]+history',
    'addendum',
    'dictated[ \\t]+by',
    'completed[ \\t]+by',
    'attending',
  ].join(
    '|',
  )})[ \\t]*:|^[ \\t]*(?:DISCHARGE (?:DIAGNOS[EI]S|MEDICATIONS|CONDITION|STATUS|DISPOSITION)|CONDITION (?:ON|AT) DISCHARGE|MEDICATIONS ON (?:ADMISSION|DISCHARGE))\\b`,
  'gim',
);

/** What stands where something was cut out to de-identify: `[**2101-3-4**]`, `[**Known lastname 12**]`, `[** **]`. */
const MARK = /\[\*\*[\s\S]*?\*\*\]/g;

/**
 * @param summary  text of one discharge summary, as stored in NOTEEVENTS
 * @returns the course without its heading and without de-identification marks; undefined where there is none.
 *          Several courses (`ICU course:` beside `Hospital course:`) are joined in their order.
 */
export function hospitalCourse(summary: string): string | undefined {
  const text = summary.replace(MARK, ' ');
  const parts: string[] = [];
  let from = 0;
  for (const heading of text.matchAll(COURSE)) {
    if (heading.index < from) continue; // a heading inside the section before
    // Without a colon only capitals are a heading; "… during her / hospital course / she …" is a wrapped sentence.
    const bare = !/[:-]\s*$/.test(heading[0]);
    if (bare && heading[0] !== heading[0].toUpperCase()) continue;
    const start = heading.index + heading[0].length;
    NEXT.lastIndex = start;
    const end = NEXT.exec(text)?.index ?? text.length;
    from = end;
    const body = text.slice(start, end).trim();
    if (/[a-z]/i.test(body)) parts.push(body);
  }
  return parts.length > 0 ? parts.join('\n') : undefined;
}
