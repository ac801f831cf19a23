// A WebGPU device can go at any moment: the driver resets, the GPU process crashes, a laptop sleeps. Work
// that waits for it then hangs or fails with words of its own; here it fails with 'device-lost'. An
// allocation that the device refused leaves wrong numbers behind: what follows fails with 'out-of-memory'.

import { Failure } from '../../failure.ts';

/** An operation's own error may come a moment before the loss is told. */
const WORD_OF_LOSS_MS = 200;

export class DeviceLoss {
  #failure: Failure | undefined;
  #isReleased = false;
  /** One per job under way: a promise kept as long as the device would gather what waits for it. */
  readonly #waiting = new Set<{ reject: (failure: Failure) => void }>();

  /** Without a device (WASM) nothing can be lost. */
  constructor(device: GPUDevice | undefined) {
    void device?.lost.then(({ reason, message }) => {
      this.#fail(new Failure('device-lost', `The GPU device was lost (${reason}). ${message}`.trim()));
    });
    device?.addEventListener('uncapturederror', ({ error }) => {
      // By its name: Node has no such class.
      if (error.constructor.name !== 'GPUOutOfMemoryError') return;
      this.#fail(new Failure('out-of-memory', `The GPU has too little memory. ${error.message}`.trim()));
    });
  }

  /** Does the job, unless the device is gone; fails as soon as it goes. */
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

  /** The device is about to be destroyed on purpose. */
  release(): void {
    this.#isReleased = true;
  }

  #fail(failure: Failure): void {
    if (this.#isReleased || this.#failure !== undefined) return;
    this.#failure = failure;
    for (const { reject } of this.#waiting) reject(failure);
  }
}
