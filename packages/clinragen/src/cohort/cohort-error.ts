/** Where a cohort could not be made or read: which file, where in it, what stood there and what was expected. */
export interface CohortErrorFacts {
  /** File or folder, as the user named it. */
  readonly file?: string;
  /** Line of the file, 1 for the header. */
  readonly line?: number;
  readonly found?: string;
  readonly expected?: string;
}

/**
 * The one error of this room. Its message never holds note text or a row of a table: those are patients' data.
 */
export class CohortError extends Error {
  override readonly name = 'CohortError';
  readonly facts: CohortErrorFacts;

  constructor(what: string, facts: CohortErrorFacts = {}, options?: ErrorOptions) {
    const where = facts.file ? `${facts.file}${facts.line ? `, line ${facts.line}` : ''}: ` : '';
    const found = facts.found ? `; found ${facts.found}` : '';
    const expected = facts.expected ? `; expected ${facts.expected}` : '';
    super(`${where}${what}${found}${expected}`, options);
    this.facts = facts;
  }
}
