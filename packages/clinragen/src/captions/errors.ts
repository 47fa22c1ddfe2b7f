/** What was wrong with a series or its variables: names the variable and the hour, never a patient's text. */
export class CaptionError extends Error {
  override readonly name = 'CaptionError';
}
