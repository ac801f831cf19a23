// What is known of one model's numbers on this device: what was seen within the last week, and what is
// seen now. Verdicts are kept when a way that computes rightly was found; until then the weights in
// storage may be at fault as well.

import type { Precision } from '../src/contract/inference.ts';
import { computesRightly } from '../src/engine/self-check/device-check.ts';
import type { Engine } from '../src/engine/engine.ts';
import { readsExactly } from '../src/engine/photo/rgb-pixels.ts';
import { modelIsRight, readModelCheck, type Reference } from '../src/engine/self-check/model-check.ts';
import type { Runtime } from '../src/engine/runtime/runtime.ts';
import type { PackageStore } from '../src/format/package-store.ts';
import type { Verdicts } from '../src/weights/store/verdicts.ts';

export class ModelTrust {
  readonly #verdicts: Verdicts;
  readonly #modelId: string;
  readonly #store: PackageStore;
  /** Undefined where the package has none: then the operators alone are judged. */
  readonly #reference: Reference | undefined;
  /** Devices that were seen to be wrong in this load. */
  readonly #wrong = new Set<string>();

  private constructor(
    verdicts: Verdicts,
    modelId: string,
    store: PackageStore,
    reference: Reference | undefined,
  ) {
    this.#verdicts = verdicts;
    this.#modelId = modelId;
    this.#store = store;
    this.#reference = reference;
  }

  /** Fails with what the package's own file lacks. */
  static async open(verdicts: Verdicts, modelId: string, store: PackageStore): Promise<ModelTrust> {
    return new ModelTrust(verdicts, modelId, store, await readModelCheck(store));
  }

  /** Before the model is loaded: its operators compute rightly, and nothing is known against it. */
  readonly accepts = async (runtime: Runtime, precision: Precision): Promise<boolean> => {
    const device = this.#device(runtime, precision);
    if (this.#wrong.has(device) || (await this.#recall(device)) === false) return false;
    return computesRightly(runtime, precision);
  };

  /** After it is loaded: its numbers are those of its package. A stop through `signal` is thrown. */
  async confirms(engine: Engine, runtime: Runtime, signal: AbortSignal): Promise<boolean> {
    // The reference was computed on a processor; it is in doubt only where nothing else agrees with it.
    const isInDoubt = runtime.backend === 'webgpu' || this.#wrong.size > 0;
    if (this.#reference === undefined || !isInDoubt) return true;
    // The question is about a picture: where the browser gives other pixels, the answer says nothing of the model.
    if (!(await readsExactly())) return true;
    const device = this.#device(runtime, engine.target.precision);
    const isRight =
      (await this.#recall(device)) ?? (await modelIsRight(engine, runtime, this.#reference, signal));
    if (!isRight) {
      this.#wrong.add(device);
      return false;
    }
    for (const each of [device, ...this.#wrong]) await this.#note(each, each === device);
    return true;
  }

  /** Everything that the numbers depend on and that a page can know. */
  #device(runtime: Runtime, precision: Precision): string {
    const shards = this.#store.manifest.shards.map(({ sha256 }) => sha256).join();
    return [runtime.backend, precision, runtime.adapter, navigator.userAgent, shards].join('|');
  }

  /** A storage that does not play along has forgotten. */
  #recall(device: string): Promise<boolean | undefined> {
    return this.#verdicts.of(this.#modelId, device).catch(() => undefined);
  }

  async #note(device: string, isRight: boolean): Promise<void> {
    await this.#verdicts.note(this.#modelId, device, isRight).catch(() => undefined);
  }
}
