/** MEDS 0.4 (Medical Event Data Standard): any data set whose codes a mapping explains. */

import { PHENOTYPES } from '../../phenotypes.js';
import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { codeOfMeds } from '../labels/index.js';
import { finishMeasured, measure, prepareMeasured, unreadCounts, variablesRead } from '../series/measure.js';
import type { Source, SourceOptions } from '../source.js';
import { countFilter } from '../summary.js';
import { catalogueVariable } from '../variables/catalogue.js';
import { itemRow } from '../variables/item.js';
import { eventsQuery, type MedsFolder, openMedsFolder } from './folder.js';
import { MAPPING_FILE, type MedsMapping, readMapping } from './mapping.js';
import { MIMIC4_MAPPING } from './mimic4-mapping.js';
import { type OwnExport, readOwnExport } from './own-export.js';
import { OWN, OWN_MAPPING } from './own-mapping.js';
import { readSubjectSplits } from './subject-splits.js';
import { assignRoles, survey } from './survey.js';

export { exportMeds, type MedsExport, type MedsExportOptions } from './export.js';
export { MAPPING_FILE, type MedsMapping, type MedsMappingText, mappingSchema } from './mapping.js';

/** An event is a stay's by the stay's name, or else the admission's, or else its time. `e`: events, `s`: placed. */
const BELONGS = `s.subject_id = e.subject_id
  AND CASE WHEN e.stay_key IS NOT NULL THEN e.stay_key = s.stay_id
           WHEN e.admission_key IS NOT NULL AND s.admission_id IS NOT NULL THEN e.admission_key = s.admission_id
           ELSE e.time BETWEEN s.first AND s.last END`;

async function mappingOf(folder: MedsFolder): Promise<MedsMapping> {
  const given = await readMapping(folder.root);
  if (given !== null) return given;
  const { etl_name: etl, dataset_name: name } = folder.dataset;
  if (etl === OWN.etl) return OWN_MAPPING;
  if (/mimic-?iv/i.test(name ?? '') || folder.columns.has('icustay_id')) return MIMIC4_MAPPING;
  throw new CohortError('nobody says what its codes mean', {
    file: folder.name,
    found: name ? `the data set ${name}` : 'a data set without a name',
    expected: `MIMIC-IV, an export of ClinRaGen, or ${MAPPING_FILE} (docs/meds.md)`,
  });
}

/** @throws CohortError where the folder is no MEDS, its rows are not in MEDS's order, or nobody says what its codes mean */
export async function openMeds(
  duck: Duck,
  path: string,
  options: SourceOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Source> {
  const folder = await openMedsFolder(duck, path);
  const mapping = await mappingOf(folder);
  const own = mapping === OWN_MAPPING ? await readOwnExport(duck, folder) : null;
  const events = eventsQuery(folder, mapping);
  const read = variablesRead(options.variables);
  const measurements = mapping.measurements.filter(({ variable }) => (read as ReadonlySet<string>).has(variable));
  const rows = await survey(duck, folder, onProgress);
  await assignRoles(duck, folder, mapping, measurements);
  const version = folder.dataset.dataset_version;
  return {
    database: own?.report.provenance.database ?? `${mapping.name} in MEDS${version ? `, ${version}` : ''}`,
    folder: folder.name,
    synthetic: own?.report.provenance.generator ?? null,
    terms: own?.report.provenance.terms ?? folder.dataset.license ?? 'as its publisher says',
    tables: () => {
      const bytes = folder.shards.reduce((sum, shard) => sum + shard.bytes, 0);
      return {
        events: { file: folder.shards.length === 1 ? folder.shards[0]!.file : 'data/**/*.parquet', bytes, rows },
      };
    },
    absent: [...(folder.codes ? [] : ['codes']), ...(folder.splits ? [] : ['subject_splits'])],
    items: Object.fromEntries(
      options.variables.map(({ column }) => [
        column,
        measurements.filter(({ variable }) => variable === column).map(({ code }) => code),
      ]),
    ),
    async fillStays() {
      const filters = await fillStays(duck, folder, mapping, events);
      if (own) await restoreSubjects(duck, own);
      return filters;
    },
    fillMeasured: (progress) => fillMeasured(duck, folder, mapping, measurements, options, rows, progress),
    async fillCodes() {
      const codes = await duck.rows<{ code: string }>("SELECT code FROM roles WHERE role = 'diagnosis'");
      const icd = codes.flatMap(({ code }) => {
        const known = codeOfMeds(code);
        return known ? [`(${literal(code)}, ${literal(known.code)}, ${known.version})`] : [];
      });
      await duck.run('CREATE TABLE icd_codes (code VARCHAR, icd VARCHAR, version INTEGER)');
      for (let i = 0; i < icd.length; i += 2000) {
        await duck.run(`INSERT INTO icd_codes VALUES ${icd.slice(i, i + 2000).join(', ')}`);
      }
      await duck.file('meds/sql/codes', { events, belongs: BELONGS });
    },
    ...(mapping.phenotypes === undefined ? {} : { addLabels: () => addLabels(duck, folder, events) }),
    ...(folder.splits === null
      ? {}
      : { offeredSplits: () => readSubjectSplits(duck, folder.splits!, own?.originalIds ?? null) }),
    summariesFrom: `events of notes that ${MAPPING_FILE} maps to "summary"`,
    async fillSummaries() {
      if (!mapping.notes.some(({ as }) => as === 'summary')) return 0;
      await fillNoteTable(duck, folder, mapping, events, 'summary_events', ['summary']);
      await duck.run(`CREATE TABLE summaries AS
        SELECT stay, row_number() OVER (ORDER BY stay, position DESC, text) AS position, text FROM summary_events`);
      return duck.count('summaries');
    },
    async fillDocumented() {
      const parts = [...new Set(mapping.notes.map(({ as }) => as))].filter(
        (as) => as !== 'summary' && as !== 'finished',
      );
      await fillNoteTable(duck, folder, mapping, events, 'entries', ['', ...parts]);
      await duck.run(`CREATE TABLE documented AS
        SELECT stay, part, lower(text) AS text, min(position) AS first, min(hours) AS hours
        FROM entries GROUP BY stay, part, lower(text)`);
    },
    ...(own === null
      ? {}
      : {
          async fillFinishedNotes({ until }) {
            if (until !== own.report.options.until) {
              const said = (hours: number | null) => (hours === null ? 'the whole stay' : `${hours} h`);
              throw new CohortError('option until: the notes of an exported cohort are finished', {
                file: folder.name,
                found: said(until),
                expected: `${said(own.report.options.until)}, as the cohort was made`,
              });
            }
            await fillNoteTable(duck, folder, mapping, events, 'finished', ['finished']);
            const { kind, admissionDx } = own.report.notes;
            return { kind, admissionDx };
          },
        }),
    warnings: async () => [],
  } satisfies Source;
}

async function fillStays(duck: Duck, folder: MedsFolder, mapping: MedsMapping, events: string) {
  const { stays, admissions } = mapping;
  // By name: the latest end of that name. Without names: the patient's next mark, where that is an end; an end comes before a
  // begin of the same time.
  const ending = (id: string | undefined, key: string, end: string, value: string) =>
    id === undefined
      ? `CASE WHEN lead(role) OVER ${inTime(end)} = ${literal(end)} THEN lead(${value}) OVER ${inTime(end)} END`
      : `arg_max(${value}, time) FILTER (role = ${literal(end)}) OVER (PARTITION BY subject_id, ${key})`;
  const inTime = (end: string) =>
    `(PARTITION BY subject_id ORDER BY time, CASE WHEN role = ${literal(end)} THEN 0 ELSE 1 END)`;
  await duck.file('meds/sql/stays', {
    events,
    stayEnd: ending(stays.id, 'stay_key', 'end', 'time'),
    lastUnit: ending(stays.id, 'stay_key', 'end', 'rest'),
    admissionEnd: ending(admissions.id, 'admission_key', 'admission end', 'time'),
    birthYears: String(stays.birthYears),
    oneUnit: String(stays.oneUnit),
    onePerAdmission: String(stays.onePerAdmission),
    adults: stays.adults === null ? 'true' : `age >= ${stays.adults}`,
  });
  const [twice] = await duck.rows<{ n: number }>(
    'SELECT (count(*) - count(DISTINCT stay_id))::DOUBLE AS n FROM adults',
  );
  if (twice!.n > 0) {
    throw new CohortError('a stay of two patients, or twice admitted', {
      file: folder.name,
      found: `${twice!.n} stays`,
    });
  }
  const count = (filter: string, view: string, admission = 'admission_id') =>
    countFilter(duck, filter, `SELECT stay_id, ${admission} AS admission_id, subject_id FROM ${view}`);
  return [
    await count('all ICU stays', 'all_stays', 'admission_key'),
    await count('with a discharge after the admission', 'with_discharge'),
    ...(stays.oneUnit ? [await count('without transfers', 'in_one_unit')] : []),
    ...(stays.onePerAdmission ? [await count('one stay per admission', 'one_per_admission')] : []),
    ...(stays.adults === null ? [] : [await count('adults', 'adults')]),
  ];
}

async function fillMeasured(
  duck: Duck,
  folder: MedsFolder,
  mapping: MedsMapping,
  measurements: MedsMapping['measurements'],
  { variables }: SourceOptions,
  rows: number,
  onProgress: (done: number, total: number) => void,
) {
  const items = measurements.map(({ code, variable, unit, kind }, position) => {
    const item = itemRow({
      table: 'events',
      item: code,
      variable: catalogueVariable(variable).column,
      kind,
      ...(unit === undefined ? {} : { unit }),
    });
    return `(${position}, ${literal(item.variable)}, ${literal(item.kind)}, ${literal(item.unit)})`;
  });
  await duck.run('CREATE TABLE measurements (position INTEGER, variable VARCHAR, kind VARCHAR, declared VARCHAR)');
  if (items.length > 0) await duck.run(`INSERT INTO measurements VALUES ${items.join(', ')}`);
  await prepareMeasured(duck);
  const unit =
    mapping.units === 'none' ? "''" : mapping.units === 'code' ? "coalesce(r.rest, '')" : "coalesce(e.unit, '')";
  const arterial = literal(mapping.specimen?.arterial ?? '');
  const counts = { kept: 0, outside: 0, noValue: 0 };
  const total = folder.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  let done = 0;
  for (const shard of folder.shards) {
    onProgress(done, total);
    await duck.file('meds/sql/measured', { events: eventsQuery(folder, mapping, [shard]), unit, arterial });
    const [found] = await duck.rows<{ items: number; inside: number; kept: number }>(`
      SELECT (SELECT count(*) FROM shard_items WHERE role = 'measurement')::DOUBLE AS items,
             count(*)::DOUBLE AS inside, count(value)::DOUBLE AS kept FROM shard_charted`);
    counts.kept += found!.kept;
    counts.noValue += found!.inside - found!.kept;
    counts.outside += found!.items - found!.inside;
    await duck.run('INSERT INTO charted SELECT * FROM shard_charted WHERE value IS NOT NULL');
    await measure(duck);
    done += shard.bytes;
  }
  onProgress(total, total);
  await duck.run('DROP TABLE shard_items; DROP TABLE shard_charted;');
  await finishMeasured(duck, variables);
  const outcomes = {
    kept: counts.kept,
    'no value': counts.noValue,
    'outside the stays, or no arterial gas': counts.outside,
    'other code': rows - counts.kept - counts.noValue - counts.outside,
  };
  return {
    events: Object.fromEntries(Object.entries(outcomes).filter(([name, n]) => name === 'kept' || n > 0)),
    ...(await unreadCounts(duck)),
  };
}

async function addLabels(duck: Duck, folder: MedsFolder, events: string): Promise<void> {
  const names = PHENOTYPES.map((name, position) => `(${literal(name)}, ${position})`);
  await duck.run(`CREATE TABLE phenotypes AS SELECT * FROM (VALUES ${names.join(', ')}) AS t(name, position)`);
  const [unknown] = await duck.rows<{ rest: string }>(
    "SELECT rest FROM roles ANTI JOIN phenotypes ON name = rest WHERE role = 'phenotype' AND rest IS DISTINCT FROM 'none'",
  );
  if (unknown) throw new CohortError('an unknown phenotype', { file: folder.name, found: unknown.rest ?? 'no name' });
  await duck.file('meds/sql/labels', { events, belongs: BELONGS });
}

/** A table `(stay, part, text, code, position, hours)` of the notes' events that play one of these parts. */
async function fillNoteTable(
  duck: Duck,
  folder: MedsFolder,
  mapping: MedsMapping,
  events: string,
  table: string,
  parts: readonly string[],
): Promise<void> {
  const notes = mapping.notes.map(
    ({ as, say, known }, i) => `(${i}, ${literal(as)}, ${literal(say)}, ${literal(known)})`,
  );
  const descriptions =
    folder.codes === null
      ? '(SELECT NULL::VARCHAR AS code, NULL::VARCHAR AS description)'
      : `read_parquet(${literal(folder.codes)})`;
  await duck.run(`CREATE OR REPLACE TABLE note_codes (code VARCHAR, part VARCHAR, said VARCHAR, known VARCHAR)`);
  if (notes.length > 0) {
    // Descriptions of several meanings stand in lines: the first is said.
    await duck.run(`
      INSERT INTO note_codes
      SELECT r.code, n.part,
             CASE n.say WHEN 'code' THEN coalesce(replace(r.rest, '//', ', '), '')
                        WHEN 'description' THEN coalesce(split_part(d.description, chr(10), 1), '') END, n.known
      FROM roles AS r
      JOIN (VALUES ${notes.join(', ')}) AS n(position, part, say, known) USING (position)
      LEFT JOIN (SELECT code, any_value(description) AS description FROM ${descriptions} GROUP BY code) AS d ON d.code = r.code
      WHERE r.role = 'note'`);
  }
  await duck.file('meds/sql/documented', { table, events, belongs: BELONGS, parts: parts.map(literal).join(', ') });
}

/** An export numbers patients whose ids are texts; here they get them back. */
async function restoreSubjects(duck: Duck, own: OwnExport): Promise<void> {
  if (own.subjectIds === null) return;
  await duck.run(`UPDATE stays SET subject_id = m.id FROM read_parquet(${literal(own.subjectIds)}) AS m
                  WHERE m.subject_id::VARCHAR = stays.subject_id`);
}
