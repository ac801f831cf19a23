// Runs the vision encoder: patches of one picture or clip → features in the runtime's memory. Owns its
// session; the caller of `encode` owns the features.

import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Target } from '../../graph/emitted.ts';
import { deepstackFeatures, FEATURES, VISION } from '../../graph/ports.ts';
import { visionGraph } from '../../graph/vision.ts';
import { loadWeights } from '../runtime/load-weights.ts';
import type { VisionInput } from '../photo/photo.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import type { Tensor } from '../runtime/tensor.ts';
import { positionTaps, visionRotary } from './vision-positions.ts';

/** Features of a picture, or of some consecutive frame groups of a clip. */
export interface FeatureBlock {
  /** Feature rows, one per token; tensor row 0 is zero and not counted. */
  rows: number;
  main: Tensor; // (rows + 1, decoder hidden)
  deepstack: Tensor[]; // each (rows + 1, decoder hidden)
}

/** Frame groups of a clip go through the encoder together, up to this many patches per run. */
const MAX_PATCHES_PER_RUN = 16384;

export class VisionEncoder {
  readonly #session: Session;
  readonly #runtime: Runtime;
  readonly #config: ModelConfig;

  private constructor(session: Session, runtime: Runtime, config: ModelConfig) {
    this.#session = session;
    this.#runtime = runtime;
    this.#config = config;
  }

  static async open(
    store: PackageStore,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<VisionEncoder> {
    const graph = visionGraph(config, store.manifest, target);
    const weights = await loadWeights(store, graph, onBytes, signal);
    return new VisionEncoder(await runtime.open(graph, weights), runtime, config);
  }

  /**
   * Returns the features in the order of the prompt's tokens: one block for a picture; for a clip, blocks of
   * some frame groups each.
   */
  async encode(input: VisionInput, signal: AbortSignal): Promise<FeatureBlock[]> {
    const patchesPerFrame = input.grid.height * input.grid.width;
    const groups = groupsPerBlock(input.grid);
    const blocks: FeatureBlock[] = [];
    for (let first = 0; first < input.grid.frames; first += groups) {
      if (signal.aborted) {
        blocks.forEach(disposeBlock);
        signal.throwIfAborted();
      }
      const frames = Math.min(groups, input.grid.frames - first);
      blocks.push(await this.#run(input, first * patchesPerFrame, frames));
    }
    return blocks;
  }

  async #run(input: VisionInput, firstPatch: number, frames: number): Promise<FeatureBlock> {
    const { vision } = this.#config;
    const { height, width } = input.grid;
    const perFrame = height * width;
    const count = frames * perFrame;
    const values = 3 * vision.temporalPatchSize * vision.patchSize ** 2;
    const headDim = vision.hiddenSize / vision.heads;
    const taps = positionTaps({ height, width }, vision.mergeSize, vision.positionGrid);
    const { cos, sin } = visionRotary({ height, width }, vision.mergeSize, headDim);
    const { tensor } = this.#runtime;
    const patches = input.patches.subarray(firstPatch * values, (firstPatch + count) * values);
    const names = [FEATURES, ...vision.deepstackLayers.map((_, k) => deepstackFeatures(k))];
    const results = await this.#session.run(
      {
        [VISION.patches]: tensor('float32', patches, [count, values]),
        [VISION.positionIndices]: tensor('int32', taps.indices, [4, perFrame]),
        [VISION.positionWeights]: tensor('float32', taps.weights, [4, perFrame]),
        [VISION.cos]: tensor('float32', cos, [perFrame, headDim / 2]),
        [VISION.sin]: tensor('float32', sin, [perFrame, headDim / 2]),
        [VISION.frames]: tensor(
          'int64',
          BigInt64Array.from([frames, perFrame, vision.hiddenSize], BigInt),
          [3],
        ),
      },
      Object.fromEntries(names.map((name) => [name, null])),
    );
    const [main, ...deepstack] = names.map((name) => results[name]!);
    return { rows: count / vision.mergeSize ** 2, main: main!, deepstack };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** How many frame groups of a grid go through the encoder together. */
function groupsPerBlock(grid: VisionInput['grid']): number {
  return Math.max(1, Math.floor(MAX_PATCHES_PER_RUN / (grid.height * grid.width)));
}

export function disposeBlock(block: FeatureBlock): void {
  block.main.dispose();
  for (const tap of block.deepstack) tap.dispose();
}
