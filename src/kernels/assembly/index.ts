// Runs programs: lists of operations in memory, 20 words each, which all threads of a crew run together. An
// operation with `wait` ends at a barrier, so that the next one may read what other threads wrote. Threads sleep at
// barriers and between programs.

import { attend, Attend } from './attention.ts';
import { best, Best } from './best.ts';
import { place, Place, Rotate, rotateRows } from './heads.ts';
import { multiply, Multiply, read, Read } from './loops.ts';
import { combine, Combine, expertProduct, ExpertProduct, gather, Gather, route, Route } from './mixture.ts';
import { packedBytes } from './pack.ts';
import { prepare, Prepare } from './prepare.ts';
import { product, Product } from './product.ts';
import { addFeatures, AddFeatures, addPositions, AddPositions, embed, Embed } from './rows.ts';

export { packedBytes };

const OPERATION_BYTES: usize = 80;
const SECOND: i64 = 1000000000;

/** The state that the threads of a crew share. Its address is a multiple of 4. */
// @unmanaged
class Control {
  /** Counts the programs that were started. */
  started: i32;
  program: usize;
  /** Operations of the program; −1 ends the threads. */
  count: i32;
  threads: i32;
  /** Scratch memory: `spareBytes` for each thread, one thread after the other. */
  spare: usize;
  spareBytes: usize;
  /** The number of threads that wait at the barrier, and the number of barriers that all threads have passed. */
  arrived: i32;
  passed: i32;
  /** 1 once a thread has died: the others do not wait for it. */
  failed: i32;
}

/** Runs the program as thread `thread`. Traps if another thread has died. */
export function run(control: usize, thread: i32): void {
  const shared = changetype<Control>(control);
  const threads = shared.threads;
  const spare = shared.spare + shared.spareBytes * <usize>thread;
  const end = shared.program + OPERATION_BYTES * <usize>shared.count;
  for (let at = shared.program; at < end; at += OPERATION_BYTES) {
    perform(at, thread, threads, spare);
    if (threads > 1 && load<i32>(at, 4) != 0) barrier(control, threads);
  }
}

/** Starts the control's program in all other threads, and runs the share of thread 0. */
export function start(control: usize): void {
  if (changetype<Control>(control).threads > 1) {
    atomic.add<i32>(control + offsetof<Control>('started'), 1);
    atomic.notify(control + offsetof<Control>('started'), -1);
  }
  run(control, 0);
}

/**
 * Runs the share of thread `thread` of each program until the crew ends. `seen`: the value of `started` that this
 * thread has seen; a different value means that a program has started.
 */
export function work(control: usize, thread: i32, seen: i32): void {
  const started = control + offsetof<Control>('started');
  for (;;) {
    while (atomic.load<i32>(started) == seen) atomic.wait<i32>(started, seen, -1);
    seen = atomic.load<i32>(started);
    if (changetype<Control>(control).count < 0) return;
    run(control, thread);
  }
}

function barrier(control: usize, threads: i32): void {
  const arrived = control + offsetof<Control>('arrived');
  const passed = control + offsetof<Control>('passed');
  const before = atomic.load<i32>(passed);
  if (atomic.add<i32>(arrived, 1) == threads - 1) {
    atomic.store<i32>(arrived, 0);
    atomic.add<i32>(passed, 1);
    atomic.notify(passed, -1);
    return;
  }
  while (atomic.load<i32>(passed) == before) {
    if (atomic.load<i32>(control + offsetof<Control>('failed')) != 0) unreachable();
    atomic.wait<i32>(passed, before, SECOND);
  }
}

/** Runs one operation. Its number is its place in the list FIELDS of ../operations.ts. */
function perform(at: usize, thread: i32, threads: i32, spare: usize): void {
  switch (load<i32>(at)) {
    case 0:
      prepare(changetype<Prepare>(at), thread, threads, spare);
      break;
    case 1:
      product(changetype<Product>(at), thread, threads, spare);
      break;
    case 2:
      place(changetype<Place>(at), thread, threads);
      break;
    case 3:
      attend(changetype<Attend>(at), thread, threads, spare);
      break;
    case 4:
      rotateRows(changetype<Rotate>(at), thread, threads);
      break;
    case 5:
      route(changetype<Route>(at), thread);
      break;
    case 6:
      gather(changetype<Gather>(at), thread, threads);
      break;
    case 7:
      expertProduct(changetype<ExpertProduct>(at), thread, threads, spare);
      break;
    case 8:
      combine(changetype<Combine>(at), thread, threads);
      break;
    case 9:
      embed(changetype<Embed>(at), thread, threads);
      break;
    case 10:
      addFeatures(changetype<AddFeatures>(at), thread, threads);
      break;
    case 11:
      addPositions(changetype<AddPositions>(at), thread, threads);
      break;
    case 12:
      best(changetype<Best>(at), thread);
      break;
    case 13:
      read(changetype<Read>(at), thread, threads);
      break;
    case 14:
      multiply(changetype<Multiply>(at), thread, threads);
      break;
    default:
      unreachable();
  }
}
