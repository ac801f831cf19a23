// The decoder's weights in the kernels' memory, ordered by layer and purpose.

import { fail } from '../../failure.ts';
import type { ModelConfig } from '../../format/model-config.ts';
import type { ExpertMatrices, Matrix, Weights } from './weights.ts';

export interface DecoderLayer {
  inputNorm: number;
  query: Matrix;
  key: Matrix;
  value: Matrix;
  queryNorm: number;
  keyNorm: number;
  output: Matrix;
  middleNorm: number;
  network: DenseNetwork | MixtureNetwork;
}

export interface DenseNetwork {
  kind: 'dense';
  gate: Matrix;
  up: Matrix;
  down: Matrix;
}

export interface MixtureNetwork {
  kind: 'mixture';
  router: Matrix;
  experts: ExpertMatrices;
}

export interface DecoderWeights {
  words: Matrix;
  layers: DecoderLayer[];
  norm: number;
  head: Matrix;
}

const LM = 'model.language_model';

/**
 * Loads the decoder's weights. For each mixture layer it calls `experts`, which loads the experts or makes slots for
 * them.
 */
export async function loadDecoder(
  weights: Weights,
  { text }: ModelConfig,
  experts: (layer: number) => ExpertMatrices | Promise<ExpertMatrices>,
): Promise<DecoderWeights> {
  const words = await weights.matrix(`${LM}.embed_tokens.weight`);
  const layers: DecoderLayer[] = [];
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `${LM}.layers.${layer}`;
    const isMixture = text.moe?.layers.includes(layer) === true;
    layers.push({
      inputNorm: await weights.floats(`${name}.input_layernorm.weight`),
      query: await weights.matrix(`${name}.self_attn.q_proj.weight`),
      key: await weights.matrix(`${name}.self_attn.k_proj.weight`),
      value: await weights.matrix(`${name}.self_attn.v_proj.weight`),
      queryNorm: await weights.floats(`${name}.self_attn.q_norm.weight`),
      keyNorm: await weights.floats(`${name}.self_attn.k_norm.weight`),
      output: await weights.matrix(`${name}.self_attn.o_proj.weight`),
      middleNorm: await weights.floats(`${name}.post_attention_layernorm.weight`),
      network: isMixture
        ? {
            kind: 'mixture',
            router: await weights.matrix(`${name}.mlp.gate.weight`),
            experts: await experts(layer),
          }
        : {
            kind: 'dense',
            gate: await weights.matrix(`${name}.mlp.gate_proj.weight`),
            up: await weights.matrix(`${name}.mlp.up_proj.weight`),
            down: await weights.matrix(`${name}.mlp.down_proj.weight`),
          },
    });
  }
  const norm = await weights.floats(`${LM}.norm.weight`);
  const own = weights.has('lm_head.weight');
  if (!own && !text.tiedHead) fail('bad-manifest', 'The package has no tensor "lm_head.weight".');
  // A checkpoint may hold its own head although its config says that the head is tied.
  return { words, layers, norm, head: own ? await weights.matrix('lm_head.weight') : words };
}
