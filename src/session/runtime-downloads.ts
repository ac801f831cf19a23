// Downloads the runtime's files into this worker, with progress. The download may begin before there is a model, and
// the first load waits for it. The files are fetched once, and run only if they have the SHA-256 that was recorded when
// the app was built.
//
// The WebAssembly runs from the very bytes that were checked. The glue code, which the threads also run, is imported by
// its address. So the check covers the glue code only if a second request for that address returns the same bytes, as
// it does from the browser's cache and from the service worker. The check does not detect a host that answers the two
// requests differently. Only running the glue code from memory would prevent that, which the policy forbids.

import type { RuntimeEvent } from '../contract/inference.ts';
import type { RuntimeBuild } from '../engine/runtime/runtime.ts';
import { loadedPart } from '../failure.ts';
import type { FileSum } from './checked-file.ts';
import { fetchChecked } from './fetch-checked.ts';
import { runtimeFiles } from './runtime-files.ts';
import type { RuntimeSource } from './trusted-device.ts';

/**
 * The lengths and hashes of each build's uncompressed files, which the build of the app inserts. The lengths are needed
 * because a compressed response does not give them.
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
   * Returns the build's WebAssembly, or undefined if an earlier call returned it, because the runtime then has it.
   * Fails with 'not-loaded', or with 'changed-program' if a file differs from that of the app's build.
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
      // The development server alters this file, so it is not checked there.
      if (import.meta.env.PROD) await fetchChecked(mjs, sums.mjs, () => undefined);
      // The runtime will import the same address later, and get the loaded module.
      await loadedPart(import(/* @vite-ignore */ mjs));
    };
    const [bytes] = await Promise.all([
      fetchChecked(wasm, sums.wasm, (doneBytes, totalBytes) => this.#onProgress({ doneBytes, totalBytes })),
      loadGlue(),
    ]);
    return bytes;
  }
}
