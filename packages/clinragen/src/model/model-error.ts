/** A checkpoint, configuration or input that does not fit the model: the message names the file or key. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
