import * as torch from '@clinragen/torch';
import { describe, expect, it } from 'vitest';
import { expectClose, golden } from './numbers.js';

const python = golden<{ first: number[]; order: number[]; own: number[]; dropped: number[] }>('random');
const sameEngine = torch.info().version.startsWith('2.'); // 1.13 draws the same seeds through another vectorised normal

describe('random numbers', () => {
  it('follow from the seed', () => {
    torch.manualSeed(5);
    const first = torch.randn([50]).toArray();
    const other = torch.randn([50]).toArray();
    torch.manualSeed(5);
    expect(torch.randn([50]).toArray()).toEqual(first);
    expect(first).not.toEqual(other);
  });

  it.skipIf(!sameEngine)('are those that PyTorch draws from the same seed', () => {
    torch.manualSeed(7);
    // The last digit depends on the processor's vector width.
    expectClose(torch.randn([20]), python.first, 1e-6);
    expect(torch.randperm(10).toArray()).toEqual(python.order);
    expect(torch.rand([5], { generator: new torch.Generator(11) }).toArray()).toEqual(python.own);
    torch.manualSeed(3);
    expect(torch.ops.dropout(torch.ones([40]), 0.5, true).toArray()).toEqual(python.dropped);
  });

  it('go on from a saved state as they went on then', () => {
    const generator = new torch.Generator(3);
    torch.randn([7], { generator });
    const state = generator.state();
    const next = torch.randn([9], { generator }).toArray();
    torch.randn([100], { generator });
    generator.setState(state);
    expect(torch.randn([9], { generator }).toArray()).toEqual(next);
    const twin = new torch.Generator(99);
    twin.setState(state);
    expect(torch.randn([9], { generator: twin }).toArray()).toEqual(next);
  });

  it('of the default generator can be saved too: dropout repeats', () => {
    const standard = torch.Generator.default();
    const state = standard.state();
    const dropped = torch.ops.dropout(torch.ones([64]), 0.5, true).toArray();
    expect(torch.ops.dropout(torch.ones([64]), 0.5, true).toArray()).not.toEqual(dropped);
    standard.setState(state);
    expect(torch.ops.dropout(torch.ones([64]), 0.5, true).toArray()).toEqual(dropped);
  });

  it('a generator of one’s own leaves the default one alone', () => {
    torch.manualSeed(1);
    const expected = torch.rand([3]).toArray();
    torch.manualSeed(1);
    torch.rand([10], { generator: new torch.Generator(2) });
    expect(torch.rand([3]).toArray()).toEqual(expected);
  });

  it('a state of the wrong length is refused', () => {
    const generator = new torch.Generator(1);
    expect(() => generator.setState(new Uint8Array(3))).toThrow(torch.TorchError);
    expect(() => new torch.Generator(1, 'nonsense')).toThrow(torch.TorchError);
    expect(() => new torch.Generator(-1)).toThrow(torch.TorchError);
  });
});
