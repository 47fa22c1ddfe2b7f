/** What went wrong, for code that reacts to it. */
export type TorchErrorCode =
  /** An argument has the wrong type, or no overload takes these arguments. */
  | 'argument'
  /** libtorch refused the call: shapes, dtypes, devices, ranges. */
  | 'operator'
  /** This libtorch has no operator of that name. */
  | 'unknown-operator'
  /** A tensor was used after it was freed. */
  | 'use-after-free'
  /** The native addon is missing or was not built for this machine. */
  | 'addon';

/** The one error of this package. `operator` and `shapes` name the call that failed. */
export class TorchError extends Error {
  override readonly name = 'TorchError';
  readonly code: TorchErrorCode;
  /** The operator's name in ATen, where a call failed. */
  readonly operator: string | undefined;
  /** The tensor arguments, as `self float32[2, 3]`. */
  readonly shapes: readonly string[];

  constructor(
    code: TorchErrorCode,
    message: string,
    details: { operator?: string; shapes?: readonly string[]; cause?: unknown } = {},
  ) {
    const where = details.operator === undefined ? '' : `${details.operator}: `;
    const given = details.shapes?.length ? ` (${details.shapes.join(', ')})` : '';
    super(`${where}${message}${given}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operator = details.operator;
    this.shapes = details.shapes ?? [];
  }
}
