import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Direction } from '../captions/index.js';
import { PHENOTYPES } from '../phenotypes.js';
import type { Knowledge, KnowledgeTerm } from '../types.js';
import { builtinSchema, check, refuseRepeats } from './schema.js';

/** What one variable's leaving its fence says about a disease. */
export interface SeriesSign {
  /** The variable's canonical name (`canonicalVariable` of captions). */
  readonly variable: string;
  readonly direction: Direction;
  /** 3 part of the disease's definition, 2 usual, 1 compatible. */
  readonly weight: 1 | 2 | 3;
}

/** Per phenotype name, the signs that the series can show; an empty list where it shows none. */
export type SeriesEvidence = Readonly<Record<string, readonly SeriesSign[]>>;

const FILE = fileURLToPath(new URL('../../src/knowledge/builtin.yaml', import.meta.url));

interface Builtin {
  readonly knowledge: Knowledge;
  readonly series: SeriesEvidence;
}

let loaded: Builtin | undefined;

function builtin(): Builtin {
  if (loaded !== undefined) return loaded;
  const entries = check(builtinSchema, parse(readFileSync(FILE, 'utf8')), 'builtin.yaml');
  const terms: Record<string, readonly KnowledgeTerm[]> = {};
  const series: Record<string, readonly SeriesSign[]> = {};
  for (const phenotype of PHENOTYPES) {
    terms[phenotype] = entries[phenotype].terms.map((term) => ({ term, pmids: [] }));
    series[phenotype] = entries[phenotype].series;
  }
  const knowledge = {
    source: 'built in: written by the authors of this package, not searched in the literature',
    terms,
  };
  refuseRepeats(knowledge, 'builtin.yaml');
  loaded = { knowledge, series };
  return loaded;
}

/**
 * The knowledge that comes with the package: at least 20 terms for each of the 25 phenotypes, without PMIDs.
 *
 * @example
 * builtinKnowledge().terms['Shock']?.[0]; // { term: 'septic shock', pmids: [] }
 */
export function builtinKnowledge(): Knowledge {
  return builtin().knowledge;
}

/** Which variable, in which direction, is evidence for which phenotype; from the same file as the built-in terms. */
export function builtinSeriesEvidence(): SeriesEvidence {
  return builtin().series;
}
