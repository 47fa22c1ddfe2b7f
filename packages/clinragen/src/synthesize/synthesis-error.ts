/** What goes wrong when the synthetic hospital is asked for: names the option or folder, what was found, what was expected. */
export class SynthesisError extends Error {
  override readonly name = 'SynthesisError';
}
