import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as torch from '@clinragen/torch';
import { type DType, loadTensors, saveTensors, type Tensor } from '@clinragen/torch';
import { readSafetensors, SafetensorsError, writeSafetensors } from '@clinragen/torch/safetensors';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tensors-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DTYPES: DType[] = [
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint8',
  'bool',
];

const disposeAll = (tensors: ReadonlyMap<string, Tensor>) => {
  for (const tensor of tensors.values()) tensor.dispose();
};

// Everything is made in scopes and disposed: a finalizer that ran while a file is read would disturb the counting.
describe('tensors in a file', () => {
  it('come back with dtype, shape and every bit', async () => {
    const path = join(folder, 'all.safetensors');
    const tensors = torch.scope(() => {
      const made = new Map<string, Tensor>(DTYPES.map((dtype) => [dtype, torch.randn([3, 2]).mul(10).abs().to(dtype)]));
      made.set('scalar', torch.tensor(7));
      made.set('nothing', torch.zeros([0, 4]));
      return made.set('transposed', torch.arange(6).reshape([2, 3]).t());
    });
    await saveTensors(path, tensors, { format: 'pt' });
    const loaded = await loadTensors(path);
    expect([...loaded.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, tensor] of tensors) {
      expect(loaded.get(name)?.describe()).toBe(tensor.describe());
      expect(loaded.get(name)?.toTypedArray()).toEqual(tensor.toTypedArray());
    }
    disposeAll(tensors);
    disposeAll(loaded);
    expect((await readSafetensors(path)).metadata).toEqual({ format: 'pt' });
    expect(readdirSync(folder)).toEqual(['all.safetensors']);
  });

  it('can be read in part, and are the caller’s to free', async () => {
    const path = join(folder, 'part.safetensors');
    const tensors = new Map([
      ['a', torch.ones([2])],
      ['b', torch.zeros([3])],
    ]);
    await saveTensors(path, tensors);
    disposeAll(tensors);
    const before = torch.memory().tensors;
    const loaded = await loadTensors(path, { names: ['b'] });
    expect([...loaded.keys()]).toEqual(['b']);
    expect(torch.memory().tensors).toBe(before + 1);
    disposeAll(loaded);
    await expect(loadTensors(path, { names: ['b', 'c'] })).rejects.toThrow(SafetensorsError);
    expect(torch.memory().tensors).toBe(before);
  });

  it('truth values that are neither 0 nor 1 become true', async () => {
    const path = join(folder, 'bool.safetensors');
    await writeSafetensors(path, [{ name: 'x', dtype: 'BOOL', shape: [3], bytes: new Uint8Array([0, 1, 77]) }]);
    expect((await loadTensors(path)).get('x')?.toArray()).toEqual([false, true, true]);
  });

  it('of a freed tensor are refused, and no file appears', async () => {
    const x = torch.ones([1]);
    x.dispose();
    await expect(saveTensors(join(folder, 'never.safetensors'), new Map([['x', x]]))).rejects.toThrow(torch.TorchError);
    expect(readdirSync(folder)).not.toContain('never.safetensors');
  });

  it.skipIf(!pythonReadsSafetensors())('are read by Python’s safetensors', async () => {
    const path = join(folder, 'python.safetensors');
    const values = [1.5, -2.25, 0.0078125];
    await saveTensors(
      path,
      new Map(
        ['float32', 'bfloat16', 'float16'].map((dtype) => [dtype, torch.tensor(values, { dtype: dtype as DType })]),
      ),
    );
    const script =
      'import sys, json; from safetensors.torch import load_file; ' +
      'print(json.dumps({k: [str(v.dtype), v.float().tolist()] for k, v in load_file(sys.argv[1]).items()}))';
    const read = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }));
    expect(read).toEqual({
      float32: ['torch.float32', values],
      bfloat16: ['torch.bfloat16', values],
      float16: ['torch.float16', values],
    });
  });
});

function pythonReadsSafetensors(): boolean {
  try {
    execFileSync('python3', ['-c', 'import torch, safetensors.torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
