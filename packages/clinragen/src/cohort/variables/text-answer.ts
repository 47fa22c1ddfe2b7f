import type { VariableColumn } from './catalogue.js';

/** Row of the table of charted texts: this answer means this value. */
export interface TextAnswer {
  readonly variable: VariableColumn;
  /** Trimmed, in lower case, inner blanks single. */
  readonly answer: string;
  readonly value: number;
}

/** As answers stand in the table. */
export function normalAnswer(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, ' ');
}

/** Looks answers up: a value, or null where the text is no answer of the variable. */
export function answerer(rows: readonly TextAnswer[]): (variable: VariableColumn, text: string) => number | null {
  const values = new Map(rows.map((row) => [`${row.variable} ${row.answer}`, row.value]));
  return (variable, text) => values.get(`${variable} ${normalAnswer(text)}`) ?? null;
}
