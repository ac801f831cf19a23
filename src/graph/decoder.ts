// The text decoder of Qwen3-VL as one graph, for prefill and for single steps. Token ids and picture features go in
// (ports.ts lists the inputs); the candidate logits of the last position and the grown cache come out.

import type { ModelConfig } from '../format/model-config.ts';
import type { Manifest } from '../format/manifest.ts';
import type { EmittedGraph, Target } from './emitted.ts';
import { LayerWriter } from './layers.ts';
import { mixture } from './mixture.ts';
import { TextLayers } from './text-layers.ts';

/**
 * Outputs: logits f32 (1, vocab); the candidates (best-logits.ts); and, in the graph's precision, router.i (n, experts)
 * of mixture layers, present.i.key and present.i.value.
 */
export function decoderGraph(config: ModelConfig, manifest: Manifest, target: Target): EmittedGraph {
  const write = new LayerWriter(manifest, target);
  const layers = new TextLayers(write, config);
  const { text } = config;
  let state = layers.embed();
  for (let layer = 0; layer < text.layers; layer++) {
    const middle = layers.attend(layer, state);
    const moe = text.moe?.layers.includes(layer) === true ? text.moe : undefined;
    const output = moe
      ? mixture(write, middle.normed, layer, moe)
      : write.swiglu(middle.normed, `model.language_model.layers.${layer}.mlp`);
    state = layers.finish(layer, middle, output);
  }
  layers.logits(state);
  return write.emit();
}
