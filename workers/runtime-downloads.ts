// The runtime's parts on their way into this worker, told as they come: begun before a model is there, waited for
// by the first load. Each build is fetched once.

import type { RuntimeEvent } from '../src/contract/inference.ts';
import type { RuntimeBuild, RuntimeFiles } from '../src/engine/runtime/runtime.ts';
import { fail, Failure, loadedPart } from '../src/failure.ts';

/** Of each build's WebAssembly, uncompressed: a compressed answer does not say. Put in by the build. */
declare const RUNTIME_BYTES: Record<RuntimeBuild, number>;

const ATTEMPTS = 3;
const WAIT_MS = 1000;
const TELL_MS = 100;

export class RuntimeDownloads {
  readonly #begun = new Map<RuntimeBuild, Promise<Uint8Array>>();
  readonly #handedOver = new Set<RuntimeBuild>();
  #tell: (event: RuntimeEvent) => void = () => undefined;

  /** Begins, and tells from now on. What fails is begun anew by `take`. */
  begin(files: RuntimeFiles, tell: (event: RuntimeEvent) => void): void {
    this.#tell = tell;
    this.#bring(files).catch(() => undefined);
  }

  /**
   * The build's WebAssembly; undefined where it was taken before, since the runtime has it then. Fails with
   * 'not-loaded'.
   */
  async take(files: RuntimeFiles): Promise<Uint8Array | undefined> {
    const { build } = files;
    if (this.#handedOver.has(build)) return undefined;
    const bytes = await this.#bring(files);
    this.#handedOver.add(build);
    this.#begun.delete(build);
    return bytes;
  }

  #bring(files: RuntimeFiles): Promise<Uint8Array> {
    const known = this.#begun.get(files.build);
    if (known !== undefined) return known;
    const begun = this.#fetch(files);
    this.#begun.set(files.build, begun);
    begun.catch(() => this.#begun.delete(files.build));
    return begun;
  }

  async #fetch({ build, mjs, wasm }: RuntimeFiles): Promise<Uint8Array> {
    // The runtime imports it by the same address, and finds it there.
    const glue = loadedPart(import(/* @vite-ignore */ mjs));
    const [bytes] = await Promise.all([this.#fetchBytes(wasm, RUNTIME_BYTES[build]), glue]);
    return bytes;
  }

  async #fetchBytes(url: string, totalBytes: number): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(url, totalBytes);
      } catch (cause) {
        if (attempt === ATTEMPTS) {
          if (cause instanceof Failure) throw cause;
          fail('not-loaded', `The runtime could not be fetched: ${String(cause)}`, cause);
        }
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS * attempt));
      }
    }
  }

  async #attempt(url: string, totalBytes: number): Promise<Uint8Array> {
    this.#tell({ doneBytes: 0, totalBytes });
    const response = await fetch(url);
    if (!response.ok || response.body === null) {
      fail('not-loaded', `${url} was answered with ${response.status}.`);
    }
    const bytes = new Uint8Array(totalBytes);
    let doneBytes = 0;
    let toldAt = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value: chunk } = await reader.read();
      if (done) break;
      if (doneBytes + chunk.byteLength > totalBytes) {
        fail('not-loaded', `${url} is longer than the ${totalBytes} bytes that this version has.`);
      }
      bytes.set(chunk, doneBytes);
      doneBytes += chunk.byteLength;
      const now = performance.now();
      if (now - toldAt < TELL_MS) continue;
      toldAt = now;
      this.#tell({ doneBytes, totalBytes });
    }
    this.#tell({ doneBytes, totalBytes });
    if (doneBytes !== totalBytes) fail('not-loaded', `${url} ended after ${doneBytes} bytes.`);
    return bytes;
  }
}
