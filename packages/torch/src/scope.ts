/**
 * Who frees tensors: scopes.
 *
 * V8 does not see a tensor's memory, so its garbage collector never comes in time. Inside `scope`, every tensor made is
 * noted and freed at its end, but for what the function returns (or `keep` names). Tensors made outside any scope are
 * freed by `dispose`, by `using`, and as a backstop by a finalizer.
 */
import { TorchError } from './errors.js';
import { native } from './native.js';

/** What a scope holds: anything with a handle. */
export interface Scoped {
  /** The native handle; -1 once freed. */
  handle: number;
}

const scopes: Scoped[][] = [];
const backstop = new FinalizationRegistry<number>((handle) => native.release(handle));

/** Notes a new tensor in the innermost scope, or with the finalizer where there is none. */
export function track(tensor: Scoped): void {
  const scope = scopes[scopes.length - 1];
  if (scope === undefined) backstop.register(tensor, tensor.handle, tensor);
  else scope.push(tensor);
}

/** Frees a tensor now; a second time does nothing. */
export function free(tensor: Scoped): void {
  if (tensor.handle < 0) return;
  native.release(tensor.handle);
  backstop.unregister(tensor);
  tensor.handle = -1;
}

/** Calls `visit` for every tensor inside a value: itself, in arrays, in the fields of plain objects, in Maps. */
function visitTensors(value: unknown, visit: (tensor: Scoped) => void, seen = new Set<unknown>()): void {
  if (value === null || typeof value !== 'object' || seen.has(value)) return;
  if ('handle' in value && typeof value.handle === 'number') {
    visit(value as Scoped);
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  seen.add(value);
  const children = Array.isArray(value) ? value : value instanceof Map ? value.values() : Object.values(value);
  for (const child of children) visitTensors(child, visit, seen);
}

/**
 * Runs `body` and frees every tensor made inside it, but those in its result: the tensor itself, or tensors in arrays,
 * Maps and fields of objects that it returns. Scopes nest; what an inner one returns belongs to the outer one.
 *
 * @throws TorchError where `body` is asynchronous: tensors made after an await could not be told from others'.
 * @example
 * const loss = torch.scope(() => model.forward(x).mean());
 */
export function scope<T>(body: () => T): T {
  const made: Scoped[] = [];
  scopes.push(made);
  let kept: Set<Scoped> | undefined;
  try {
    const result = body();
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new TorchError(
        'argument',
        'scope() takes a synchronous function: it frees its tensors when the function returns',
      );
    }
    visitTensors(result, (tensor) => {
      kept ??= new Set();
      kept.add(tensor);
    });
    return result;
  } finally {
    scopes.pop();
    for (const tensor of made) {
      if (kept?.has(tensor)) track(tensor);
      else free(tensor);
    }
  }
}

/**
 * Takes tensors out of every open scope: they live until disposed. For what outlives a step, such as an optimizer's state.
 */
export function keep<T>(value: T): T {
  visitTensors(value, (tensor) => {
    if (tensor.handle < 0) return;
    for (const made of scopes) {
      const at = made.lastIndexOf(tensor);
      if (at >= 0) {
        made.splice(at, 1);
        backstop.register(tensor, tensor.handle, tensor);
      }
    }
  });
  return value;
}

/** Tensors that JavaScript holds now, and the bytes of the memory behind them (views counted once). */
export function memory(): { tensors: number; bytes: number } {
  native.memory();
  return { tensors: results[0] ?? 0, bytes: results[1] ?? 0 };
}

// The wire's result buffer; set once by wire.ts, which owns it.
let results: Float64Array = new Float64Array(0);
export function shareResults(buffer: Float64Array): void {
  results = buffer;
}
