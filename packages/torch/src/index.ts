/** libtorch for TypeScript. See the package's README. */
export * from './autograd.js';
export * from './create.js';
export { type DType, ITEM_BYTES, type TypedArray } from './dtypes.js';
export { TorchError, type TorchErrorCode } from './errors.js';
export { type Info, info, setThreads, threads } from './machine.js';
export { atenName, call, type OverloadSchema, operatorNames, schemasOf } from './operators.js';
export { ops } from './ops.js';
export { Generator, manualSeed } from './random.js';
export { keep, memory, scope } from './scope.js';
export { type Device, type NestedNumbers, Tensor } from './tensor.js';
export { loadTensors, saveTensors } from './tensors-file.js';
