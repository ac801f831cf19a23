// Fills one planned shard with weights: reads a few megabytes at a time and encodes them into place.

import { fail } from '../failure.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import { copyRows, isCopied, placeBlocks, type Blocks } from './copy-blocks.ts';
import { encodeRows, type Loss } from './encode.ts';
import { readDown, readGateUp } from './expert-weights.ts';
import type { Item } from './items.ts';
import { matrixBytes, readRows } from './matrix.ts';
import type { ShardPlan, Task } from './plan.ts';
import { readAhead } from './read-ahead.ts';

/** Elements of a matrix that are read at once: 8 MiB as f32, whatever the matrix's size. */
const CHUNK_ELEMENTS = 2 * 1024 * 1024;

/** Rows `first` to `end` of a task. */
interface Chunk {
  task: Task;
  first: number;
  end: number;
}

export type FilledShard =
  | { kind: 'filled'; bytes: Uint8Array<ArrayBuffer>; losses: Record<string, Loss> }
  /** The stored type of a group cannot hold its values, so the shards must be planned again with this group in F32. */
  | { kind: 'too-wide'; group: string };

/**
 * `onRead` receives the number of bytes of the checkpoint that each step converted, and the item to which they belong.
 */
export async function fillShard(
  source: CheckpointSource,
  plan: ShardPlan,
  onRead: (bytes: number, item: Item) => void,
  signal?: AbortSignal,
): Promise<FilledShard> {
  const bytes = new Uint8Array(plan.bytes);
  bytes.set(plan.header);
  const losses: Record<string, Loss> = {};
  for await (const [chunk, weights] of readAhead(chunksOf(plan), (next) => readChunk(source, next, signal))) {
    signal?.throwIfAborted();
    const { item } = chunk.task;
    const parts = encodeChunk(chunk, weights, bytes);
    for (const loss of parts) {
      if (!loss && isWidest(chunk.task)) fail('bad-checkpoint', `${item.group} holds values beyond F32.`);
      if (!loss) return { kind: 'too-wide', group: item.group };
      const sum = (losses[item.class] ??= { weights: 0, error: 0, power: 0 });
      sum.weights += loss.weights;
      sum.error += loss.error;
      sum.power += loss.power;
    }
    onRead(sourceBytes(chunk), item);
  }
  return { kind: 'filled', bytes, losses };
}

function* chunksOf(plan: ShardPlan): Generator<Chunk> {
  for (const task of plan.tasks) {
    const { item } = task;
    const rows = item.kind === 'matrix' ? Math.max(1, Math.floor(CHUNK_ELEMENTS / item.matrix.columns)) : 1;
    for (let first = task.first; first < task.end; first += rows) {
      yield { task, first, end: Math.min(task.end, first + rows) };
    }
  }
}

/**
 * Reads the matrices of a chunk: rows of one matrix, or gate_up and down of an expert. Returns f32, or the stored
 * blocks if they can be copied.
 */
async function readChunk(
  source: CheckpointSource,
  { task, first, end }: Chunk,
  signal?: AbortSignal,
): Promise<(Float32Array | Blocks)[]> {
  const { item } = task;
  const { storage } = item;
  if (item.kind === 'matrix') {
    const read = isCopied(item.matrix, storage) ? copyRows : readRows;
    return [await read(source, item.matrix, first, end, signal)];
  }
  const { weights } = item;
  const down = await readDown(source, weights, storage, signal);
  return [await readGateUp(source, weights, storage, signal), down];
}

/** Encodes a chunk and returns the loss of each matrix; undefined if a value does not fit its stored type. */
function encodeChunk(
  { task, first }: Chunk,
  weights: (Float32Array | Blocks)[],
  shard: Uint8Array<ArrayBuffer>,
): (Loss | undefined)[] {
  const { item, offsets } = task;
  const outputsEach = item.outputs.length / weights.length;
  return weights.map((values, index) => {
    const columns = item.kind === 'matrix' ? item.matrix.columns : index === 0 ? item.hidden : item.inner;
    const place = (output: number) => {
      const rowBytes = item.outputs[index * outputsEach + output]?.rowBytes ?? 0;
      return (offsets[index * outputsEach + output] ?? 0) + (first - task.first) * rowBytes;
    };
    return values instanceof Float32Array
      ? encodeRows(values, columns, item.storage, shard, [place(0), place(1)])
      : placeBlocks(values, shard, [place(0), place(1)]);
  });
}

function isWidest({ item }: Task): boolean {
  return item.storage.kind === 'float' && item.storage.dtype === 'F32';
}

function sourceBytes({ task: { item }, first, end }: Chunk): number {
  return item.kind === 'matrix'
    ? (matrixBytes(item.matrix) / item.matrix.rows) * (end - first)
    : item.sourceBytes;
}
