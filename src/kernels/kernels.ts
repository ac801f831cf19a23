// The compiled kernels and their memory: hands out ranges of the memory, and runs programs on one thread or on a crew.
// Owns the memory and the crew.

import { fail } from '../failure.ts';
import { Arena, MAX_BYTES } from './arena.ts';
import { OPERATION_WORDS, type Program } from './operations.ts';

/** The exports of assembly/index.ts. Addresses are 32-bit numbers, with or without sign. */
interface Exports {
  start(control: number): void;
  work(control: number, thread: number, seen: number): void;
  packedBytes(columns: number): number;
}

/** The data that another thread needs to start. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Address of the control block, whose `failed` is set when the thread dies. */
  control: number;
  thread: number;
}

/** Starts a thread that calls `workInCrew`. Resolves when the thread is ready, with a function that ends it at once. */
export type SpawnThread = (start: ThreadStart) => Promise<() => void>;

export interface KernelsOptions {
  /** Compiled for memory that threads share if `threads` is more than 1, otherwise for memory of one thread. */
  module: WebAssembly.Module;
  threads: number;
  /** Required if `threads` is more than 1. */
  spawn?: SpawnThread;
  /** Fail if the browser gives less address space than this. If omitted, any address space is enough. */
  leastBytes?: number;
}

const CONTROL = 64;
const RESERVED = 1024;
/** Words of the control block; see Control in assembly/index.ts. */
const [STARTED, PROGRAM, COUNT, THREADS, SPARE, SPARE_BYTES, , , FAILED] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const PAGE_BYTES = 65536;
/**
 * The sizes to which the memory may grow, in pages, from WebAssembly's largest. Shared memory takes its whole address
 * space at once, which browsers on small devices refuse.
 */
const MAXIMA = [65536, 32768, 16384, 8192] as const;

export class Kernels {
  readonly arena: Arena;
  readonly threads: number;
  /** The memory does not grow beyond this. */
  readonly maxBytes: number;
  readonly #memory: WebAssembly.Memory;
  #isBroken = false;
  readonly #exports: Exports;
  #ends: (() => void)[] = [];
  /** The address of the program, and the number of operations for which there is space. */
  #program = 0;
  #capacity = 0;
  #spare = 0;
  #spareBytes = 0;

  private constructor({ memory, maxBytes }: OpenedMemory, exports: Exports, threads: number) {
    this.#memory = memory;
    this.maxBytes = maxBytes;
    this.#exports = exports;
    this.arena = new Arena(memory, RESERVED);
    this.threads = threads;
  }

  /** Fails with 'out-of-memory' if there is no address space for the memory. */
  static async open({ module, threads, spawn, leastBytes = 0 }: KernelsOptions): Promise<Kernels> {
    const opened = openMemory(threads > 1, leastBytes);
    const { memory } = opened;
    const kernels = new Kernels(opened, await instantiate(module, memory), threads);
    const control = kernels.ints(CONTROL, 16);
    control[THREADS] = threads;
    if (threads === 1) return kernels;
    if (spawn === undefined) fail('bug', 'Threads need a function that starts them.');
    const others = Array.from({ length: threads - 1 }, (_, i) =>
      spawn({ module, memory, control: CONTROL, thread: i + 1 }),
    );
    const started = await Promise.allSettled(others);
    for (const each of started) if (each.status === 'fulfilled') kernels.#ends.push(each.value);
    const failed = started.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      kernels.dispose();
      fail('worker-died', 'A thread of the processor engine did not start.', failed.reason);
    }
    return kernels;
  }

  /** The size of the memory, which can grow but never shrinks. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The memory if threads share it; otherwise undefined. */
  get sharedMemory(): WebAssembly.Memory | undefined {
    return this.threads > 1 ? this.#memory : undefined;
  }

  /** Views of the memory; valid until it grows. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length);
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length);
  }

  ints(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length);
  }

  /** Bytes of a packed row of `columns` columns. */
  packedBytes(columns: number): number {
    return this.#exports.packedBytes(columns);
  }

  /** Bytes of the panels that hold `rows` packed rows. */
  panelBytes(columns: number, rows: number): number {
    return Math.ceil(columns / 32) * Math.ceil(rows / PANEL_ROWS) * (PANEL_ROWS * 64 + PANEL_ROWS * 4);
  }

  /** Makes sure that each thread has at least `bytes` bytes of scratch memory. */
  reserveSpare(bytes: number): void {
    if (bytes <= this.#spareBytes) return;
    if (this.#spareBytes > 0) this.arena.free(this.#spare, this.#spareBytes * this.threads);
    this.#spareBytes = Math.ceil(bytes / 64) * 64;
    this.#spare = this.arena.allocate(this.#spareBytes * this.threads);
    const control = this.ints(CONTROL, 16);
    control[SPARE] = this.#spare;
    control[SPARE_BYTES] = this.#spareBytes;
  }

  /** Runs the operations `from` to `to` − 1 of a program. Fails with 'worker-died' if a thread has died. */
  run(program: Program, from = 0, to = program.length): void {
    if (this.#isBroken) fail('worker-died', 'A thread of the processor engine died.');
    const count = to - from;
    if (count > this.#capacity) {
      if (this.#capacity > 0) this.arena.free(this.#program, 4 * OPERATION_WORDS * this.#capacity);
      this.#program = this.arena.allocate(4 * OPERATION_WORDS * count);
      this.#capacity = count;
    }
    const words = this.ints(this.#program, OPERATION_WORDS * count);
    program.write(words, from, to);
    // The last operation waits at a barrier, so all threads end this program before the next one overwrites it.
    words[OPERATION_WORDS * (count - 1) + 1] = 1;
    const control = this.ints(CONTROL, 16);
    control[PROGRAM] = this.#program;
    control[COUNT] = count;
    try {
      this.#exports.start(CONTROL);
    } catch (error) {
      // The other threads may be anywhere in this program, so they can run no other one.
      this.#isBroken = this.threads > 1;
      if (control[FAILED] === 1) fail('worker-died', 'A thread of the processor engine died.', error);
      throw error;
    }
  }

  dispose(): void {
    const control = this.ints(CONTROL, 16);
    control[COUNT] = -1;
    if (this.threads > 1) {
      Atomics.add(control, STARTED, 1);
      Atomics.notify(control, STARTED);
    }
    for (const end of this.#ends) end();
    this.#ends = [];
  }
}

/** Rows per panel; see assembly/pack.ts. */
export const PANEL_ROWS = 8;

/** A thread of a crew: runs its share of each program until the crew ends. Blocks the thread. */
export async function workInCrew(start: ThreadStart, onReady: () => void): Promise<void> {
  const control = new Int32Array(start.memory.buffer, start.control, 16);
  try {
    const exports = await instantiate(start.module, start.memory);
    const seen = Atomics.load(control, STARTED);
    onReady();
    exports.work(start.control, start.thread, seen);
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  }
}

interface OpenedMemory {
  memory: WebAssembly.Memory;
  maxBytes: number;
}

function openMemory(shared: boolean, leastBytes: number): OpenedMemory {
  let cause: unknown;
  for (const maximum of MAXIMA.filter((pages) => pages * PAGE_BYTES >= leastBytes)) {
    try {
      const memory = new WebAssembly.Memory({ initial: 1, maximum, shared });
      return { memory, maxBytes: Math.min(maximum * PAGE_BYTES, MAX_BYTES) };
    } catch (error) {
      cause = error;
    }
  }
  fail('out-of-memory', 'There is no address space for the memory of the processor engine.', cause);
}

async function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<Exports> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const { start, work, packedBytes } = exports;
  const isThere = [start, work, packedBytes].every((each) => typeof each === 'function');
  if (!isThere) fail('bug', 'The kernels lack an export.');
  return { start, work, packedBytes } as unknown as Exports;
}
