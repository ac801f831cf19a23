// The vision encoder as a graph of onnxruntime: turns the patches of one picture or clip into features in the runtime's
// memory. Owns its session; the caller of `encode` owns the features.

import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Target } from '../../graph/emitted.ts';
import { deepstackFeatures, FEATURES, VISION } from '../../graph/ports.ts';
import { visionGraph } from '../../graph/vision.ts';
import { loadWeights } from '../runtime/load-weights.ts';
import type { VisionInput } from '../photo/photo.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import { groupsPerBlock, type VisionEncoder } from './features.ts';
import { TensorBlock } from './tensor-block.ts';
import { positionTaps, visionRotary } from './vision-positions.ts';

export class GraphVisionEncoder implements VisionEncoder {
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
  ): Promise<GraphVisionEncoder> {
    const graph = visionGraph(config, store.manifest, target);
    const weights = await loadWeights(store, graph, onBytes, signal);
    return new GraphVisionEncoder(await runtime.open(graph, weights), runtime, config);
  }

  async encode(input: VisionInput, signal: AbortSignal): Promise<TensorBlock[]> {
    const patchesPerFrame = input.grid.height * input.grid.width;
    const groups = groupsPerBlock(input.grid);
    const blocks: TensorBlock[] = [];
    for (let first = 0; first < input.grid.frames; first += groups) {
      if (signal.aborted) {
        for (const block of blocks) block.dispose();
        signal.throwIfAborted();
      }
      const frames = Math.min(groups, input.grid.frames - first);
      blocks.push(await this.#run(input, first * patchesPerFrame, frames));
    }
    return blocks;
  }

  async #run(input: VisionInput, firstPatch: number, frames: number): Promise<TensorBlock> {
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
    return new TensorBlock(this.#runtime, count / vision.mergeSize ** 2, main!, deepstack);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
