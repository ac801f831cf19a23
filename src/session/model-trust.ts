// Determines whether a model computes correct numbers on this device, from verdicts of the last week and from new
// checks. If the package has no reference for the check, the processor computes it once. New verdicts are stored only
// after some device and precision has computed correctly; until then, the weights in storage may be the cause of wrong
// numbers.

import type { Precision } from '../contract/inference.ts';
import { computesRightly } from '../engine/device-check/device-check.ts';
import type { Engine } from '../engine/engine.ts';
import { readsExactly } from '../engine/photo/rgb-pixels.ts';
import { judge } from '../engine/self-check/judge.ts';
import {
  modelIsRight,
  parseReference,
  readModelCheck,
  summary,
  type Reference,
} from '../engine/self-check/model-check.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import type { PackageStore } from '../format/package-store.ts';
import { sha256Hex } from '../format/sha256.ts';
import type { Verdicts } from '../weights/store/verdicts.ts';
import type { EngineDevice } from './engine-device.ts';

type NamedDevice = Pick<EngineDevice, 'backend' | 'adapter'>;

export class ModelTrust {
  readonly #verdicts: Verdicts;
  readonly #modelId: string;
  readonly #store: PackageStore;
  /** The hash of the package. Verdicts and references that were stored for another package do not count. */
  readonly #package: string;
  /** If this is undefined, only the operators are checked. */
  #reference: Reference | undefined;
  /** Devices that computed wrong numbers during this load. */
  readonly #wrong = new Set<string>();

  private constructor(
    verdicts: Verdicts,
    modelId: string,
    store: PackageStore,
    hash: string,
    reference: Reference | undefined,
  ) {
    this.#verdicts = verdicts;
    this.#modelId = modelId;
    this.#store = store;
    this.#package = hash;
    this.#reference = reference;
  }

  /** Fails if the package's reference cannot be read. */
  static async open(verdicts: Verdicts, modelId: string, store: PackageStore): Promise<ModelTrust> {
    const hash = await hashOf(store);
    const reference = (await readModelCheck(store)) ?? (await learnt(verdicts, modelId, hash));
    return new ModelTrust(verdicts, modelId, store, hash, reference);
  }

  /**
   * Checks a device before the model is loaded: no stored verdict may reject the device, and its operators must compute
   * correctly.
   */
  readonly accepts = async (runtime: Runtime, precision: Precision): Promise<boolean> => {
    const device = this.#device(runtime, precision);
    if (this.#wrong.has(device) || (await this.#recall(device)) === false) return false;
    return computesRightly(runtime, precision);
  };

  get hasReference(): boolean {
    return this.#reference !== undefined;
  }

  /**
   * Computes the reference of a package that has none, and stores it. `open` loads the model on the processor. If the
   * processor cannot compute it, the model is used without. Rethrows a stop through `signal`.
   */
  async learn(open: Parameters<typeof judge>[1], signal: AbortSignal): Promise<void> {
    // The question is about a picture, whose pixels must be right.
    if (!(await readsExactly())) return;
    try {
      const observed = await judge(this.#store, open, signal);
      if (observed === undefined) return;
      const reference = summary(observed);
      this.#reference = reference;
      await this.#verdicts.noteReference(this.#modelId, this.#package, reference);
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }

  /** Whether a device computed wrong numbers during this load, so that the weights in storage may be the cause. */
  get isInDoubt(): boolean {
    return this.#wrong.size > 0;
  }

  /**
   * Called after the model is loaded. Checks whether the engine computes the numbers that the package contains.
   * Rethrows a stop through `signal`.
   */
  async confirms(engine: Engine, on: NamedDevice, signal: AbortSignal): Promise<boolean> {
    // The reference was computed on a processor, so a processor is checked only if another device disagreed before.
    const isChecked = on.backend === 'webgpu' || this.isInDoubt;
    if (this.#reference === undefined || !isChecked) return true;
    // The reference question is about a picture. If the browser alters pixels, a wrong answer proves nothing about the
    // model.
    if (!(await readsExactly())) return true;
    const device = this.#device(on, engine.target.precision);
    const isRight = (await this.#recall(device)) ?? (await modelIsRight(engine, this.#reference, signal));
    if (!isRight) {
      this.#wrong.add(device);
      return false;
    }
    for (const each of [device, ...this.#wrong]) await this.#note(each, each === device);
    return true;
  }

  /** Everything that the numbers depend on, as far as a page can know it. */
  #device({ backend, adapter }: NamedDevice, precision: Precision): string {
    return [backend, precision, adapter, navigator.userAgent, this.#package].join('|');
  }

  /** Treats storage errors as "no verdict stored". */
  #recall(device: string): Promise<boolean | undefined> {
    return this.#verdicts.of(this.#modelId, device).catch(() => undefined);
  }

  async #note(device: string, isRight: boolean): Promise<void> {
    await this.#verdicts.note(this.#modelId, device, isRight).catch(() => undefined);
  }
}

/** The manifest names every file of the package by its hash, and the place of every tensor. */
function hashOf({ manifest }: PackageStore): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify(manifest)));
}

/** The reference that an earlier load computed for this package. Treats errors as "no reference stored". */
async function learnt(verdicts: Verdicts, modelId: string, hash: string): Promise<Reference | undefined> {
  try {
    const stored = await verdicts.reference(modelId, hash);
    return stored === undefined ? undefined : parseReference(stored);
  } catch {
    return undefined;
  }
}
