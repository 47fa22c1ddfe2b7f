import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { PHENOTYPES } from '../phenotypes.js';
import type { Knowledge } from '../types.js';
import { KnowledgeError } from './errors.js';
import { check, knowledgeSchema, refuseRepeats } from './schema.js';

/**
 * Reads a `knowledge.json`: every phenotype with at least one term, terms in lower case, none twice in a phenotype.
 *
 * @throws KnowledgeError naming the file and the key
 */
export async function readKnowledge(path: string): Promise<Knowledge> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new KnowledgeError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new KnowledgeError(`${path}: no JSON: ${(error as Error).message}`);
  }
  const knowledge = check(knowledgeSchema, value, path);
  refuseRepeats(knowledge, path);
  return knowledge;
}

/**
 * Writes a `knowledge.json`, phenotypes in their canonical order, so that equal knowledge gives equal bytes.
 *
 * @throws KnowledgeError naming the key, before anything is written, where {@link readKnowledge} would refuse the file
 */
export async function writeKnowledge(path: string, knowledge: Knowledge): Promise<void> {
  const checked = check(knowledgeSchema, knowledge, path);
  refuseRepeats(checked, path);
  const terms = Object.fromEntries(PHENOTYPES.map((phenotype) => [phenotype, checked.terms[phenotype]]));
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify({ source: checked.source, terms }, null, 1)}\n`);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new KnowledgeError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/**
 * The corpus as one list: every term once, in the phenotypes' canonical order and within one in the file's. The model's
 * knowledge keys stand in this order, so a checkpoint depends on it.
 */
export function allTerms(knowledge: Knowledge): string[] {
  const terms = new Set<string>();
  for (const phenotype of PHENOTYPES) {
    for (const { term } of knowledge.terms[phenotype] ?? []) terms.add(term);
  }
  return [...terms];
}
