/** The sources, as a configuration names them (`cohort.source.kind`); `open-source.ts` opens them. */
export const SOURCE_KINDS = ['mimic3', 'mimic4', 'plain', 'meds', 'eicu'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];
