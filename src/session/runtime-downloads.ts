// Downloads the runtime's files into this worker, with progress. The download may begin before there is a model, and
// the first load waits for it. The files are fetched once, and run only if they have the SHA-256 that the app was built
// with.
//
// The WebAssembly runs from the very bytes that were checked. The glue code, which the threads run too, is
// imported by its address. So the check covers it only if the browser answers the same address with the same
// bytes, as its cache and the service worker do. It does not detect a host that answers the two requests
// differently; only running the program from memory would prevent that, and the policy forbids it.

import type { RuntimeEvent } from '../contract/inference.ts';
import type { RuntimeBuild } from '../engine/runtime/runtime.ts';
import { loadedPart } from '../failure.ts';
import type { FileSum } from './checked-file.ts';
import { fetchChecked } from './fetch-checked.ts';
import { runtimeFiles } from './runtime-files.ts';
import type { RuntimeSource } from './trusted-device.ts';

/**
 * Lengths and hashes of each build's uncompressed files, because a compressed response does not give their
 * lengths. The build inserts them.
 */
declare const RUNTIME_SUMS: Record<RuntimeBuild, Record<'mjs' | 'wasm', FileSum>>;

export class RuntimeDownloads implements RuntimeSource {
  readonly files = runtimeFiles();
  #begun: Promise<Uint8Array> | undefined;
  #isHandedOver = false;
  #onProgress: (event: RuntimeEvent) => void = () => undefined;

  /** Begins the download; `onProgress` receives its progress. If the download fails, `take` begins it again. */
  begin(onProgress: (event: RuntimeEvent) => void): void {
    this.#onProgress = onProgress;
    this.#download().catch(() => undefined);
  }

  /**
   * Returns the build's WebAssembly, or undefined if an earlier call took it, because the runtime then has it.
   * Fails with 'not-loaded', or with 'changed-program' if a file differs from the one that the app was built
   * with.
   */
  async take(): Promise<Uint8Array | undefined> {
    if (this.#isHandedOver) return undefined;
    const bytes = await this.#download();
    this.#isHandedOver = true;
    this.#begun = undefined;
    return bytes;
  }

  #download(): Promise<Uint8Array> {
    if (this.#begun !== undefined) return this.#begun;
    const begun = this.#fetch();
    this.#begun = begun;
    begun.catch(() => (this.#begun = undefined));
    return begun;
  }

  async #fetch(): Promise<Uint8Array> {
    const { build, mjs, wasm } = this.files;
    const sums = RUNTIME_SUMS[build];
    const loadGlue = async (): Promise<void> => {
      // The development server alters this file.
      if (import.meta.env.PROD) await fetchChecked(mjs, sums.mjs, () => undefined);
      // The runtime will import the same address and find the module loaded.
      await loadedPart(import(/* @vite-ignore */ mjs));
    };
    const [bytes] = await Promise.all([
      fetchChecked(wasm, sums.wasm, (doneBytes, totalBytes) => this.#onProgress({ doneBytes, totalBytes })),
      loadGlue(),
    ]);
    return bytes;
  }
}
