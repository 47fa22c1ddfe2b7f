/** Safetensors files as tensors: the layer above safetensors.ts, which moves plain bytes. */
import { fromBytes } from './create.js';
import type { DType } from './dtypes.js';
import { TorchError } from './errors.js';
import { readSafetensors, type SafetensorsDType, type SafetensorsEntry, writeSafetensors } from './safetensors.js';
import { keep } from './scope.js';
import type { Tensor } from './tensor.js';

const DTYPES: Readonly<Record<SafetensorsDType, DType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
};
const FILE_DTYPES = new Map(Object.entries(DTYPES).map(([stored, dtype]) => [dtype, stored as SafetensorsDType]));

/**
 * The tensors of a safetensors file, on the CPU, in the dtypes of the file. One is read at a time: memory grows by the
 * tensors themselves and by the bytes of the one at hand. They belong to the caller, to dispose.
 *
 * @param options.names  only these; default all
 * @throws {SafetensorsError} where the file is missing or not valid, or lacks a name
 * @example
 * model.loadStateDict(await loadTensors('model.safetensors'));
 */
export async function loadTensors(
  path: string,
  options: { names?: Iterable<string> } = {},
): Promise<Map<string, Tensor>> {
  const file = await readSafetensors(path);
  const tensors = new Map<string, Tensor>();
  try {
    for (const name of options.names ?? file.tensors.keys()) {
      const { dtype, shape } = file.info(name);
      const bytes = await file.read(name);
      tensors.set(name, keep(fromBytes(DTYPES[dtype], shape, bytes)));
    }
    return tensors;
  } catch (error) {
    for (const tensor of tensors.values()) tensor.dispose();
    throw error;
  }
}

/**
 * Writes tensors as a safetensors file that Python reads. It appears under its name only when complete; tensors are copied
 * to bytes one at a time, when their turn comes, so they must not change until the promise is done.
 *
 * @param metadata  strings about the file; Hugging Face expects `{ format: 'pt' }` in checkpoints
 * @throws TorchError for a dtype that the format does not have
 */
export async function saveTensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const entries = [...tensors].map(([name, tensor]): SafetensorsEntry => {
    const dtype = FILE_DTYPES.get(tensor.dtype);
    if (dtype === undefined) {
      throw new TorchError('argument', `${name} has no dtype of the safetensors format`, {
        shapes: [tensor.describe()],
      });
    }
    return { name, dtype, shape: tensor.shape, bytes: () => new Uint8Array(tensor.toTypedArray().buffer) };
  });
  await writeSafetensors(path, entries, metadata);
}
