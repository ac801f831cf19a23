// A WebGPU device can be lost at any moment: the driver resets, the GPU process crashes, a laptop sleeps. Work that
// waits for it then hangs or fails with an error of its own; this class makes it fail with 'device-lost'. If the device
// refuses an allocation, later results are wrong, so all later work fails with 'out-of-memory'.

import { Failure } from '../../failure.ts';

/**
 * The time to wait for the report of the loss after another error, because the error of an operation may arrive a
 * moment earlier.
 */
const WORD_OF_LOSS_MS = 200;

export class DeviceLoss {
  #failure: Failure | undefined;
  #isReleased = false;
  /**
   * One entry per running job. A single promise for the life of the device would keep the reactions of all jobs,
   * finished ones included.
   */
  readonly #waiting = new Set<{ reject: (failure: Failure) => void }>();

  /** Without a device (WASM), there is no loss to report. */
  constructor(device: GPUDevice | undefined) {
    void device?.lost.then(({ reason, message }) => {
      this.#fail(new Failure('device-lost', `The GPU device was lost (${reason}). ${message}`.trim()));
    });
    device?.addEventListener('uncapturederror', ({ error }) => {
      // The error is recognised by name, because Node has no such class.
      if (error.constructor.name !== 'GPUOutOfMemoryError') return;
      this.#fail(new Failure('out-of-memory', `The GPU has too little memory. ${error.message}`.trim()));
    });
  }

  /** Runs the job unless the device is lost; fails as soon as the device is lost. */
  async during<T>(job: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure;
    const wait = { reject: (_: Failure): void => undefined };
    const loss = new Promise<never>((_, reject) => (wait.reject = reject));
    this.#waiting.add(wait);
    try {
      return await Promise.race([job(), loss]);
    } catch (error) {
      if (error instanceof Failure) throw error;
      const later = new Promise((resolve) => setTimeout(resolve, WORD_OF_LOSS_MS));
      await Promise.race([loss, later]);
      throw error;
    } finally {
      this.#waiting.delete(wait);
    }
  }

  /** Call it before destroying the device on purpose. */
  release(): void {
    this.#isReleased = true;
  }

  #fail(failure: Failure): void {
    if (this.#isReleased || this.#failure !== undefined) return;
    this.#failure = failure;
    for (const { reject } of this.#waiting) reject(failure);
  }
}
