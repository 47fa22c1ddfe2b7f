/** Training cannot start or go on: the message names the stay, file or setting. */
export class DistillError extends Error {
  override readonly name = 'DistillError';
}
