/** Bad input to the evaluation: names the stay, label or file, what was found and what was expected; never note text. */
export class EvaluateError extends Error {
  override readonly name = 'EvaluateError';
}
