// Measures in about a second the speeds that limit a model on this device: the processor's products, reads from storage
// (for paged experts), the GPU's memory, uploads to it and a round trip to it.

import type { Kernels } from '../kernels/kernels.ts';
import { askForAdapter, describeAdapter, isSoftware } from './adapter.ts';
import { memoryBandwidth } from './memory-bandwidth.ts';
import { processorSpeed, type ProcessorSpeed } from './processor-speed.ts';

export interface DeviceSpeed {
  processor: ProcessorSpeed;
  /**
   * Bytes per second from storage; null if that could not be measured. The test reads bytes that were just written, so a
   * slow disk seems faster than it is.
   */
  read: number | null;
  /** null if there is no graphics processor that the engine would use, or if measuring it failed. */
  gpu: GpuSpeed | null;
}

export interface GpuSpeed {
  /** Bytes per second. */
  memory: number;
  /** The time to copy 16 bytes on the GPU and to read them back. */
  roundTripMs: number;
  /** Bytes per second to its memory. */
  upload: number;
}

const SCRATCH_BYTES = 16 * 2 ** 20;
/** The size of one expert of the 30B. */
const PIECE_BYTES = 2.5 * 2 ** 20;
/** The longest time for each measurement. */
const LONGEST_MS = 150;

/** A file in this origin's storage that no other code uses. */
export interface ScratchFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  read(): Promise<Blob | undefined>;
  remove(): Promise<void>;
}

/** Measures the device at the first call and keeps the result. */
export class DeviceMeter {
  readonly #scratch: ScratchFile;
  readonly #openKernels: () => Promise<Kernels>;
  #measured: Promise<DeviceSpeed> | undefined;

  constructor(scratch: ScratchFile, openKernels: () => Promise<Kernels>) {
    this.#scratch = scratch;
    this.#openKernels = openKernels;
  }

  /** Fails as opening the kernels does; the next call then measures again. */
  measure(): Promise<DeviceSpeed> {
    if (this.#measured !== undefined) return this.#measured;
    const measured = this.#measure();
    this.#measured = measured;
    measured.catch(() => (this.#measured = undefined));
    return measured;
  }

  async #measure(): Promise<DeviceSpeed> {
    return {
      processor: await this.#processor(),
      read: await readSpeed(this.#scratch).catch(() => null),
      gpu: await measureGpu().catch(() => null),
    };
  }

  async #processor(): Promise<ProcessorSpeed> {
    const kernels = await this.#openKernels();
    try {
      return processorSpeed(kernels);
    } finally {
      kernels.dispose();
    }
  }
}

async function measureGpu(): Promise<GpuSpeed | null> {
  const adapter = 'gpu' in navigator ? await askForAdapter(navigator.gpu) : null;
  if (adapter === null || isSoftware(describeAdapter(adapter.info))) return null;
  const device = await adapter.requestDevice();
  try {
    const [memory, roundTripMs] = [await memoryBandwidth(device, 128 * 2 ** 20), await roundTrip(device)];
    return { memory, roundTripMs, upload: await uploadSpeed(device) };
  } finally {
    device.destroy();
  }
}

async function readSpeed(scratch: ScratchFile): Promise<number | null> {
  const bytes = new Uint8Array(SCRATCH_BYTES);
  // Storage may compress data, so the bytes must be random.
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  await scratch.write(bytes);
  try {
    const blob = await scratch.read();
    if (blob === undefined) return null;
    return await bytesPerSecond(async (turn) => {
      const from = (turn * 7 * PIECE_BYTES) % (SCRATCH_BYTES - PIECE_BYTES);
      return (await blob.slice(from, from + PIECE_BYTES).arrayBuffer()).byteLength;
    });
  } finally {
    await scratch.remove();
  }
}

async function uploadSpeed(device: GPUDevice): Promise<number> {
  const buffer = device.createBuffer({ size: PIECE_BYTES, usage: GPUBufferUsage.COPY_DST });
  const bytes = new Uint8Array(PIECE_BYTES);
  const speed = await bytesPerSecond(async () => {
    for (let i = 0; i < 8; i++) device.queue.writeBuffer(buffer, 0, bytes);
    await device.queue.onSubmittedWorkDone();
    return 8 * PIECE_BYTES;
  });
  buffer.destroy();
  return speed;
}

async function roundTrip(device: GPUDevice): Promise<number> {
  const from = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC });
  const times: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const start = performance.now();
    const to = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    const commands = device.createCommandEncoder();
    commands.copyBufferToBuffer(from, 0, to, 0, 16);
    device.queue.submit([commands.finish()]);
    await to.mapAsync(GPUMapMode.READ);
    to.destroy();
    times.push(performance.now() - start);
  }
  from.destroy();
  return times.sort((a, b) => a - b)[10]!;
}

/**
 * Repeats a job for a while and returns its speed. The job returns the number of bytes that it moved; the first run
 * does not count.
 */
async function bytesPerSecond(job: (turn: number) => Promise<number>): Promise<number> {
  await job(0);
  const start = performance.now();
  let moved = 0;
  for (let turn = 1; turn < 200 && performance.now() - start < LONGEST_MS; turn++) moved += await job(turn);
  return (moved * 1000) / (performance.now() - start);
}
