import { DATABASES, type DatabaseName, pageUrl } from '../get/databases.js';
import type { CohortFile } from './cohort-file.js';

/** What is publicly known of a database and no cohort can tell. */
export interface DatabaseFacts {
  readonly collection: string;
  readonly terms: string;
  /** Its page at PhysioNet. */
  readonly page: string | null;
  readonly cite: string | null;
}

interface Known {
  readonly matches: RegExp;
  readonly full: DatabaseName;
  readonly demo: DatabaseName;
  readonly collection: string;
  readonly cite: string;
}

const BETH_ISRAEL = 'the intensive care units of Beth Israel Deaconess Medical Center, Boston, USA';
const AFTERWARDS =
  'Records of routine care, written for care and billing, not for research; de-identified by the database’s authors ' +
  '(dates shifted per patient, names removed).';

const KNOWN: readonly Known[] = [
  {
    matches: /mimic-?iii/i,
    full: 'mimic3',
    demo: 'mimic3-demo',
    collection: `Admissions from 2001 to 2012 to ${BETH_ISRAEL}. ${AFTERWARDS}`,
    cite: 'Johnson AEW, et al. MIMIC-III, a freely accessible critical care database. Scientific Data 3, 160035 (2016).',
  },
  {
    matches: /mimic-?iv/i,
    full: 'mimic4',
    demo: 'mimic4-demo',
    collection: `Admissions from 2008 on (to 2019 in version 2.2, to 2022 in 3.1) to ${BETH_ISRAEL}. ${AFTERWARDS}`,
    cite: 'Johnson AEW, et al. MIMIC-IV, a freely accessible electronic health record dataset. Scientific Data 10, 1 (2023).',
  },
  {
    matches: /eicu/i,
    full: 'eicu',
    demo: 'eicu-demo',
    collection: `Admissions in 2014 and 2015 to intensive care units of 208 hospitals across the USA. ${AFTERWARDS}`,
    cite: 'Pollard TJ, et al. The eICU Collaborative Research Database. Scientific Data 5, 180178 (2018).',
  },
];

/** What the data card says of the source. The open demos are known by their folder's name. */
export function databaseFacts({ synthetic, provenance, source }: CohortFile): DatabaseFacts {
  if (synthetic) {
    return {
      collection: 'None: a program made every patient, stay, note and number (`clinragen synthesize`).',
      terms: 'No patient’s data; free to share.',
      page: null,
      cite: null,
    };
  }
  const name = provenance?.database ?? source;
  const known = KNOWN.find(({ matches }) => matches.test(name));
  if (!known) {
    return {
      collection:
        'Not known to the program that wrote this card: say here where, when and by whom the data were recorded.',
      terms: provenance?.terms ?? 'Not known to the program that wrote this card: ask the data’s owner.',
      page: null,
      cite: null,
    };
  }
  const database = DATABASES[/demo/i.test(provenance?.folder ?? '') ? known.demo : known.full];
  return {
    collection: known.collection,
    terms: `${database.licence} (${database.title}, as of version ${database.version}). It binds everybody who holds a copy.`,
    page: pageUrl(database),
    cite: known.cite,
  };
}
