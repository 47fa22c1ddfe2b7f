/**
 * The outline of a discharge summary: what its headings are called in MIMIC-III (dictated and templated, upper and mixed
 * case) and MIMIC-IV-Note, each under one canonical name.
 */
export type SectionName =
  | 'administrative'
  | 'allergies'
  | 'chief complaint'
  | 'major procedure'
  | 'history of present illness'
  | 'review of systems'
  | 'past medical history'
  | 'past surgical history'
  | 'social history'
  | 'family history'
  | 'physical exam'
  | 'pertinent results'
  | 'hospital course'
  | 'transitional issues'
  | 'medications on admission'
  | 'medications on transfer'
  | 'medications'
  | 'discharge medications'
  | 'discharge disposition'
  | 'discharge diagnosis'
  | 'discharge condition'
  | 'discharge exam'
  | 'discharge instructions'
  | 'followup'
  | 'addendum';

interface Naming {
  readonly name: SectionName;
  /** Of the whole heading, as `normalHeading` writes it. Inputs are at most 90 characters, so alternation is cheap. */
  readonly pattern: RegExp;
  /**
   * Where false, a heading of this name inside a hospital course is one of the course's own (`Allergies:` under a problem
   * list, `LABS:` under a day), and does not end it.
   */
  readonly endsCourse: boolean;
}

const MEDS = 'med(?:ication|icine)?s?(?: list)?';
const FOLLOW = '(?:follow ?-?ups?|followup)';

/** Where a part of the course took place. The emergency department is missing: its course is told in the history. */
const PLACE =
  '(?:(?:medical |surgical |cardiac |coronary |neonatal |neuro(?:logy|surgical)? |cardiothoracic )?intensive care(?: unit)?|hospital|inpatient|[mscntv]?-?icu|ccu|csru|cv-?icu|cs-?icu|ct-?icu|t-?sicu|nsicu|floor|(?:general )?(?:medicine|medical|surgical|surgery|cardiology|neurology|oncology|bmt|omed|vascular|trauma)(?: floor| ward| service| unit)?|ward|step-?down(?: unit)?|post-?(?: )?op(?:erative)?|rehab(?:ilitation)?)';

const COURSE = `(?:(?:the )?patient'?s )?(?:(?:brief|concise|short|interim|overall) )?(?:(?:summary|synopsis|overview|review) of (?:the |his |her )?)?(?:brief )?(?:${PLACE}(?: ?(?:and|/|&) ?${PLACE})? (?:course|stay)|course (?:in|of) (?:the )?(?:hospital(?:i[sz]ation)?|icu|floor)|course (?:while )?in[ -]?house|summary of (?:the )?hospitali[sz]ation|hospitali[sz]ation (?:course|summary)|hospital summary)`;

const COURSE_TAIL =
  "(?: (?:brief|summary|continued|cont'?d?|addendum|part .{1,12}|#? ?\\d|narrative))?(?: ?(?:and|/|&) ?(?:treatment|management|plan|assessment|events|major events|procedures|results|consults?|hospital events|significant (?:events|findings)|discharge plan(?:ning)?))?(?: ?(?:according to|by|per|organi[sz]ed by|listed by|arranged by) .{1,40}| (?:from|since|until|through|prior to|before|after|during|up to|on|at|for) .{1,50})?";

const naming = (name: SectionName, pattern: string, endsCourse = true): Naming => ({
  name,
  pattern: new RegExp(`^(?:${pattern})$`),
  endsCourse,
});

const NAMES: readonly Naming[] = [
  naming('hospital course', `${COURSE}${COURSE_TAIL}|addendum to (?:the )?${COURSE}`),
  naming(
    'transitional issues',
    '(?:key |important )?transitional(?: care)?(?: issues?| items?)?(?: (?:for|to|at) .{1,40})?|(?:outpatient|follow ?-?up) issues for (?:pcp|follow ?-?up)',
  ),
  naming(
    'medications on admission',
    `(?:${MEDS} (?:on|at|upon|prior to|before) (?:admission|presentation|arrival|transfer to .{1,30})|(?:pre-?)?admission ${MEDS}|(?:home|pre-?hospital|outpatient|preadmission) ${MEDS}|(?:home )?${MEDS} (?:at|from) home)(?: on admission)?`,
  ),
  naming('medications on transfer', `${MEDS} (?:on|at|upon) transfer|transfer ${MEDS}`),
  naming(
    'discharge medications',
    `${MEDS} (?:on|at|upon|for) discharge|discharge ${MEDS}|(?:discharge )?${MEDS} (?:on|at) (?:the )?time of discharge`,
  ),
  naming(
    'discharge disposition',
    '(?:discharge )?disposition(?: (?:on|at|upon) discharge)?|facility|discharge status|status (?:on|at) discharge|discharged? (?:to|facility)|discharge location',
  ),
  naming(
    'discharge diagnosis',
    '(?:(?:discharge|final|primary|secondary|principal|principle)(?:/| and | or | ))+(?:diagnos[ei]s|dx)|diagnos[ei]s (?:on|at|upon) discharge|discharged? dx',
  ),
  naming(
    'discharge condition',
    "(?:discharge )?condition(?: (?:on|at|upon) (?:discharge|transfer))?|condition of (?:the )?patient (?:on|at) discharge|(?:patient'?s )?condition (?:on|at) (?:the )?time of discharge",
  ),
  naming(
    'discharge exam',
    'discharge (?:physical(?: exam(?:ination)?)?|exam(?:ination)?|pe|labs?|laborator(?:y|ies)(?: data| results)?)|physical(?: exam(?:ination)?)? (?:on|at|upon) discharge|exam(?:ination)? (?:on|at|upon) discharge|(?:labs?|laborator(?:y|ies)(?: data| results)?) (?:on|at|upon) discharge',
  ),
  naming(
    'discharge instructions',
    'discharge (?:instructions?|plans?|diet|activity|orders?)|instructions? (?:on|at|upon|for) discharge|patient instructions?|instructions? to (?:the )?patient',
  ),
  naming(
    'followup',
    `(?:discharge |recommended |scheduled |outpatient )?${FOLLOW}(?: (?:instructions?|plans?|appointments?|care|recommendations|visits?|needed))?|recommendations? for ${FOLLOW}`,
  ),
  naming('addendum', 'addend(?:um|a)(?: .{1,30})?'),
  naming(
    'administrative',
    'dictated by|completed by|dictating|attending(?: (?:physician|md|provider))?|signed (?:electronically )?by|electronically signed by|job ?#?|reviewed by',
  ),
  naming(
    'administrative',
    'name|unit no|admission date|discharge date|date of (?:birth|admission|discharge)|sex|service|dob|age|mrn',
    false,
  ),
  naming('chief complaint', 'chief complaints?|cc|presenting complaint|reason for (?:admission|hospitali[sz]ation)'),
  naming(
    'history of present illness',
    '(?:brief )?history(?: of (?:the )?(?:present(?:ing)?|current) illness)|hpi|present illness|history and physical',
  ),
  naming(
    'past medical history',
    '(?:past|previous|prior) (?:medical|med)(?: and surgical|/surgical)? (?:history|hx)|pmhx?|pmh/psh',
  ),
  naming('past surgical history', '(?:past|previous|prior) surgical (?:history|hx)|pshx?'),
  naming('social history', 'social (?:history|hx)|psychosocial history|shx'),
  naming('family history', 'family (?:medical )?(?:history|hx)|fhx'),
  naming('pertinent results', 'pertinent (?:results|laborator(?:y|ies)(?: (?:data|results|values))?)'),
  naming(
    'physical exam',
    'physical exam(?:ination)?(?: (?:on|at|upon) (?:admission|presentation|transfer))?|admission (?:physical )?exam(?:ination)?',
  ),
  naming('major procedure', 'major (?:surgical )?(?:or (?:invasive|interventional) )*procedures?'),
  // What a course may hold as lines of its own.
  naming('major procedure', '(?:surgical |operative )?procedures?(?: performed)?|operations?(?: performed)?', false),
  naming('allergies', 'allerg(?:y|ies)(?: to medications)?|drug allergies|adverse (?:drug )?reactions?', false),
  naming('discharge diagnosis', '(?:admission |admitting )?diagnos[ei]s', false),
  naming('followup', 'appointments?|pending (?:results?|labs?)|labs? pending(?: (?:on|at) discharge)?', false),
  naming('review of systems', 'review of systems|ros', false),
  naming('medications', `(?:current )?${MEDS}`, false),
  naming('physical exam', 'physical|exam(?:ination)?|pe|vitals?(?: signs)?', false),
  naming(
    'pertinent results',
    '(?:pertinent |admission )?(?:labs?|laborator(?:y|ies)(?: (?:data|results|values|studies|tests?))?|studies)(?: (?:on|at|upon) admission)?|imaging|radiology|microbiology|micro|ekg|ecg|echo|cxr|results|diagnostics',
    false,
  ),
];

/**
 * What a part of the course is called where transitional issues stood before it (MIMIC-IV writes either first). Not headings
 * of the outline elsewhere.
 */
const COURSE_PART =
  /^(?:brief )?(?:acute|active|chronic|inactive|stable|resolved|other|main|medical|surgical)(?: (?:on chronic|and chronic|and active|and inactive|medical|hospital|inpatient|conditions?|and resolved|or stable))*(?:\/(?:acute|active|chronic|inactive|stable|resolved))?(?: (?:medical )?(?:issues?|problems?|conditions?|diagnos[ei]s))$/;

/** `  BRIEF  Hospital Course (by Problem) ` → `brief hospital course by problem`. */
export function normalHeading(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/[–—−-]+/g, '-')
    .replace(/ - /g, ' ')
    .replace(/[()[\]{},.*=_"]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?\/ ?/g, '/')
    .trim();
}

/** The section that a heading opens, and whether it ends a hospital course; undefined where it is no heading of the outline. */
export function sectionNamed(heading: string): Omit<Naming, 'pattern'> | undefined {
  return NAMES.find(({ pattern }) => pattern.test(heading));
}

export function isCoursePart(heading: string): boolean {
  return COURSE_PART.test(heading);
}
