// A mixture-of-experts layer: a router chooses the best k of E SwiGLU networks per row, weighted by the softmax of the
// chosen logits. There are three ways to run it: onnxruntime's quantised operator, its float operator (CPU only), and
// plain operators over all experts (for float weights on WebGPU, which only parity tests use).

import { fail } from '../failure.ts';
import type { MoeConfig } from '../format/model-config.ts';
import { expertLayer, expertPart, type ExpertLayer, type ExpertPart } from '../format/manifest.ts';
import type { ExpertsSource } from './emitted.ts';
import type { LayerWriter } from './layers.ts';
import type { Attribute, Value } from './onnx.ts';
import type { SlotInputs } from './slots.ts';

/** Turns x (rows, hidden) into (rows, hidden). */
export function mixture(write: LayerWriter, x: Value, layer: number, moe: MoeConfig): Value {
  const { graph, target } = write;
  const logits = router(write, x, layer, moe, routerOutput(layer));
  const experts = expertLayer(write.manifest, layer);
  const quantization = expertPart(experts, 'gate_up').quantization;
  if (quantization !== undefined && !target.expand) {
    const stack = (name: ExpertPart['name'], as: ExpertsSource['as']): Value =>
      stackParts(write, experts, name, as, 'rows');
    return quantizedMixture(write, moe, layer, x, logits, {
      quantization,
      gateUp: stack('gate_up', 'stored'),
      gateUpScales: stack('gate_up.scales', write.precision),
      down: stack('down', 'stored'),
      downScales: stack('down.scales', write.precision),
    });
  }
  if (target.backend === 'wasm') {
    const gateUp = stackParts(write, experts, 'gate_up', write.precision, 'rows');
    const down = stackParts(write, experts, 'down', write.precision, 'rows');
    return graph.fused('MoE', [x, logits, gateUp, '', down, ''], attributesOf(moe));
  }
  return everyExpert(write, x, logits, experts, moe);
}

/**
 * Runs onnxruntime's quantised mixture on x (rows, hidden) and logits (rows, number of experts that `experts` stacks).
 */
export function quantizedMixture(
  write: LayerWriter,
  moe: MoeConfig,
  layer: number,
  x: Value,
  logits: Value,
  experts: SlotInputs,
): Value {
  const { quantization, gateUp, gateUpScales, down, downScales } = experts;
  if (quantization === undefined) fail('bug', `The experts of layer ${layer} are not quantised.`);
  return write.graph.fused('QMoE', [x, logits, gateUp, gateUpScales, '', down, downScales, ''], {
    ...attributesOf(moe),
    expert_weight_bits: quantization.bits,
    block_size: quantization.block,
  });
}

function attributesOf(moe: MoeConfig): Record<string, Attribute> {
  return {
    k: moe.expertsPerToken,
    activation_type: 'swiglu',
    swiglu_fusion: 1,
    activation_alpha: { float: 1 },
    activation_beta: { float: 0 },
    normalize_routing_weights: 1,
  };
}

/** The router's logits of a layer, (rows, E). They are also an output of the graph, in its precision. */
export function router(write: LayerWriter, x: Value, layer: number, moe: MoeConfig, name: Value): Value {
  const weight = `model.language_model.layers.${layer}.mlp.gate.weight`;
  const logits = write.linear(x, weight, undefined, name);
  write.graph.output(logits, write.precision, ['n', moe.experts]);
  return logits;
}

export function routerOutput(layer: number): string {
  return `router.${layer}`;
}

/**
 * Runs all experts on all rows, and gives weight zero to those that are not chosen. This takes E/k times the work, but
 * runs on any backend.
 */
function everyExpert(
  write: LayerWriter,
  x: Value,
  logits: Value,
  experts: ExpertLayer,
  moe: MoeConfig,
): Value {
  const { graph, precision } = write;
  const ints = (...values: number[]): Value =>
    graph.constant(BigInt64Array.from(values, BigInt), [values.length]);
  const probabilities = graph.node('Softmax', [write.cast(logits, 'f32')], { axis: -1 });
  const [best, chosen] = [graph.name('best'), graph.name('chosen')];
  graph.nodes('TopK', '', [probabilities, ints(moe.expertsPerToken)], { axis: -1 }, [best, chosen]);
  const shares = graph.node('Div', [best, graph.node('ReduceSum', [best, ints(-1)], { keepdims: 1 })]);
  const zeros = graph.node('Sub', [probabilities, probabilities]);
  const dense = graph.node('ScatterElements', [zeros, chosen, shares], { axis: 1 });
  const perExpert = graph.node('Unsqueeze', [graph.node('Transpose', [dense], { perm: [1, 0] }), ints(2)]);
  const weights = precision === 'f32' ? perExpert : write.cast(perExpert, precision);

  const rows = graph.node('Unsqueeze', [x, ints(0)]);
  const gateWeight = stackParts(write, experts, 'gate_up', precision, 'gate transposed');
  const upWeight = stackParts(write, experts, 'gate_up', precision, 'up transposed');
  const downWeight = stackParts(write, experts, 'down', precision, 'transposed');
  const gate = graph.fused('QuickGelu', [graph.node('MatMul', [rows, gateWeight])], { alpha: { float: 1 } });
  const up = graph.node('MatMul', [rows, upWeight]);
  const outputs = graph.node('MatMul', [graph.node('Mul', [gate, up]), downWeight]);
  return graph.node('ReduceSum', [graph.node('Mul', [outputs, weights]), ints(0)], { keepdims: 0 });
}

function stackParts(
  write: LayerWriter,
  experts: ExpertLayer,
  name: ExpertPart['name'],
  as: ExpertsSource['as'],
  layout: ExpertsSource['layout'],
): Value {
  const { quantization, shape } = expertPart(experts, name);
  const [rows, columns] =
    as !== 'stored' && quantization !== undefined ? [quantization.rows, quantization.columns] : shape;
  if (rows === undefined || columns === undefined)
    fail('bad-manifest', `Expert part "${name}" is not a matrix.`);
  const kept = layout === 'gate transposed' || layout === 'up transposed' ? rows / 2 : rows;
  const stacked = layout === 'rows' ? [rows, columns] : [columns, kept];
  const label = layout === 'rows' ? name : `${name} ${layout}`;
  return write.weight(
    `layers.${experts.layer}.experts.${label}`,
    as === 'stored' ? 'u8' : as,
    [experts.at.length, ...stacked],
    { kind: 'experts', layer: experts.layer, part: name, as, layout },
  );
}
