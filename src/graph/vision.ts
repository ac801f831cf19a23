// The vision encoder of Qwen3-VL: turns patches of one picture, or of equal frame groups of a clip, into
// features for the decoder, and into the DeepStack features that later layers add.

import type { ModelConfig, VisionConfig } from '../format/model-config.ts';
import type { Manifest } from '../format/manifest.ts';
import type { EmittedGraph, Target } from './emitted.ts';
import { LayerWriter } from './layers.ts';
import type { Value } from './onnx.ts';
import { deepstackFeatures, FEATURES, VISION } from './ports.ts';

/**
 * The graph takes f frame groups of s patches each. Its inputs are those of VISION in ports.ts; its outputs are
 * FEATURES and deepstackFeatures, with f·s/merge² rows.
 *
 * Source: transformers modeling_qwen3_vl.py, vision model.
 */
export function visionGraph(config: ModelConfig, manifest: Manifest, target: Target): EmittedGraph {
  const write = new LayerWriter(manifest, target);
  const { graph, precision } = write;
  const { vision } = config;
  const headDim = vision.hiddenSize / vision.heads;
  const patchValues = 3 * vision.temporalPatchSize * vision.patchSize ** 2;

  const patches = write.floatInput(VISION.patches, ['patches', patchValues]);
  const indices = graph.input(VISION.positionIndices, 'i32', [4, 's']);
  const weights = write.floatInput(VISION.positionWeights, [4, 's']);
  const cos = write.floatInput(VISION.cos, ['s', headDim / 2]);
  const sin = write.floatInput(VISION.sin, ['s', headDim / 2]);
  const frames = graph.input(VISION.frames, 'i64', [3]);

  const embedded = write.linear(
    patches,
    `${PREFIX}.patch_embed.proj.weight`,
    `${PREFIX}.patch_embed.proj.bias`,
  );
  const positions = mixedPositions(write, indices, weights);
  const placed = graph.node('Add', [graph.node('Reshape', [embedded, frames]), positions]);
  let x = write.reshape(placed, [-1, vision.hiddenSize]);
  const outputs: { name: string; value: Value }[] = [];
  for (let block = 0; block < vision.depth; block++) {
    x = visionBlock(write, x, `${PREFIX}.blocks.${block}`, vision, { cos, sin, frames });
    for (const [k, layer] of vision.deepstackLayers.entries()) {
      if (layer !== block) continue;
      const name = `${PREFIX}.deepstack_merger_list.${k}`;
      outputs.push({ name: deepstackFeatures(k), value: merger(write, x, name, vision, 'after grouping') });
    }
  }
  outputs.unshift({
    name: FEATURES,
    value: merger(write, x, `${PREFIX}.merger`, vision, 'before grouping'),
  });
  for (const { name, value } of outputs) {
    const zero = graph.constant(new Float32Array(vision.outHiddenSize), [1, vision.outHiddenSize]);
    const zeroRow = precision === 'f32' ? zero : write.cast(zero, precision);
    graph.node('Concat', [zeroRow, value], { axis: 0 }, name);
    graph.output(name, precision, ['rows', vision.outHiddenSize]);
  }
  return write.emit();
}

const PREFIX = 'model.visual';

/** The learned position table, bilinearly mixed: Σ weights · table[indices], (s, hidden). */
function mixedPositions(write: LayerWriter, indices: Value, weights: Value): Value {
  const { graph } = write;
  const ints = (value: number): Value => graph.constant(BigInt64Array.of(BigInt(value)), [1]);
  const rows = graph.node('Gather', [write.tensor(`${PREFIX}.pos_embed.weight`), indices], { axis: 0 });
  const weighted = graph.node('Mul', [rows, graph.node('Unsqueeze', [weights, ints(2)])]);
  return graph.node('ReduceSum', [weighted, ints(0)], { keepdims: 0 });
}

/** Pre-norm attention within each frame, and a network with tanh-GELU: (f·s, hidden) → the same shape. */
function visionBlock(
  write: LayerWriter,
  x: Value,
  name: string,
  vision: VisionConfig,
  by: { cos: Value; sin: Value; frames: Value },
): Value {
  const { graph } = write;
  const normed = write.layerNorm(x, `${name}.norm1`);
  const qkv = write.linear(normed, `${name}.attn.qkv.weight`, `${name}.attn.qkv.bias`);
  const parts = ['query', 'key', 'value'].map((part) => graph.name(part));
  graph.nodes('Split', '', [qkv], { axis: -1, num_outputs: 3 }, parts);
  const [query, key, value] = parts.map((part) => graph.node('Reshape', [part, by.frames]));
  const headDim = vision.hiddenSize / vision.heads;
  const attended = graph.fused(
    'MultiHeadAttention',
    [write.rotate(query!, by.cos, by.sin), write.rotate(key!, by.cos, by.sin), value!],
    { num_heads: vision.heads, scale: { float: headDim ** -0.5 } },
  );
  const rows = write.reshape(attended, [-1, vision.hiddenSize]);
  const middle = graph.node('Add', [
    x,
    write.linear(rows, `${name}.attn.proj.weight`, `${name}.attn.proj.bias`),
  ]);
  const inner = write.linear(
    write.layerNorm(middle, `${name}.norm2`),
    `${name}.mlp.linear_fc1.weight`,
    `${name}.mlp.linear_fc1.bias`,
  );
  const active = graph.node('Gelu', [inner], { approximate: 'tanh' });
  return graph.node('Add', [
    middle,
    write.linear(active, `${name}.mlp.linear_fc2.weight`, `${name}.mlp.linear_fc2.bias`),
  ]);
}

/**
 * Merges blocks of merge² patches into one token: (f·s, hidden) → (f·s/merge², decoder hidden). The main merger norms
 * each patch before grouping, DeepStack mergers norm the group. All of them use the exact GELU.
 */
function merger(
  write: LayerWriter,
  x: Value,
  name: string,
  vision: VisionConfig,
  norm: 'before grouping' | 'after grouping',
): Value {
  const grouped = (rows: Value): Value =>
    write.reshape(rows, [-1, vision.mergeSize ** 2 * vision.hiddenSize]);
  const tokens =
    norm === 'before grouping'
      ? grouped(write.layerNorm(x, `${name}.norm`))
      : write.layerNorm(grouped(x), `${name}.norm`);
  const inner = write.linear(tokens, `${name}.linear_fc1.weight`, `${name}.linear_fc1.bias`);
  const active = write.graph.node('Gelu', [inner], { approximate: 'none' });
  return write.linear(active, `${name}.linear_fc2.weight`, `${name}.linear_fc2.bias`);
}
