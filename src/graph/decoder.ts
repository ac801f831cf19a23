// The text decoder of Qwen3-VL, as one graph for prefill and for single steps: token ids and picture
// features in, the best logits of the last position and the grown cache out.

import type { ModelConfig, TextConfig } from '../format/model-config.ts';
import type { Manifest } from '../format/manifest.ts';
import type { EmittedGraph, Target } from './emitted.ts';
import { chooseBest } from './best-logits.ts';
import { LayerWriter } from './layers.ts';
import { mixture } from './mixture.ts';
import type { Value } from './onnx.ts';

/**
 * Inputs, with n new tokens after p cached ones (all floats f32):
 * - input_ids i32 (n); is_text f32 (n, 1): 0 where a picture feature stands, else 1
 * - feature_rows i32 (n): the token's row in the features, 0 for text
 * - features, deepstack.k (rows + 1, hidden), in the graph's precision: row 0 is zero, so text adds nothing;
 *   taps beyond the last layer are accepted and ignored
 * - cos, sin f32 (n, headDim/2): rotary tables of the n positions
 * - past.i.key, past.i.value (1, kvHeads, p or capacity, headDim), in the graph's precision
 * - past_length i32 (1): p + n − 1; total_length i32 (1): p + n
 *
 * Outputs: logits f32 (1, vocab); the best of them (best-logits.ts); present.i.key, present.i.value.
 *
 * Source: transformers modeling_qwen3_vl.py and modeling_qwen3_vl_moe.py, text model.
 */
export function decoderGraph(config: ModelConfig, manifest: Manifest, target: Target): EmittedGraph {
  const write = new LayerWriter(manifest, target);
  const { graph, precision } = write;
  const { text, vision } = config;

  const ids = graph.input('input_ids', 'i32', ['n']);
  const isText = write.floatInput('is_text', ['n', 1]);
  const featureRows = graph.input('feature_rows', 'i32', ['n']);
  const features = graph.input('features', precision, ['rows', text.hiddenSize]);
  const taps = vision.deepstackLayers.map((_, k) =>
    graph.input(`deepstack.${k}`, precision, ['rows', text.hiddenSize]),
  );
  const rotary = {
    cos: write.floatInput('cos', ['n', text.headDim / 2]),
    sin: write.floatInput('sin', ['n', text.headDim / 2]),
  };
  const lengths = {
    past: graph.input('past_length', 'i32', [1]),
    total: graph.input('total_length', 'i32', [1]),
  };
  const rowsOf = (table: Value): Value => graph.node('Gather', [table, featureRows], { axis: 0 });

  const words = write.lookup(`${LM}.embed_tokens.weight`, ids);
  let residual = graph.node('Add', [graph.node('Mul', [words, isText]), rowsOf(features)]);
  let normed = write.rmsNorm(residual, `${LM}.layers.0.input_layernorm.weight`, text.rmsNormEps);
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `${LM}.layers.${layer}`;
    const attended = attention(write, normed, layer, text, rotary, lengths);
    const middle = write.addAndNorm(
      residual,
      attended,
      `${name}.post_attention_layernorm.weight`,
      text.rmsNormEps,
    );
    const moe = text.moe?.layers.includes(layer) === true ? text.moe : undefined;
    const output = moe
      ? mixture(write, middle.normed, layer, moe)
      : write.swiglu(middle.normed, `${name}.mlp`);
    // DeepStack: after decoder layer k, tap k is added at the picture's positions (elsewhere zero).
    const tap = taps[layer];
    const left = tap === undefined ? middle.sum : graph.node('Add', [middle.sum, output]);
    const right = tap === undefined ? output : rowsOf(tap);
    const nextNorm = layer + 1 < text.layers ? `layers.${layer + 1}.input_layernorm` : 'norm';
    ({ sum: residual, normed } = write.addAndNorm(left, right, `${LM}.${nextNorm}.weight`, text.rmsNormEps));
  }
  lastLogits(write, normed, text);
  return write.emit();
}

const LM = 'model.language_model';

/** Grouped-query attention with normalised heads over the cache: (n, hidden) → (n, hidden). */
function attention(
  write: LayerWriter,
  x: Value,
  layer: number,
  text: TextConfig,
  rotary: { cos: Value; sin: Value },
  lengths: { past: Value; total: Value },
): Value {
  const { graph, precision } = write;
  const name = `${LM}.layers.${layer}.self_attn`;
  const { heads, kvHeads, headDim } = text;
  const rotated = (projection: 'q' | 'k', count: number): Value => {
    const states = write.reshape(write.linear(x, `${name}.${projection}_proj.weight`), [
      1,
      -1,
      count,
      headDim,
    ]);
    const normed = write.rmsNorm(states, `${name}.${projection}_norm.weight`, text.rmsNormEps);
    return write.rotate(write.reshape(normed, [1, -1, count * headDim]), rotary.cos, rotary.sin);
  };
  const query = rotated('q', heads);
  const key = rotated('k', kvHeads);
  const value = write.reshape(write.linear(x, `${name}.v_proj.weight`), [1, -1, kvHeads * headDim]);
  const cache = (side: 'key' | 'value'): Value =>
    graph.input(`past.${layer}.${side}`, precision, [1, kvHeads, 'past', headDim]);
  const present = { key: `present.${layer}.key`, value: `present.${layer}.value` };
  const attended = graph.name('attended');
  graph.nodes(
    'GroupQueryAttention',
    'com.microsoft',
    [query, key, value, cache('key'), cache('value'), lengths.past, lengths.total],
    { num_heads: heads, kv_num_heads: kvHeads, scale: { float: headDim ** -0.5 } },
    [attended, present.key, present.value],
  );
  graph.output(present.key, precision, [1, kvHeads, 'present', headDim]);
  graph.output(present.value, precision, [1, kvHeads, 'present', headDim]);
  return write.linear(write.reshape(attended, [-1, heads * headDim]), `${name}.o_proj.weight`);
}

/** The head on the last row only, and its best candidates. */
function lastLogits(write: LayerWriter, normed: Value, text: TextConfig): void {
  const { graph, precision } = write;
  const int = (value: number): Value => graph.constant(BigInt64Array.of(BigInt(value)), [1]);
  const last = graph.node('Slice', [normed, int(-1), int(2 ** 31 - 1), int(0)]);
  // The package knows best: a checkpoint may hold a head of its own where its config says that it is tied.
  const isTied = text.tiedHead && !write.has('lm_head.weight');
  const head = isTied ? `${LM}.embed_tokens.weight` : 'lm_head.weight';
  const scores = write.linear(last, head);
  const name = 'logits';
  const logits =
    precision === 'f32'
      ? graph.node('Identity', [scores], {}, name)
      : graph.node('Cast', [scores], { to: 1 }, name);
  graph.output(logits, 'f32', [1, text.vocabSize]);
  chooseBest(graph, logits, text.vocabSize);
}
