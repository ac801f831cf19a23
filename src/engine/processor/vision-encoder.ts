// The vision encoder on the processor, which encodes one frame after the other. Owns its weights; each call allocates
// its own scratch memory.

import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { VisionInput } from '../photo/photo.ts';
import { groupsPerBlock, type FeatureBlock, type VisionEncoder } from '../vision/features.ts';
import { ProcessorFeatures } from './features.ts';
import { FramePass } from './frame-pass.ts';
import { loadVision, type VisionWeights } from './vision-weights.ts';
import { Weights } from './weights.ts';

export class ProcessorVisionEncoder implements VisionEncoder {
  readonly #kernels: Kernels;
  readonly #config: ModelConfig;
  readonly #loaded: Weights;
  readonly #weights: VisionWeights;

  private constructor(kernels: Kernels, config: ModelConfig, loaded: Weights, weights: VisionWeights) {
    this.#kernels = kernels;
    this.#config = config;
    this.#loaded = loaded;
    this.#weights = weights;
  }

  static async open(
    store: PackageStore,
    kernels: Kernels,
    config: ModelConfig,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<ProcessorVisionEncoder> {
    const weights = new Weights(kernels, store, onBytes, signal);
    try {
      return new ProcessorVisionEncoder(kernels, config, weights, await loadVision(weights, config));
    } catch (error) {
      weights.dispose();
      throw error;
    }
  }

  async encode({ grid, patches }: VisionInput, signal: AbortSignal): Promise<FeatureBlock[]> {
    const { vision } = this.#config;
    const perFrame = grid.height * grid.width;
    const tokens = perFrame / vision.mergeSize ** 2;
    const values = patches.length / (grid.frames * perFrame);
    const groups = groupsPerBlock(grid);
    const blocks: ProcessorFeatures[] = [];
    const frame = new FramePass(this.#kernels, this.#config, this.#weights, grid);
    try {
      for (let first = 0; first < grid.frames; first += groups) {
        const frames = Math.min(groups, grid.frames - first);
        const tables = 1 + vision.deepstackLayers.length;
        const block = new ProcessorFeatures(this.#kernels, frames * tokens, vision.outHiddenSize, tables);
        blocks.push(block);
        for (let at = 0; at < frames; at++) {
          const from = (first + at) * perFrame * values;
          const offset = 4 * at * tokens * vision.outHiddenSize;
          const to = block.tables.map((table) => table + offset);
          await frame.run(patches.subarray(from, from + perFrame * values), to, signal);
        }
      }
      return blocks;
    } catch (error) {
      for (const block of blocks) block.dispose();
      throw error;
    } finally {
      frame.dispose();
    }
  }

  release(): Promise<void> {
    this.#loaded.dispose();
    return Promise.resolve();
  }
}
