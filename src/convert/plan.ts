// Lays out the package before any weight is read: assigns the rows of each item a place in a shard. A shard is
// therefore a pure function of checkpoint and preset, so that a conversion can resume.

import { fail } from '../failure.ts';
import { writeHeader, type NewEntry } from '../format/safetensors.ts';
import type { Item } from './items.ts';

/** Rows `first` to `end` of an item; output i of the item begins at `offsets[i]` of the shard file. */
export interface Task {
  item: Item;
  first: number;
  end: number;
  offsets: number[];
}

export interface ShardPlan {
  /** The first bytes of the file. */
  header: Uint8Array;
  /** Length of the file. */
  bytes: number;
  tasks: Task[];
}

/** An upper bound for the size of a tensor's entry in a header, without its name. */
const ENTRY_BYTES = 160;
const HEADER_BYTES = 64;

/** Fills shards in order. An item that does not fit into the rest of a shard begins the next shard. */
export function planShards(items: Item[], maxBytes: number): ShardPlan[] {
  const shards: ShardPlan[] = [];
  let open: Task[] = [];
  let free = maxBytes - HEADER_BYTES;
  const close = () => {
    if (open.length > 0) shards.push(layOut(open));
    open = [];
    free = maxBytes - HEADER_BYTES;
  };
  for (const item of items) {
    const rows = rowCount(item);
    const rowBytes =
      item.outputs.reduce((sum, output) => sum + output.rowBytes * rowsOf(item, output), 0) / rows;
    const overhead = item.outputs.reduce((sum, output) => sum + output.name.length + ENTRY_BYTES, 0);
    const whole = rows * rowBytes + overhead;
    if (whole > free) close();
    let first = 0;
    while (first < rows) {
      const fitting = Math.min(rows - first, Math.floor((free - overhead) / rowBytes));
      if (fitting < 1) fail('bad-checkpoint', `${item.group} has a part that is larger than a shard.`);
      open.push({ item, first, end: first + fitting, offsets: [] });
      free -= fitting * rowBytes + overhead;
      first += fitting;
      if (first < rows) close();
    }
  }
  close();
  return shards;
}

/** The number of units into which an item can be cut: a matrix has its rows, an expert is one unit. */
export function rowCount(item: Item): number {
  return item.kind === 'matrix' ? item.matrix.rows : 1;
}

function rowsOf(item: Item, output: Item['outputs'][number]): number {
  return item.kind === 'matrix' ? item.matrix.rows : (output.shape[0] ?? 1);
}

/**
 * Places a shard's arrays one after the other. Arrays whose length is not a multiple of four go last:
 * safetensors allows no gaps, and GPU copies need every array to begin at a multiple of four.
 */
function layOut(tasks: Task[]): ShardPlan {
  const pieces = tasks.flatMap((task) => {
    const entries = task.item.outputs.map((output, index) => ({ task, index, entry: pieceOf(task, output) }));
    // An expert stays in one piece; the arrays of a matrix need not be adjacent.
    return task.item.kind === 'expert' ? [entries] : entries.map((entry) => [entry]);
  });
  const isRound = (piece: { entry: NewEntry }[]) => piece.every(({ entry }) => entry.bytes % 4 === 0);
  const order = [...pieces.filter(isRound), ...pieces.filter((piece) => !isRound(piece))].flat();
  const header = writeHeader(order.map(({ entry }) => entry));
  let end = header.byteLength;
  for (const { task, index, entry } of order) {
    task.offsets[index] = end;
    end += entry.bytes;
  }
  return { header, bytes: end, tasks };
}

/** An output's entry in a shard. The name of a part includes its rows: `name[0:1024]`. */
function pieceOf({ item, first, end }: Task, output: Item['outputs'][number]): NewEntry {
  const [rows = 1, ...inner] = output.shape;
  const whole = end - first === rowCount(item);
  const name = whole ? output.name : `${output.name}[${first}:${end}]`;
  const shape = whole ? output.shape : [end - first, ...inner];
  // The plan treats a vector as one row, whatever its shape is.
  const count = item.kind === 'matrix' ? end - first : rows;
  return { name, dtype: output.dtype, shape, bytes: count * output.rowBytes };
}
