import { CohortError } from '../cohort-error.js';
import { type Duck, literal } from '../duck.js';
import { variablesRead } from '../series/measure.js';
import type { OpenTables } from '../tables/open-tables.js';
import { CATALOGUE, type CatalogueVariable } from '../variables/catalogue.js';
import type { VariableSet } from '../variables/sets.js';
import { normalUnit, UNIT_FACTORS } from '../variables/units.js';

/** What a name of `events.csv` stands for. */
interface Meaning {
  /** null: left out on purpose. */
  readonly variable: CatalogueVariable | null;
  /** Of values that have no unit, as in `UNIT_FACTOR_ROWS`. */
  readonly declared: string;
}

/** The catalogue's own names: `heart_rate` and `heart rate`. */
function ownNames(): Map<string, Meaning> {
  const names = new Map<string, Meaning>();
  for (const variable of CATALOGUE) {
    const meaning = { variable, declared: normalUnit(variable.unit) };
    names.set(variable.column, meaning);
    names.set(variable.name, meaning);
  }
  return names;
}

/** A text from the user's own map, for a message. */
const said = (text: string) =>
  /^[\p{L}\d][\p{L}\d _.,%/*^+()[\]-]{0,59}$/u.test(text) ? text : 'a text of another form';

/**
 * Reads `variables.csv`, if there is one, over the catalogue's names, into the table `names(name, variable, declared, wanted)`.
 *
 * @returns names by variable of the set, for the report
 * @throws CohortError where a row names no variable, or a unit that the variable has not
 */
export async function fillNames(
  duck: Duck,
  tables: OpenTables,
  set: VariableSet,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = ownNames();
  const own = ownNames();
  const file = tables.has('variables') ? tables.file('variables').file : '';
  const rows = await duck.rows<{ name: string | null; variable: string | null; unit: string | null }>(
    'SELECT lower(trim(name)) AS name, lower(trim(variable)) AS variable, trim(unit) AS unit FROM plain_variables',
  );
  const seen = new Set<string>();
  for (const row of rows) {
    if (!row.name) throw new CohortError('a row without a name', { file });
    if (seen.has(row.name)) throw new CohortError('a name in two rows', { file, found: said(row.name) });
    seen.add(row.name);
    const variable = row.variable ? own.get(row.variable)?.variable : null;
    if (variable === undefined) {
      const expected = 'a variable of the catalogue such as heart_rate, or nothing';
      throw new CohortError('an unknown variable', { file, found: said(row.variable!), expected });
    }
    const declared = normalUnit(row.unit) || normalUnit(variable?.unit ?? '');
    if (variable && !UNIT_FACTORS.get(variable.column)?.has(declared)) {
      const units = [...UNIT_FACTORS.get(variable.column)!.keys()].slice(0, 8).join(', ');
      throw new CohortError(`an unknown unit of ${variable.name}`, {
        file,
        found: said(row.unit ?? ''),
        expected: units,
      });
    }
    names.set(row.name, { variable, declared });
  }
  const read = variablesRead(set);
  const values = [...names].map(([name, { variable, declared }]) => {
    const wanted = variable !== null && read.has(variable.column);
    return `(${literal(name)}, ${variable ? literal(variable.column) : 'NULL'}, ${literal(declared)}, ${wanted})`;
  });
  await duck.run(
    `CREATE TABLE names AS SELECT * FROM (VALUES ${values.join(', ')}) AS t(name, variable, declared, wanted)`,
  );
  return Object.fromEntries(
    set.map(({ column }) => [
      column,
      [...names].filter(([, m]) => m.variable?.column === column).map(([name]) => name),
    ]),
  );
}
