import { describe, expect, it } from 'vitest';
import { Field } from '../../format/json-field.ts';
import { renameText, type FiledTensor } from './names.ts';

const KEYS = new Field(
  {
    'general.architecture': 'qwen3vl',
    'qwen3vl.attention.key_length': 8,
    'qwen3vl.attention.head_count': 4,
    'qwen3vl.attention.head_count_kv': 2,
  },
  'x.gguf: ',
  'bad-checkpoint',
);

function f16(name: string, shape: number[]): FiledTensor {
  const bytes = shape.reduce((product, axis) => product * axis, 2);
  return { name, dtype: 'F16', shape, file: 'x.gguf', start: 64, end: 64 + bytes };
}

/** Returns the name, the shape and the bytes of each tensor. */
function renamed(tensor: FiledTensor, isFused = false): unknown[] | undefined {
  return renameText(tensor, KEYS, () => isFused)?.map(({ name, shape, start, end }) => [
    name.replace('model.language_model.layers.3.', ''),
    shape,
    [start, end],
  ]);
}

describe('renameText', () => {
  it('cuts fused attention into the rows of queries, keys and values', () => {
    expect(renamed(f16('blk.3.attn_qkv.weight', [64, 10]))).toEqual([
      ['self_attn.q_proj.weight', [32, 10], [64, 704]],
      ['self_attn.k_proj.weight', [16, 10], [704, 1024]],
      ['self_attn.v_proj.weight', [16, 10], [1024, 1344]],
    ]);
    expect(renamed(f16('blk.3.attn_qkv.weight', [63, 10]))).toBeUndefined();
  });

  it('cuts the matrices of experts, each a part of the same bytes', () => {
    expect(renamed(f16('blk.3.ffn_down_exps.weight', [2, 5, 4]))).toEqual([
      ['mlp.experts.0.down_proj.weight', [5, 4], [64, 104]],
      ['mlp.experts.1.down_proj.weight', [5, 4], [104, 144]],
    ]);
  });

  it('leaves experts in one tensor per layer if gate and up are fused', () => {
    const gateUp = f16('blk.3.ffn_gate_up_exps.weight', [2, 8, 5]);
    expect(renamed(gateUp, true)).toEqual([['mlp.experts.gate_up_proj', [2, 8, 5], [64, 224]]]);
    const down = f16('blk.3.ffn_down_exps.weight', [2, 5, 4]);
    expect(renamed(down, true)).toEqual([['mlp.experts.down_proj', [2, 5, 4], [64, 144]]]);
  });

  it('knows no tensor of other models', () => {
    for (const name of ['blk.3.attn_q.bias', 'rope_freqs.weight', 'blk.3.attn_q.scale', 'v.post_ln.weight']) {
      expect(renamed(f16(name, [4, 4]))).toBeUndefined();
    }
  });
});
