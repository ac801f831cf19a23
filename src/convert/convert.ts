// Converts a checkpoint to a package, as a stream: plans all shards from the headers, fills and writes one shard after
// the other, and writes the manifest last. The code is the same in the browser and in Node; storage is behind two
// ports.

import { fail } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import { MANIFEST_FILE, MAX_SHARD_BYTES, shardFile, type Manifest } from '../format/manifest.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import { parseManifest } from '../format/parse-manifest.ts';
import { sha256Hex } from '../format/sha256.ts';
import { Binder, parseScaleBlock } from './bind.ts';
import { buildManifest } from './build-manifest.ts';
import { openCheckpoint, readExactly } from './checkpoint.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import type { Loss } from './encode.ts';
import { storedMatrices } from './expert-weights.ts';
import { fillShard } from './fill-shard.ts';
import { packageItems, type Item } from './items.ts';
import { openGguf } from './gguf/open-gguf.ts';
import { hasOwnHead } from './own-head.ts';
import type { PackageSink } from './package-sink.ts';
import { planShards, type ShardPlan } from './plan.ts';
import { PRESETS, type PresetName } from './precision.ts';
import { encodeRecord, parseRecord, RECORD_FILE, type ConversionRecord, type ShardRecord } from './record.ts';
import { copySideFiles } from './side-files.ts';

/** Raise this number when a change of the converter produces other bytes for the same checkpoint and preset. */
const CONVERTER_VERSION = 1;

export interface ConvertOptions {
  preset: PresetName;
  /** The largest size of a shard: at most MAX_SHARD_BYTES, which is the default. */
  shardBytes?: number;
  /**
   * Whether to start over, instead of failing, if the sink holds the begun conversion of another checkpoint or preset.
   */
  startsOver?: boolean;
  onProgress?: (progress: ConvertProgress) => void;
  signal?: AbortSignal;
}

export interface ConvertProgress {
  /** Bytes of the checkpoint. `done`: converted so far. `resumed`: the part of `done` that an earlier run converted. */
  done: number;
  resumed: number;
  total: number;
  /** The decoder layer that the last bytes belong to, counted from 1; null if they belong to no layer. */
  layer: number | null;
  /** Layers of the decoder. */
  layers: number;
}

export interface ConversionReport {
  manifest: Manifest;
  /** Bytes of the package. */
  bytes: number;
  /** Quantisation loss by tensor class. */
  losses: Map<string, Loss>;
  /** Tensors of the checkpoint that the model does not use. */
  unused: string[];
  /** Tensors (or layers of experts) kept in F32, because F16 cannot hold their values. */
  wide: string[];
  /** The side files that the checkpoint lacks and that were rebuilt from the key-values of its GGUF files. */
  rebuilt: string[];
}

interface Run {
  source: CheckpointSource;
  sink: PackageSink;
  record: ConversionRecord;
  options: ConvertOptions;
}

/**
 * Converts a checkpoint, or resumes a conversion that was stopped. The sink holds no manifest until the end.
 * Fails with 'bad-checkpoint' (naming the tensor or field), with 'missing-file', with 'changed-file' if the
 * sink holds the begun conversion of another checkpoint or preset (see `startsOver`), or with 'bad-request' if it holds a package.
 * An abort rejects with the signal's reason; the conversion can then be resumed.
 */
export async function convert(
  files: CheckpointSource,
  sink: PackageSink,
  options: ConvertOptions,
): Promise<ConversionReport> {
  const { preset, shardBytes = MAX_SHARD_BYTES, signal } = options;
  const gguf = await openGguf(files, signal);
  const source = gguf?.source ?? files;
  const { config, json, bytes: configBytes } = await readConfig(source, signal);
  const checkpoint = gguf?.checkpoint ?? (await openCheckpoint(source, signal));
  const block = parseScaleBlock(json);
  const { text } = config;
  if (text.tiedHead) {
    text.tiedHead = !(await hasOwnHead(source, new Binder(checkpoint.tensors, block), text, signal));
  }
  const identity = [CONVERTER_VERSION, PRESETS[preset], await sha256Hex(configBytes), checkpoint.fingerprint];
  const id = await hashJson([preset, shardBytes, ...identity]);
  const record = await openRecord(sink, id, options.startsOver === true);
  const run: Run = { source, sink, record, options };
  for (;;) {
    const binder = new Binder(checkpoint.tensors, block);
    const plans = planShards(packageItems(config, binder, PRESETS[preset], new Set(record.wide)), shardBytes);
    const sideFiles = await copySideFiles(source, sink, signal);
    const tooWide = await writeShards(run, plans, text.layers);
    if (tooWide === undefined) {
      const report = await finish(run, plans, sideFiles, binder.unused());
      return { ...report, rebuilt: gguf?.rebuilt ?? [] };
    }
    record.wide.push(tooWide);
    await sink.write(RECORD_FILE, encodeRecord(record));
  }
}

async function readConfig(source: CheckpointSource, signal?: AbortSignal) {
  const size = await source.size('config.json', signal);
  if (size === undefined) fail('missing-file', 'The checkpoint lacks config.json.');
  const bytes = await readExactly(source, 'config.json', 0, size, signal);
  const json = parseJson(new TextDecoder().decode(bytes), 'config.json', 'bad-checkpoint');
  return { config: parseModelConfig(json), json, bytes };
}

/**
 * Returns the record of an earlier run of this conversion, or a new one. Removes the manifest of an earlier
 * run.
 */
async function openRecord(sink: PackageSink, source: string, startsOver: boolean): Promise<ConversionRecord> {
  const fresh: ConversionRecord = { source, wide: [], shards: [] };
  const bytes = await sink.read(RECORD_FILE);
  if (!bytes) {
    if (await sink.read(MANIFEST_FILE))
      fail('bad-request', 'The target already holds a package; choose another.');
    return fresh;
  }
  const record = parseRecord(bytes);
  if (record.source !== source) {
    if (startsOver) return fresh;
    fail('changed-file', 'The target holds a conversion of another checkpoint or preset; remove it first.');
  }
  // A shard may turn out damaged and be written again; until then the package must not look complete.
  await sink.remove(MANIFEST_FILE);
  return record;
}

/** Writes all missing shards. If there is a group whose values F16 cannot hold, returns its name. */
async function writeShards(run: Run, plans: ShardPlan[], layers: number): Promise<string | undefined> {
  const { source, sink, record, options } = run;
  const { signal } = options;
  const total = sum(plans.map(sourceBytes));
  const progress: ConvertProgress = { done: 0, resumed: 0, total, layer: null, layers };
  const advance = (bytes: number, item?: Item) => {
    progress.done += bytes;
    progress.layer = item?.layer === undefined ? null : item.layer + 1;
    options.onProgress?.({ ...progress });
  };
  // The next shard is filled while this one is hashed and written.
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const plan of plans) {
      const key = await shardKey(record, plan);
      if (await isWritten(sink, record, key)) {
        progress.resumed += sourceBytes(plan);
        advance(sourceBytes(plan));
        continue;
      }
      const filled = await fillShard(source, plan, advance, signal);
      await writing;
      if (filled.kind === 'too-wide') return filled.group;
      const { bytes, losses } = filled;
      writing = writeShard(sink, record, bytes, { key, losses, files: filesOf(plan) });
      // The next iteration awaits this promise; until then a rejection must not count as unhandled.
      writing.catch(() => undefined);
    }
  } finally {
    await writing;
  }
  return undefined;
}

async function writeShard(
  sink: PackageSink,
  record: ConversionRecord,
  bytes: Uint8Array<ArrayBuffer>,
  { key, losses, files }: Pick<ShardRecord, 'key' | 'losses'> & { files: string[] },
): Promise<void> {
  const shard = { sha256: await sha256Hex(bytes), bytes: bytes.byteLength };
  await sink.write(shardFile(shard), bytes);
  record.shards = [...record.shards.filter((known) => known.key !== key), { key, ...shard, losses, files }];
  await sink.write(RECORD_FILE, encodeRecord(record));
}

/** Whether an earlier run wrote the shard, and its bytes are still the same. */
async function isWritten(sink: PackageSink, record: ConversionRecord, key: string): Promise<boolean> {
  const known = record.shards.find((shard) => shard.key === key);
  const bytes = known && (await sink.read(shardFile(known)));
  return known !== undefined && bytes !== undefined && (await sha256Hex(bytes)) === known.sha256;
}

async function finish(
  { sink, record, options }: Run,
  plans: ShardPlan[],
  files: Manifest['files'],
  unused: string[],
): Promise<Omit<ConversionReport, 'rebuilt'>> {
  const keys = await Promise.all(plans.map((plan) => shardKey(record, plan)));
  const shards = keys.flatMap((key) => record.shards.find((shard) => shard.key === key) ?? []);
  const names = new Set(shards.map(shardFile));
  // These shards belong to a plan that was abandoned because a group turned out too wide for F16.
  for (const old of record.shards) if (!names.has(shardFile(old))) await sink.remove(shardFile(old));
  record.shards = shards;
  await sink.write(RECORD_FILE, encodeRecord(record));
  const listed = shards.map(({ sha256, bytes }) => ({ sha256, bytes }));
  const manifest = buildManifest(options.preset, files, plans, listed);
  const text = new TextEncoder().encode(`${JSON.stringify(manifest)}\n`);
  // Readers will parse these very bytes, so a mistake in the manifest fails here and not when a user loads the model.
  parseManifest(JSON.parse(new TextDecoder().decode(text)));
  await sink.write(MANIFEST_FILE, text);
  const bytes = sum([...shards, ...files].map((file) => file.bytes)) + text.byteLength;
  return { manifest, bytes, losses: addUp(shards), unused, wide: record.wide };
}

/** Identifies a shard's content by the conversion and by the tensors, rows and offsets in the shard. */
function shardKey(record: ConversionRecord, plan: ShardPlan): Promise<string> {
  const tasks = plan.tasks.map(({ item, first, end, offsets }) => {
    return [item.outputs.map((output) => output.name), item.storage, first, end, offsets];
  });
  return hashJson([record.source, tasks]);
}

/** The checkpoint's files from which a shard is made. */
function filesOf({ tasks }: ShardPlan): string[] {
  const matrices = tasks.flatMap(({ item }) => {
    if (item.kind === 'expert') return storedMatrices(item.weights);
    return item.matrix.alternate ? [item.matrix, item.matrix.alternate.matrix] : [item.matrix];
  });
  const scales = matrices.flatMap(({ scale }) => (scale ? [scale.matrix] : []));
  return [...new Set([...matrices, ...scales].map(({ file }) => file))].sort();
}

function hashJson(value: unknown): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify(value)));
}

function addUp(shards: ShardRecord[]): Map<string, Loss> {
  const total = new Map<string, Loss>();
  for (const { losses } of shards) {
    for (const [name, loss] of Object.entries(losses)) {
      const so = total.get(name) ?? { weights: 0, error: 0, power: 0 };
      total.set(name, {
        weights: so.weights + loss.weights,
        error: so.error + loss.error,
        power: so.power + loss.power,
      });
    }
  }
  return total;
}

function sourceBytes(plan: ShardPlan): number {
  return sum(
    plan.tasks.map(({ item, first, end }) =>
      item.kind === 'matrix' ? (item.sourceBytes / item.matrix.rows) * (end - first) : item.sourceBytes,
    ),
  );
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
