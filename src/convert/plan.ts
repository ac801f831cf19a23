// Lays the package out before any weight is read: which rows of which item lie where in which shard.
// A shard is thereby a pure function of checkpoint and preset, which is what lets a conversion resume.

import { fail } from '../failure.ts';
import { writeHeader, type NewEntry } from '../format/safetensors.ts';
import type { Item } from './items.ts';

/** Rows `first` to `end` of an item; each of its outputs begins at `offsets[i]` of the shard file. */
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

/** An upper bound of what a tensor's entry takes in a header, its name aside. */
const ENTRY_BYTES = 160;
const HEADER_BYTES = 64;

/** Fills shards in order; an item larger than the room left in one begins the next. */
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

/** Units in which an item can be cut: rows of a matrix; an expert is one unit. */
export function rowCount(item: Item): number {
  return item.kind === 'matrix' ? item.matrix.rows : 1;
}

function rowsOf(item: Item, output: Item['outputs'][number]): number {
  return item.kind === 'matrix' ? item.matrix.rows : (output.shape[0] ?? 1);
}

/**
 * Places a shard's arrays one after the other. What is not a multiple of four bytes long goes last:
 * safetensors allows no holes, and GPU copies want every array to begin at a multiple of four.
 */
function layOut(tasks: Task[]): ShardPlan {
  const pieces = tasks.flatMap((task) => {
    const entries = task.item.outputs.map((output, index) => ({ task, index, entry: pieceOf(task, output) }));
    // An expert stays in one piece; the arrays of a matrix may lie apart.
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

/** An output's entry in a shard; a part of it is named with its rows, as `name[0:1024]`. */
function pieceOf({ item, first, end }: Task, output: Item['outputs'][number]): NewEntry {
  const [rows = 1, ...inner] = output.shape;
  const whole = end - first === rowCount(item);
  const name = whole ? output.name : `${output.name}[${first}:${end}]`;
  const shape = whole ? output.shape : [end - first, ...inner];
  // A vector is one row of the plan, whatever its shape says.
  const count = item.kind === 'matrix' ? end - first : rows;
  return { name, dtype: output.dtype, shape, bytes: count * output.rowBytes };
}
