// The vision encoder's weights in the kernels' memory, ordered by block and purpose.

import type { ModelConfig } from '../../format/model-config.ts';
import type { Matrix, Weights } from './weights.ts';

export interface Affine {
  matrix: Matrix;
  bias: number;
}

export interface Norm {
  gain: number;
  bias: number;
}

export interface VisionBlock {
  norm1: Norm;
  qkv: Affine;
  project: Affine;
  norm2: Norm;
  fc1: Affine;
  fc2: Affine;
}

export interface Merger {
  norm: Norm;
  fc1: Affine;
  fc2: Affine;
}

export interface VisionWeights {
  patches: Affine;
  /** f32 (positions, hidden). */
  positions: number;
  blocks: VisionBlock[];
  /** The main merger, then one for each DeepStack tap. */
  mergers: Merger[];
}

const VISION = 'model.visual';

export async function loadVision(weights: Weights, { vision }: ModelConfig): Promise<VisionWeights> {
  const affine = async (name: string): Promise<Affine> => ({
    matrix: await weights.matrix(`${name}.weight`),
    bias: await weights.floats(`${name}.bias`),
  });
  const norm = async (name: string): Promise<Norm> => ({
    gain: await weights.floats(`${name}.weight`),
    bias: await weights.floats(`${name}.bias`),
  });
  const merger = async (name: string): Promise<Merger> => ({
    norm: await norm(`${name}.norm`),
    fc1: await affine(`${name}.linear_fc1`),
    fc2: await affine(`${name}.linear_fc2`),
  });
  const patches = await affine(`${VISION}.patch_embed.proj`);
  const positions = await weights.floats(`${VISION}.pos_embed.weight`);
  const blocks: VisionBlock[] = [];
  for (let block = 0; block < vision.depth; block++) {
    const name = `${VISION}.blocks.${block}`;
    blocks.push({
      norm1: await norm(`${name}.norm1`),
      qkv: await affine(`${name}.attn.qkv`),
      project: await affine(`${name}.attn.proj`),
      norm2: await norm(`${name}.norm2`),
      fc1: await affine(`${name}.mlp.linear_fc1`),
      fc2: await affine(`${name}.mlp.linear_fc2`),
    });
  }
  const mergers = [await merger(`${VISION}.merger`)];
  for (const k of vision.deepstackLayers.keys()) {
    mergers.push(await merger(`${VISION}.deepstack_merger_list.${k}`));
  }
  return { patches, positions, blocks, mergers };
}
