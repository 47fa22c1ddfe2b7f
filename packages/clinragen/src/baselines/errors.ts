/** Bad input to a baseline: names what was found and what was expected. */
export class BaselineError extends Error {
  override readonly name = 'BaselineError';
}
