import { TorchError } from './errors.js';
import { atenName, call } from './operators.js';
import type { Operators } from './ops.gen.js';

/**
 * Every operator of ATen as a function, in camel case: `ops.layerNorm(x, [d], weight, bias)`.
 *
 * @throws TorchError `unknown-operator` at the call where the linked libtorch does not have it
 */
export const ops = new Proxy<Record<string, unknown>>(
  {},
  {
    get(target, key) {
      if (typeof key !== 'string') return undefined;
      if (Object.hasOwn(target, key)) return target[key];
      const name = atenName(key) ?? key;
      const run = (...args: unknown[]) => {
        if (atenName(key) === undefined)
          throw new TorchError('unknown-operator', 'this libtorch has no such operator', { operator: key });
        return call(name, args);
      };
      target[key] = run;
      return run;
    },
  },
) as unknown as Operators;
