import { describe, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { dequantizeRows } from '../format/blocks.ts';
import { decodeBF16, decodeF16 } from '../format/float.ts';
import { shardFile, tensorRanges, type Manifest } from '../format/manifest.ts';
import { parseManifest } from '../format/parse-manifest.ts';
import { parseHeader, headerLength } from '../format/safetensors.ts';
import { convert, type ConvertProgress } from './convert.ts';
import { MemorySink, MemorySource, type Files } from '../../tools/tests/support/memory-ports.ts';
import type { PresetName } from './precision.ts';
import {
  checkpointFiles,
  config,
  fp8,
  model,
  packagedGateUp,
  tensor,
  weight,
} from '../../tools/tests/support/synthetic-checkpoint.ts';

const EXPERTS = 'model.language_model.layers.1.mlp.experts';
const Q_PROJ = 'model.language_model.layers.0.self_attn.q_proj.weight';

async function run(files: Files, preset: PresetName = 'exact', sink = new MemorySink()) {
  const source = new MemorySource(files);
  const report = await convert(source, sink, { preset });
  return { source, sink, report, manifest: readManifest(sink) };
}

function readManifest(sink: MemorySink): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(sink.files.get('manifest.json'))));
}

async function failure(files: Files, preset: PresetName = 'exact'): Promise<Failure> {
  try {
    await run(files, preset);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('the checkpoint was converted');
}

function shardBytes(sink: MemorySink, manifest: Manifest, index: number): Uint8Array<ArrayBuffer> {
  const shard = manifest.shards[index];
  const bytes = shard && sink.files.get(shardFile(shard));
  if (!bytes) throw new Error(`shard ${index} was not written`);
  return bytes;
}

/** A tensor's bytes, joined. */
function bytesOf(sink: MemorySink, manifest: Manifest, name: string): Uint8Array<ArrayBuffer> {
  const entry = manifest.tensors[name];
  if (!entry) throw new Error(`${name} is not in the manifest`);
  const parts = tensorRanges(entry).map(({ shard, offset, bytes }) =>
    shardBytes(sink, manifest, shard).subarray(offset, offset + bytes),
  );
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function dequantized(sink: MemorySink, manifest: Manifest, name: string): Float32Array {
  const quantization = manifest.tensors[name]?.quantization;
  if (!quantization) throw new Error(`${name} is not quantised`);
  const scales = new Uint16Array(bytesOf(sink, manifest, quantization.scales).buffer);
  return dequantizeRows(bytesOf(sink, manifest, name), scales, quantization.columns, quantization);
}

describe('convert', () => {
  it('keeps every tensor of a dense checkpoint byte for byte in the exact preset', async () => {
    const tensors = model('dense');
    const { sink, manifest, report } = await run(checkpointFiles(config('dense'), tensors));
    expect(Object.keys(manifest.tensors).sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data, shape }] of tensors) {
      expect(Buffer.compare(bytesOf(sink, manifest, name), data), name).toBe(0);
      expect(manifest.tensors[name]?.shape).toEqual(shape);
    }
    expect(report.unused).toEqual([]);
    expect([...report.losses.values()].every((loss) => loss.error === 0)).toBe(true);
  });

  it('copies side files untouched and names shards by their hash', async () => {
    const files = checkpointFiles(config('dense'), model('dense'));
    const { sink, manifest } = await run(files);
    expect(manifest.files.map((file) => file.name)).toEqual([
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'chat_template.jinja',
      'preprocessor_config.json',
    ]);
    for (const { name } of manifest.files) expect(sink.files.get(name)).toEqual(files.get(name));
    for (const [index, shard] of manifest.shards.entries()) {
      const digest = await crypto.subtle.digest('SHA-256', shardBytes(sink, manifest, index));
      expect(Buffer.from(digest).toString('hex')).toBe(shard.sha256);
    }
  });

  it('writes shards that are safetensors files, each array at a multiple of four', async () => {
    const { sink, manifest } = await run(checkpointFiles(config('moe'), model('moe')), 'balanced');
    const bytes = shardBytes(sink, manifest, 0);
    const length = headerLength(bytes, bytes.byteLength, 'shard');
    const entries = parseHeader(bytes.subarray(8, 8 + length), bytes.byteLength, 'shard');
    expect((8 + length) % 16).toBe(0);
    expect(entries.every((entry) => entry.start % 4 === 0)).toBe(true);
    expect(entries.map((entry) => entry.name)).toContain(`${EXPERTS}.3.down.scales`);
  });

  it('stores each expert as one range, gate and up rows alternating', async () => {
    const { sink, manifest } = await run(checkpointFiles(config('moe'), model('moe')));
    expect(manifest.experts.map((layer) => layer.layer)).toEqual([1]);
    const layer = manifest.experts[0]!;
    expect(layer.parts.map((part) => [part.name, part.dtype, part.shape])).toEqual([
      ['gate_up', 'BF16', [64, 64]],
      ['down', 'BF16', [64, 32]],
    ]);
    layer.at.forEach(([shard, offset], expert) => {
      const bytes = shardBytes(sink, manifest, shard).slice(offset, offset + layer.parts[0]!.bytes);
      expect(decodeBF16(new Uint16Array(bytes.buffer))).toEqual(packagedGateUp(expert));
    });
  });

  it.each(['exact', 'balanced', 'small'] as const)(
    'gives the same shards for fused experts of either orientation and for one tensor per expert (%s)',
    async (preset) => {
      const shards = async (layout: 'in-out' | 'out-in' | 'separate') => {
        const files = checkpointFiles(config('moe'), model('moe', 'BF16', layout));
        return (await run(files, preset)).manifest.shards;
      };
      const official = await shards('in-out');
      expect(await shards('out-in')).toEqual(official);
      expect(await shards('separate')).toEqual(official);
    },
  );

  it('gives the same shards for one file and for several with an index', async () => {
    const one = await run(checkpointFiles(config('moe'), model('moe')), 'balanced');
    const three = await run(checkpointFiles(config('moe'), model('moe'), 3), 'balanced');
    expect(three.manifest).toEqual(one.manifest);
  });

  it('gives the same quantised shards for F32, F16 and BF16 files of the same weights', async () => {
    const shards = async (dtype: 'F32' | 'F16' | 'BF16') =>
      (await run(checkpointFiles(config('moe'), model('moe', dtype)), 'balanced')).manifest.shards;
    const bf16 = await shards('BF16');
    expect(await shards('F16')).toEqual(bf16);
    expect(await shards('F32')).toEqual(bf16);
  });

  it('understands the key prefixes of older checkpoints', async () => {
    const older = new Map(
      [...model('dense')].map(([name, value]) => [
        name.replace('model.visual.', 'visual.').replace('model.language_model.', 'model.'),
        value,
      ]),
    );
    const { manifest } = await run(checkpointFiles(config('dense'), older));
    expect(manifest).toEqual((await run(checkpointFiles(config('dense'), model('dense')))).manifest);
  });

  it('multiplies FP8 values by their block scales, partial blocks included', async () => {
    const tensors = model('moe');
    const q = fp8([32, 64], 24, 'q');
    const gateUp = fp8([4, 64, 64], 24, 'experts');
    tensors.set(Q_PROJ, q.stored).set(`${Q_PROJ}_scale_inv`, q.scales);
    tensors
      .set(`${EXPERTS}.gate_up_proj`, gateUp.stored)
      .set(`${EXPERTS}.gate_up_proj_scale_inv`, gateUp.scales);
    const json = {
      ...config('moe'),
      quantization_config: { quant_method: 'fp8', weight_block_size: [24, 24] },
    };
    const { sink, manifest, report } = await run(checkpointFiles(json, tensors));
    expect(report.unused).toEqual([]);
    expect(manifest.tensors[Q_PROJ]?.dtype).toBe('F32');
    expect(new Float32Array(bytesOf(sink, manifest, Q_PROJ).buffer)).toEqual(q.values);
    const layer = manifest.experts[0]!;
    const [shard, offset] = layer.at[2]!;
    const bytes = shardBytes(sink, manifest, shard).slice(offset, offset + layer.parts[0]!.bytes);
    const stored = new Float32Array(bytes.buffer);
    // Stored (H, 2I), gates first: package row 2·i is column i, row 2·i + 1 is column I + i.
    const at = (row: number, column: number) => gateUp.values[(2 * 64 + row) * 64 + column];
    expect([stored[5], stored[64 + 5], stored[6 * 64 + 63]]).toEqual([at(5, 0), at(5, 32), at(63, 3)]);
  });

  it('quantises as the balanced preset says and reports the loss by kind', async () => {
    const { sink, manifest, report } = await run(checkpointFiles(config('moe'), model('moe')), 'balanced');
    const form = (name: string) => {
      const entry = manifest.tensors[name];
      return entry?.quantization ? `int${entry.quantization.bits}/${entry.quantization.block}` : entry?.dtype;
    };
    expect(form(Q_PROJ)).toBe('int4/32');
    expect(form('model.language_model.embed_tokens.weight')).toBe('int8/32');
    expect(form('lm_head.weight')).toBe('int8/32');
    expect(form('model.language_model.layers.1.mlp.gate.weight')).toBe('F16');
    expect(form('model.language_model.norm.weight')).toBe('F32');
    expect(form('model.visual.pos_embed.weight')).toBe('F32');
    expect(form('model.visual.blocks.0.attn.qkv.weight')).toBe('F16');
    expect(manifest.experts[0]?.parts.map((part) => [part.name, part.shape])).toEqual([
      ['gate_up', [64, 32]],
      ['gate_up.scales', [64, 2]],
      ['down', [64, 16]],
      ['down.scales', [64, 1]],
    ]);
    const restored = dequantized(sink, manifest, Q_PROJ);
    const error = restored.reduce((sum, value, i) => sum + (value - weight(Q_PROJ, i)) ** 2, 0);
    const power = restored.reduce((sum, _, i) => sum + weight(Q_PROJ, i) ** 2, 0);
    expect(Math.sqrt(error / power)).toBeLessThan(0.08);
    const attention = report.losses.get('attention');
    expect(attention && Math.sqrt(attention.error / attention.power)).toBeLessThan(0.08);
  });

  it('pads the last block if 32 does not divide the columns, or takes blocks of 16 if these take fewer bytes', async () => {
    const { sink, manifest } = await run(checkpointFiles(config('dense'), model('dense')), 'small');
    // 40 columns: 16 does not divide them.
    const padded = manifest.tensors['model.visual.blocks.0.mlp.linear_fc2.weight'];
    expect(padded?.shape).toEqual([16, 2, 32]);
    expect(padded?.quantization).toMatchObject({ block: 32, rows: 16, columns: 40 });
    const name = 'model.visual.blocks.0.mlp.linear_fc2.weight';
    expect(Math.abs(dequantized(sink, manifest, name)[41]! - weight(name, 41))).toBeLessThan(0.01);
    // 16 columns: one block of 16.
    expect(manifest.tensors['model.visual.blocks.0.attn.qkv.weight']?.quantization?.block).toBe(16);
  });

  it('keeps a tensor in F32 when F16 cannot hold its values', async () => {
    const tensors = model('dense');
    const name = 'model.visual.blocks.1.attn.proj.weight';
    tensors.set(
      name,
      tensor([16, 16], (i) => (i === 200 ? 70000 : 1), 'F32'),
    );
    const { sink, manifest, report } = await run(checkpointFiles(config('dense'), tensors), 'balanced');
    expect(report.wide).toEqual([name]);
    expect(manifest.tensors[name]?.dtype).toBe('F32');
    expect(new Float32Array(bytesOf(sink, manifest, name).buffer)[200]).toBe(70000);
    const shards = [...sink.files.keys()].filter((file) => file.endsWith('.safetensors'));
    expect(shards.length).toBe(manifest.shards.length);
  });

  it('keeps experts at 16 bits when no block divides both of their widths', async () => {
    const tensors = model('moe');
    const inner = 24;
    tensors.set(
      `${EXPERTS}.gate_up_proj`,
      tensor([4, 64, 2 * inner], (i) => weight('a', i)),
    );
    tensors.set(
      `${EXPERTS}.down_proj`,
      tensor([4, inner, 64], (i) => weight('b', i)),
    );
    const json = config('moe', { moe_intermediate_size: inner });
    const { manifest, sink } = await run(checkpointFiles(json, tensors), 'balanced');
    const layer = manifest.experts[0]!;
    expect(layer.parts.map((part) => part.dtype)).toEqual(['F16', 'F16']);
    const [shard, offset] = layer.at[0]!;
    const bytes = shardBytes(sink, manifest, shard).slice(offset, offset + 4);
    expect([...decodeF16(new Uint16Array(bytes.buffer))]).toEqual([weight('a', 0), weight('a', 2 * inner)]);
  });

  it('reads a square gate_up in the orientation that down shows', async () => {
    // H = 2·I makes gate_up square, as in this model; the shape of down shows the orientation.
    const { sink, manifest } = await run(checkpointFiles(config('moe'), model('moe', 'F16', 'out-in')));
    const layer = manifest.experts[0]!;
    const [shard, offset] = layer.at[1]!;
    const bytes = shardBytes(sink, manifest, shard).slice(offset, offset + layer.parts[0]!.bytes);
    expect(decodeF16(new Uint16Array(bytes.buffer))).toEqual(packagedGateUp(1));
  });

  it('reports tensors that the model does not use, without failing', async () => {
    const tensors = model('dense').set(
      'extra.weight',
      tensor([2], () => 1),
    );
    tensors.set('lm_head.weight', tensors.get('model.language_model.embed_tokens.weight')!);
    const { report, manifest } = await run(checkpointFiles(config('dense'), tensors));
    expect(report.unused).toEqual(['extra.weight', 'lm_head.weight']);
    expect(manifest.tensors['lm_head.weight']).toBeUndefined();
  });

  it('keeps a head that differs from the embedding, though the config ties them', async () => {
    const head = tensor([40, 64], (i) => weight('head', i));
    const tensors = model('dense').set('lm_head.weight', head);
    const { report, sink, manifest } = await run(checkpointFiles(config('dense'), tensors));
    expect(report.unused).toEqual([]);
    expect(Buffer.compare(bytesOf(sink, manifest, 'lm_head.weight'), head.data)).toBe(0);
  });

  it('reports its progress, up to all of the bytes', async () => {
    const seen: ConvertProgress[] = [];
    const source = new MemorySource(checkpointFiles(config('moe'), model('moe')));
    await convert(source, new MemorySink(), {
      preset: 'exact',
      onProgress: (progress) => seen.push(progress),
    });
    const weights = [...model('moe').values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(seen.at(-1)).toMatchObject({ done: weights, resumed: 0, total: weights });
    // The embedding, two layers, the head and the vision encoder, then the experts, which only layer 2 has.
    const layers = seen.map(({ layer }) => layer).filter((layer, i, all) => i === 0 || layer !== all[i - 1]);
    expect(layers).toEqual([null, 1, 2, null, 2]);
    expect(seen.every((progress) => progress.layers === 2)).toBe(true);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
  });
});

describe('a checkpoint that is not what it should be', () => {
  const cases: [string, (files: Files) => void, string, string][] = [
    ['has no config', (f) => f.delete('config.json'), 'missing-file', 'lacks config.json'],
    ['has no tokenizer', (f) => f.delete('tokenizer.json'), 'missing-file', 'lacks tokenizer.json'],
    [
      'has a damaged tokenizer',
      (f) => f.set('tokenizer.json', new TextEncoder().encode('{"a":')),
      'bad-checkpoint',
      'tokenizer.json is not valid JSON',
    ],
    [
      'does not say how pictures are prepared',
      (f) => f.delete('preprocessor_config.json'),
      'missing-file',
      'neither preprocessor_config.json nor processor_config.json',
    ],
    ['has no weights', (f) => f.delete('model.safetensors'), 'missing-file', 'neither model.safetensors nor'],
    [
      'is truncated',
      (f) => f.set('model.safetensors', f.get('model.safetensors')!.slice(0, -10)),
      'bad-checkpoint',
      'the file is truncated',
    ],
  ];
  it.each(cases)('is refused when it %s', async (_, change, code, message) => {
    const files = checkpointFiles(config('dense'), model('dense'));
    change(files);
    const error = await failure(files);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('is refused with the name of a tensor that is missing', async () => {
    const tensors = model('dense');
    tensors.delete(Q_PROJ);
    const error = await failure(checkpointFiles(config('dense'), tensors));
    expect(error.message).toBe(`The checkpoint lacks the tensor ${Q_PROJ}.`);
  });

  it('is refused with the name and both shapes of a tensor of the wrong shape', async () => {
    const tensors = model('moe').set(
      `${EXPERTS}.down_proj`,
      tensor([4, 32, 63], () => 1),
    );
    const error = await failure(checkpointFiles(config('moe'), tensors));
    expect(error.message).toBe(
      `Tensor ${EXPERTS}.down_proj has the shape [4, 32, 63]; the config asks for [4, 32, 64] or [4, 64, 32].`,
    );
  });

  it.each([NaN, Infinity, -Infinity])('is refused with the name of a tensor that holds %s', async (value) => {
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      const tensors = model('dense').set(
        Q_PROJ,
        tensor([32, 64], (i) => (i === 77 ? value : 1), dtype),
      );
      const error = await failure(checkpointFiles(config('dense'), tensors), 'balanced');
      expect(error.message).toBe(`Tensor ${Q_PROJ} holds a value that is not a finite number.`);
    }
  });

  it('is refused with the name of an FP8 tensor that has no scales', async () => {
    const tensors = model('dense').set(Q_PROJ, fp8([32, 64], 128, 'q').stored);
    const error = await failure(checkpointFiles(config('dense'), tensors));
    expect(error.message).toContain(`${Q_PROJ} has no block scales`);
  });

  it('is refused when a tensor is in two files', async () => {
    const files = checkpointFiles(config('dense'), model('dense'), 2);
    const index = JSON.stringify({ weight_map: { a: 'model-1-of-2.safetensors', b: 'copy.safetensors' } });
    files.set('model.safetensors.index.json', new TextEncoder().encode(index));
    files.set('copy.safetensors', files.get('model-1-of-2.safetensors')!);
    expect((await failure(files)).message).toMatch(
      /^Tensor .* is there twice, in copy.safetensors and in model-1/,
    );
  });

  it('is refused when its index promises a tensor that is not there, or names a missing file', async () => {
    const files = checkpointFiles(config('dense'), model('dense'), 2);
    const whole = new TextDecoder().decode(files.get('model.safetensors.index.json'));
    const more = whole.replace('"weight_map":{', '"weight_map":{"ghost":"model-2-of-2.safetensors",');
    files.set('model.safetensors.index.json', new TextEncoder().encode(more));
    expect((await failure(files)).message).toContain('promises ghost in model-2-of-2.safetensors');
    files.delete('model-2-of-2.safetensors');
    expect(await failure(files)).toMatchObject({ code: 'missing-file' });
  });

  it('is refused when it is quantised in another way', async () => {
    const json = { ...config('dense'), quantization_config: { quant_method: 'awq' } };
    expect((await failure(checkpointFiles(json, model('dense')))).message).toContain(
      'quant_method: is "awq"',
    );
  });
});
