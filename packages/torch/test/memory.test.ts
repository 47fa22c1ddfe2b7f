import * as torch from '@clinragen/torch';
import { type Tensor, TorchError } from '@clinragen/torch';
import { describe, expect, it } from 'vitest';

const live = () => torch.memory().tensors;

describe('a scope', () => {
  it('frees what was made inside, but not what it returns', () => {
    const before = torch.memory();
    let inner: Tensor | undefined;
    const result = torch.scope(() => {
      inner = torch.ones([1000]);
      return inner.mul(2);
    });
    expect(inner?.isDisposed).toBe(true);
    expect(result.isDisposed).toBe(false);
    expect(torch.memory()).toEqual({ tensors: before.tensors + 1, bytes: before.bytes + 4000 });
    result.dispose();
    expect(torch.memory()).toEqual(before);
  });

  it('returns tensors in arrays, Maps and fields, however deep', () => {
    const before = live();
    const result = torch.scope(() => {
      const shared = torch.ones([2]);
      return { loss: shared, list: [torch.ones([1]), [shared]], map: new Map([['a', torch.zeros([3])]]), n: 5 };
    });
    expect(live()).toBe(before + 3);
    expect([result.loss.shape, result.map.get('a')?.shape]).toEqual([[2], [3]]);
    result.loss.dispose();
    (result.list[0] as Tensor).dispose();
    result.map.get('a')?.dispose();
    expect(live()).toBe(before);
  });

  it('inside another gives its result to the outer one', () => {
    const before = live();
    let fromInner: Tensor | undefined;
    const outer = torch.scope(() => {
      fromInner = torch.scope(() => torch.ones([2]).add(1));
      expect(fromInner.isDisposed).toBe(false);
      return fromInner.sum();
    });
    expect(fromInner?.isDisposed).toBe(true);
    expect(outer.item()).toBe(4);
    outer.dispose();
    expect(live()).toBe(before);
  });

  it('frees everything when an error is thrown inside', () => {
    const before = live();
    expect(() =>
      torch.scope(() => {
        const x = torch.ones([2, 3]);
        torch.scope(() => x.add(1).matmul(torch.ones([7])));
      }),
    ).toThrow(TorchError);
    expect(live()).toBe(before);
    // and the scopes are closed: this one belongs to no one
    const loose = torch.ones([1]);
    torch.scope(() => undefined);
    expect(loose.isDisposed).toBe(false);
    loose.dispose();
  });

  it('lets `keep` take a tensor out of all of them', () => {
    const before = live();
    let kept: Tensor | undefined;
    torch.scope(() => {
      torch.scope(() => {
        kept = torch.keep(torch.ones([5]));
      });
    });
    expect(kept?.toArray()).toEqual([1, 1, 1, 1, 1]);
    kept?.dispose();
    expect(live()).toBe(before);
  });

  it('leaves tensors from outside alone, even when it returns them', () => {
    const x = torch.ones([2]);
    expect(torch.scope(() => x)).toBe(x);
    torch.scope(() => x.add_(1));
    expect(x.toArray()).toEqual([2, 2]);
    x.dispose();
  });

  it('refuses an asynchronous function', () => {
    const before = live();
    expect(() => torch.scope(async () => torch.ones([1]))).toThrow(/synchronous/);
    expect(() => torch.noGrad(async () => 1)).toThrow(/synchronous/);
    expect(() => torch.autocast(async () => 1)).toThrow(/synchronous/);
    expect(live()).toBe(before);
  });
});

describe('freeing by hand', () => {
  it('happens at the end of a `using` block', () => {
    const before = live();
    let seen: Tensor | undefined;
    {
      using x = torch.ones([2]);
      seen = x;
      expect(x.isDisposed).toBe(false);
    }
    expect(seen.isDisposed).toBe(true);
    expect(live()).toBe(before);
  });

  it('is harmless twice, and inside the scope that would have done it', () => {
    const before = live();
    torch.scope(() => {
      const x = torch.ones([2]);
      x.dispose();
      x.dispose();
    });
    expect(live()).toBe(before);
  });

  it('of a view leaves the memory to the others', () => {
    const before = torch.memory().bytes;
    const x = torch.ones([100]);
    const view = x.reshape([10, 10]);
    expect(torch.memory().bytes).toBe(before + 400);
    x.dispose();
    expect(torch.memory().bytes).toBe(before + 400);
    expect(view.sum().item()).toBe(100);
    view.dispose();
  });

  it('is counted rightly where an operator changed the memory behind a tensor', () => {
    torch.scope(() => {
      const before = torch.memory().bytes;
      const x = torch.zeros([10]);
      x.resize_([1000]);
      expect(torch.memory().bytes).toBe(before + 4000);
      const y = torch.zeros([5]);
      x.set_(y);
      expect(torch.memory().bytes).toBe(before + 20);
      x.dispose();
      y.dispose();
      expect(torch.memory().bytes).toBe(before);
    });
  });

  it('comes from the garbage collector for tensors that nobody freed', async () => {
    const collect = (globalThis as { gc?: () => void }).gc ?? (await forcedCollector());
    const before = live();
    (() => {
      for (let i = 0; i < 100; i++) torch.ones([10]);
    })();
    expect(live()).toBe(before + 100);
    for (let i = 0; i < 50 && live() > before; i++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(live()).toBeLessThan(before + 10);
  });
});

async function forcedCollector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose_gc');
  return runInNewContext('gc') as () => void;
}

describe('use after free', () => {
  const freed = () => {
    const x = torch.ones([2]);
    x.dispose();
    return x;
  };
  const fine = torch.ones([2], { requiresGrad: true });

  it.each<[string, () => unknown]>([
    ['a method', () => freed().add(1)],
    ['an argument', () => fine.add(freed())],
    ['a list of tensors', () => torch.cat([fine, freed()])],
    ['a list of optional tensors', () => torch.ops.index(fine, [freed()])],
    ['an optional tensor', () => torch.ops.linear(torch.ones([1, 2]), torch.ones([1, 2]), freed())],
    ['an option', () => torch.ops.stdMean(freed())],
    ['an in-place operator', () => freed().add_(1)],
    ['out=', () => torch.call('add', [fine.detach(), fine.detach(), { out: freed() }])],
    ['shape', () => freed().shape],
    ['dtype', () => freed().dtype],
    ['device', () => freed().device],
    ['isLeaf', () => freed().isLeaf],
    ['size', () => freed().size(0)],
    ['requiresGrad', () => freed().requiresGrad],
    [
      'setting requiresGrad',
      () => {
        freed().requiresGrad = true;
      },
    ],
    ['grad', () => freed().grad],
    [
      'setting grad',
      () => {
        freed().grad = fine;
      },
    ],
    [
      'a freed gradient',
      () => {
        fine.grad = freed();
      },
    ],
    ['backward', () => freed().backward()],
    ['the gradient given to backward', () => fine.mul(2).backward({ gradient: freed() })],
    ['outputs of grad', () => torch.grad([freed()], [fine])],
    ['inputs of grad', () => torch.grad([fine.sum()], [freed()])],
    ['gradients given to grad', () => torch.grad([fine.mul(1)], [fine], { gradients: [freed()] })],
    ['item', () => freed().item()],
    ['toArray', () => freed().toArray()],
    ['toTypedArray', () => freed().toTypedArray()],
    ['toFloat32', () => freed().toFloat32()],
    ['to', () => freed().to('float64')],
    ['clipGradNorm', () => torch.clipGradNorm([freed()], 1)],
  ])('is told of: %s', (_, body) => {
    let caught: unknown;
    try {
      body();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(TorchError);
    expect((caught as TorchError).code).toBe('use-after-free');
  });

  it('never reaches a tensor that took the same place', () => {
    const old = torch.full([3], 1);
    const forged = { handle: old.handle, describe: () => 'forged', touched: () => undefined };
    old.dispose();
    const next = torch.full([3], 2);
    expect(() => torch.call('relu', [forged])).toThrow(/freed/);
    next.dispose();
  });

  it('a freed tensor can still be shown', () => {
    expect(String(freed())).toContain('freed');
  });
});
