// Downloads of the runtime's files into this worker, with progress. They begin before there is a model, and the
// first load waits for them. Each build is fetched once, and runs only if it has the SHA-256 that the app was
// built with.
//
// The WebAssembly runs from the very bytes that were checked. The glue code, which the threads run too, is
// imported by its address. So the check covers it only if the browser answers the same address with the same
// bytes, as its cache and the service worker do. It does not detect a host that answers the two requests
// differently; only running the program from memory would prevent that, and the policy forbids it.

import type { RuntimeEvent } from '../contract/inference.ts';
import type { RuntimeBuild, RuntimeFiles } from '../engine/runtime/runtime.ts';
import { fail, Failure, loadedPart } from '../failure.ts';
import { demandSum, dropKept, failLength, type FileSum } from './checked-file.ts';
import { runtimeFiles } from './runtime-files.ts';
import type { RuntimeSource } from './trusted-runtime.ts';

/**
 * Lengths and hashes of each build's uncompressed files, because a compressed response does not give their
 * lengths. The build inserts them.
 */
declare const RUNTIME_SUMS: Record<RuntimeBuild, Record<'mjs' | 'wasm', FileSum>>;

const ATTEMPTS = 3;
const WAIT_MS = 1000;
const REPORT_MS = 100;

export class RuntimeDownloads implements RuntimeSource {
  readonly files = runtimeFiles;
  readonly #begun = new Map<RuntimeBuild, Promise<Uint8Array>>();
  readonly #handedOver = new Set<RuntimeBuild>();
  #onProgress: (event: RuntimeEvent) => void = () => undefined;

  /** Begins a download; `onProgress` receives its progress. If the download fails, `take` begins it again. */
  begin(files: RuntimeFiles, onProgress: (event: RuntimeEvent) => void): void {
    this.#onProgress = onProgress;
    this.#download(files).catch(() => undefined);
  }

  /**
   * Returns the build's WebAssembly, or undefined if an earlier call took it, because the runtime then has it.
   * Fails with 'not-loaded', or with 'changed-program' if a file differs from the one that the app was built
   * with.
   */
  async take(files: RuntimeFiles): Promise<Uint8Array | undefined> {
    const { build } = files;
    if (this.#handedOver.has(build)) return undefined;
    const bytes = await this.#download(files);
    this.#handedOver.add(build);
    this.#begun.delete(build);
    return bytes;
  }

  #download(files: RuntimeFiles): Promise<Uint8Array> {
    const known = this.#begun.get(files.build);
    if (known !== undefined) return known;
    const begun = this.#fetch(files);
    this.#begun.set(files.build, begun);
    begun.catch(() => this.#begun.delete(files.build));
    return begun;
  }

  async #fetch({ build, mjs, wasm }: RuntimeFiles): Promise<Uint8Array> {
    const sums = RUNTIME_SUMS[build];
    const loadGlue = async (): Promise<void> => {
      // The development server alters this file.
      if (import.meta.env.PROD) await this.#fetchBytes(mjs, sums.mjs, () => undefined);
      // The runtime will import the same address and find the module loaded.
      await loadedPart(import(/* @vite-ignore */ mjs));
    };
    const [bytes] = await Promise.all([
      this.#fetchBytes(wasm, sums.wasm, (doneBytes, totalBytes) =>
        this.#onProgress({ doneBytes, totalBytes }),
      ),
      loadGlue(),
    ]);
    return bytes;
  }

  async #fetchBytes(url: string, sum: FileSum, onBytes: OnBytes): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        // The browser's cache may hold a damaged copy, so the next attempt bypasses the cache.
        const bytes = await readBytes(url, sum, onBytes, attempt > 1 ? 'reload' : 'default');
        await demandSum(url, bytes, sum);
        return bytes;
      } catch (cause) {
        if (cause instanceof Failure && cause.code === 'changed-program') await dropKept(url);
        if (attempt === ATTEMPTS) {
          if (cause instanceof Failure) throw cause;
          fail('not-loaded', `The runtime could not be fetched: ${String(cause)}`, cause);
        }
        await new Promise((resolve) => setTimeout(resolve, WAIT_MS * attempt));
      }
    }
  }
}

type OnBytes = (doneBytes: number, totalBytes: number) => void;

/** Fails with 'not-loaded' if there is no such file, and with 'changed-program' if its length is wrong. */
async function readBytes(
  url: string,
  sum: FileSum,
  onBytes: OnBytes,
  cache: RequestCache,
): Promise<Uint8Array<ArrayBuffer>> {
  onBytes(0, sum.bytes);
  const response = await fetch(url, { cache });
  const type = response.headers.get('content-type') ?? '';
  // Some hosts answer 200 with their start page for files that they do not have.
  if (!response.ok || response.body === null || type.startsWith('text/html')) {
    fail('not-loaded', `${url} was answered with ${response.status} ${type}.`);
  }
  const bytes = new Uint8Array(sum.bytes);
  let doneBytes = 0;
  let reportedAt = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value: chunk } = await reader.read();
    if (done) break;
    if (doneBytes + chunk.byteLength > sum.bytes) failLength(url, 'too many', sum);
    bytes.set(chunk, doneBytes);
    doneBytes += chunk.byteLength;
    const now = performance.now();
    if (now - reportedAt < REPORT_MS) continue;
    reportedAt = now;
    onBytes(doneBytes, sum.bytes);
  }
  onBytes(doneBytes, sum.bytes);
  if (doneBytes !== sum.bytes) failLength(url, doneBytes, sum);
  return bytes;
}
