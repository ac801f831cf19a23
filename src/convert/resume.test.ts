import { describe, expect, it } from 'vitest';
import { MANIFEST_FILE, tensorRanges } from '../format/manifest.ts';
import { convert, type ConvertOptions, type ConvertProgress } from './convert.ts';
import { MemorySink, MemorySource } from '../../tools/tests/support/memory-ports.ts';
import {
  checkpointFiles,
  config,
  model,
  tensor,
  weight,
} from '../../tools/tests/support/synthetic-checkpoint.ts';

/** Shards are small, so that there are a dozen of them and large tensors are cut. */
const OPTIONS: ConvertOptions = { preset: 'balanced', shardBytes: 6000 };
const FILES = checkpointFiles(config('moe'), model('moe'));

/** Name → content, sorted by name. */
function contents(sink: MemorySink): Map<string, string> {
  const names = [...sink.files.keys()].sort();
  return new Map(names.map((name) => [name, Buffer.from(sink.files.get(name) ?? []).toString('base64')]));
}

describe('shards', () => {
  it('stay below their limit, and a tensor larger than one is cut between rows', async () => {
    const source = new MemorySource(checkpointFiles(config('dense'), model('dense')));
    const { manifest } = await convert(source, new MemorySink(), { preset: 'exact', shardBytes: 10_000 });
    expect(manifest.shards.length).toBeGreaterThan(5);
    expect(Math.max(...manifest.shards.map((shard) => shard.bytes))).toBeLessThanOrEqual(10_000);
    const entry = manifest.tensors['model.language_model.layers.0.mlp.gate_proj.weight'];
    const ranges = entry ? tensorRanges(entry) : [];
    expect(ranges.length).toBe(2);
    expect(ranges.every((range) => range.bytes % (64 * 2) === 0)).toBe(true);
    expect(ranges.reduce((sum, range) => sum + range.bytes, 0)).toBe(96 * 64 * 2);
  });

  it('are the same every time', async () => {
    const [first, second] = [new MemorySink(), new MemorySink()];
    await convert(new MemorySource(FILES), first, OPTIONS);
    await convert(new MemorySource(FILES), second, OPTIONS);
    expect(contents(second)).toEqual(contents(first));
  });

  it('refuse an expert that does not fit into one', async () => {
    const job = convert(new MemorySource(FILES), new MemorySink(), { preset: 'exact', shardBytes: 5000 });
    await expect(job).rejects.toThrow(
      'model.language_model.layers.1.mlp.experts has a part that is larger than a shard',
    );
  });
});

describe('a conversion that was stopped', () => {
  it('gives the same package wherever it was killed, and has no manifest before the end', async () => {
    const whole = new MemorySink();
    await convert(new MemorySource(FILES), whole, OPTIONS);
    for (let writes = 0; ; writes++) {
      const sink = new MemorySink();
      sink.writesLeft = writes;
      const killed = await convert(new MemorySource(FILES), sink, OPTIONS).then(
        () => false,
        () => true,
      );
      expect(sink.files.has(MANIFEST_FILE)).toBe(!killed);
      if (!killed) break;
      sink.writesLeft = Infinity;
      await convert(new MemorySource(FILES), sink, OPTIONS);
      expect(contents(sink)).toEqual(contents(whole));
    }
  });

  it('reads no weights again for stored shards', async () => {
    const sink = new MemorySink();
    const first = new MemorySource(FILES);
    await convert(first, sink, OPTIONS);
    const again = new MemorySource(FILES);
    const seen: ConvertProgress[] = [];
    await convert(again, sink, { ...OPTIONS, onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ resumed: seen.at(-1)?.total });
    // Only headers, samples and side files are read again.
    const weights = [...model('moe').values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(first.bytesRead - again.bytesRead).toBe(weights);
  });

  it('writes a shard anew that was damaged or lost meanwhile', async () => {
    const sink = new MemorySink();
    const { manifest } = await convert(new MemorySource(FILES), sink, OPTIONS);
    const before = contents(sink);
    const [first, second] = manifest.shards.map((shard) => `${shard.sha256}.safetensors`);
    sink.files.set(first ?? '', new Uint8Array(100));
    sink.files.delete(second ?? '');
    await convert(new MemorySource(FILES), sink, OPTIONS);
    expect(contents(sink)).toEqual(before);
  });

  it('stops at an abort and can continue', async () => {
    const sink = new MemorySink();
    const abort = new AbortController();
    const onProgress = ({ done, total }: ConvertProgress) => {
      if (done > total / 2) abort.abort();
    };
    const job = convert(new MemorySource(FILES), sink, { ...OPTIONS, onProgress, signal: abort.signal });
    await expect(job).rejects.toMatchObject({ name: 'AbortError' });
    expect(sink.files.has(MANIFEST_FILE)).toBe(false);
    await convert(new MemorySource(FILES), sink, OPTIONS);
    expect(sink.files.has(MANIFEST_FILE)).toBe(true);
  });

  it('is not continued with another preset or with other weights of the same shapes', async () => {
    const sink = new MemorySink();
    await convert(new MemorySource(FILES), sink, OPTIONS);
    const otherPreset = convert(new MemorySource(FILES), sink, { ...OPTIONS, preset: 'small' });
    await expect(otherPreset).rejects.toMatchObject({ code: 'changed-file' });
    const tensors = model('moe');
    tensors.set(
      'lm_head.weight',
      tensor([40, 64], (i) => weight('a fine-tune', i)),
    );
    const otherWeights = convert(new MemorySource(checkpointFiles(config('moe'), tensors)), sink, OPTIONS);
    await expect(otherWeights).rejects.toMatchObject({ code: 'changed-file' });
    expect(sink.files.has(MANIFEST_FILE)).toBe(true);
  });

  it('continues after a tensor turned out too wide for F16', async () => {
    const tensors = model('dense');
    const name = 'model.visual.merger.linear_fc2.weight';
    tensors.set(
      name,
      tensor([64, 64], (i) => (i === 4000 ? 70000 : 1), 'F32'),
    );
    const files = checkpointFiles(config('dense'), tensors);
    const whole = new MemorySink();
    await convert(new MemorySource(files), whole, OPTIONS);
    const sink = new MemorySink();
    sink.writesLeft = whole.files.size;
    await expect(convert(new MemorySource(files), sink, OPTIONS)).rejects.toThrow('killed');
    sink.writesLeft = Infinity;
    const { wide } = await convert(new MemorySource(files), sink, OPTIONS);
    expect(wide).toEqual([name]);
    expect(contents(sink)).toEqual(contents(whole));
  });
});

describe('memory', () => {
  it('a large matrix is read by rows: no read is larger than 8 MiB', async () => {
    const vocab = 100_000;
    const tensors = model('dense');
    const name = 'model.language_model.embed_tokens.weight';
    const data = new Uint8Array(vocab * 64 * 4);
    tensors.set(name, { dtype: 'F32', shape: [vocab, 64], data });
    const source = new MemorySource(checkpointFiles(config('dense', { vocab_size: vocab }), tensors));
    await convert(source, new MemorySink(), { preset: 'balanced' });
    expect(source.largestRead).toBe(8 * 1024 * 1024);
  });
});
