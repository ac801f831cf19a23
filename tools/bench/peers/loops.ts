// The bounds with which bench:peers compares: loops that only read memory, or only multiply integers.

import type { Kernels } from '../../../src/kernels/kernels.ts';
import { Program } from '../../../src/kernels/operations.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { between, now, type Phase } from './row.ts';

/** The number of bytes to read: more than the processor's caches hold. */
const READ_BYTES = 256e6;
const PRODUCTS = 4e9;

export interface Rates {
  /** The bytes, or products, per millisecond of clock time and of processor time. */
  wall: number;
  cpu: number;
}

export class Loops {
  readonly #kernels: Kernels;
  readonly #from: number;

  private constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#from = kernels.arena.allocate(READ_BYTES);
    kernels.bytes(this.#from, READ_BYTES).fill(1);
  }

  static async open(threads: number): Promise<Loops> {
    return new Loops(await openKernels(await kernelFiles(), threads));
  }

  /** Reads the memory several times and returns the highest rate. */
  read(): Rates {
    const program = new Program();
    program.add('read', { from: this.#from, count: READ_BYTES / 128, to: this.#from });
    return this.#fastest(program, READ_BYTES);
  }

  multiply(): Rates {
    const program = new Program();
    program.add('multiply', { count: PRODUCTS / 64, to: this.#from });
    return this.#fastest(program, PRODUCTS);
  }

  dispose(): void {
    this.#kernels.dispose();
  }

  #fastest(program: Program, count: number): Rates {
    const phases = Array.from({ length: 5 }, (): Phase => {
      const start = now();
      this.#kernels.run(program);
      return between(start, now(), 1);
    });
    const least = (clock: 'wallMs' | 'cpuMs'): number => Math.min(...phases.map((phase) => phase[clock]));
    return { wall: count / least('wallMs'), cpu: count / least('cpuMs') };
  }
}
