// Reads fields of a checkpoint's config.json. Each failure is 'bad-checkpoint' and names the field.

import { fail } from '../failure.ts';

export type Json = Record<string, unknown>;

export function object(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(name, 'is not an object');
  return value as Json;
}

/**
 * Upper limits, far above every published model. Without them, a value that is too large would exhaust the memory
 * before any check finds it wrong.
 */
const MOST: Record<string, number> = {
  hidden_size: 1 << 16,
  out_hidden_size: 1 << 16,
  intermediate_size: 1 << 20,
  moe_intermediate_size: 1 << 20,
  vocab_size: 1 << 22,
  num_hidden_layers: 1024,
  depth: 1024,
  num_attention_heads: 4096,
  num_key_value_heads: 4096,
  num_heads: 4096,
  head_dim: 4096,
  num_experts: 1 << 14,
  num_local_experts: 1 << 14,
  patch_size: 256,
  temporal_patch_size: 16,
  spatial_merge_size: 16,
  num_position_embeddings: 1 << 22,
  max_position_embeddings: 1 << 30,
};

export function count(json: Json, key: string, absent: number | undefined, at = ''): number {
  const value = json[key] ?? absent;
  const most = MOST[key] ?? 2 ** 31;
  if (typeof value === 'number' && value > most) wrong(at + key, `is ${value}; at most ${most} is read`);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    wrong(at + key, value === undefined ? 'is missing' : `is ${JSON.stringify(value)}, not a whole number`);
  }
  return value;
}

/** Reads a count that cannot be zero. */
export function size(json: Json, key: string, absent: number | undefined, at: string): number {
  const value = count(json, key, absent, at);
  return value > 0 ? value : wrong(at + key, 'is 0');
}

export function positive(json: Json, key: string, absent: number, at: string): number {
  const value = json[key] ?? absent;
  if (typeof value !== 'number' || !(value > 0)) wrong(at + key, `is ${JSON.stringify(value)}`);
  return value;
}

export function numbers(value: unknown, name: string): number[] {
  if (!Array.isArray(value)) wrong(name, 'is not a list');
  return value.map((each: unknown) => {
    if (typeof each !== 'number' || !Number.isSafeInteger(each) || each < 0)
      wrong(name, 'is not a list of whole numbers');
    return each;
  });
}

export function wrong(field: string, why: string): never {
  fail('bad-checkpoint', `config.json: ${field} ${why}.`);
}
