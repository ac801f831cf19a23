// Runs some experts of one layer, each on the rows that were routed to it. Prefill uses this graph, because it then
// loads every expert once for all its rows. Experts that are not quantised always use it. Uses plain operators on
// gathered rows, because onnxruntime 1.30's quantised mixture has a data race on WebGPU when it gets several rows.

import type { Manifest } from '../format/manifest.ts';
import type { ModelConfig } from '../format/model-config.ts';
import type { EmittedGraph, Target } from './emitted.ts';
import { LayerWriter } from './layers.ts';
import type { Value } from './onnx.ts';
import { EXPERT_GROUP } from './ports.ts';
import { slotInputs, type SlotInputs } from './slots.ts';

/**
 * The largest number of experts in one run. It is as large as the limits on slots and dispatches allow, so that there
 * are few runs.
 */
export const MOST_IN_GROUP = 8;

/** The inputs and outputs are those of EXPERT_GROUP in ports.ts, and the slots of the layer. */
export function expertGroupGraph(
  config: ModelConfig,
  manifest: Manifest,
  target: Target,
  layer: number,
  experts: number,
): EmittedGraph {
  const write = new LayerWriter(manifest, target);
  const { graph, precision } = write;
  const { hiddenSize, moe } = config.text;
  const normed = graph.input(EXPERT_GROUP.normed, precision, ['n', hiddenSize]);
  const mixed = graph.input(EXPERT_GROUP.mixed, 'f32', ['n', hiddenSize]);
  const held = slotInputs(write, layer);
  const chosen = graph.input(EXPERT_GROUP.chosen, 'i32', [experts]);
  const rows = graph.input(EXPERT_GROUP.rows, 'i64', ['m']);
  const shares = graph.input(EXPERT_GROUP.shares, 'f32', ['m', 1]);
  const counts = graph.input(EXPERT_GROUP.counts, 'i64', [experts]);

  const gathered = graph.node('Gather', [normed, rows], { axis: 0 });
  const perExpert = Array.from({ length: experts }, (_, g) => graph.name(`rows_${g}`));
  if (experts === 1) perExpert[0] = gathered;
  else graph.nodes('Split', '', [gathered, counts], { axis: 0 }, perExpert);
  const outputs = perExpert.map((x, g) => {
    const slot = graph.node('Gather', [chosen, graph.constant(BigInt64Array.of(BigInt(g)), [])], { axis: 0 });
    return oneExpert(write, x, held, slot, moe!.intermediateSize, hiddenSize);
  });
  const joined = experts === 1 ? outputs[0]! : graph.node('Concat', outputs, { axis: 0 });
  const floats = precision === 'f32' ? joined : write.cast(joined, 'f32');
  const weighted = graph.node('Mul', [floats, shares]);
  const places = graph.node('Unsqueeze', [rows, graph.constant(BigInt64Array.of(1n), [1])]);
  const sum = graph.node(
    'ScatterND',
    [mixed, places, weighted],
    { reduction: 'add' },
    EXPERT_GROUP.nextMixed,
  );
  graph.output(sum, 'f32', ['n', hiddenSize]);
  return write.emit();
}

/** down(silu(gate) ⊙ up) with the weights of one slot: (rows, hidden) → (rows, hidden). */
function oneExpert(
  write: LayerWriter,
  x: Value,
  held: SlotInputs,
  slot: Value,
  inner: number,
  hidden: number,
): Value {
  const { graph } = write;
  const product = (input: Value, blocks: Value, scales: Value, rows: number, columns: number): Value => {
    const weight = graph.node('Gather', [blocks, slot], { axis: 0 });
    if (held.quantization === undefined) return graph.node('Gemm', [input, weight], { transB: 1 });
    const { bits, block } = held.quantization;
    const shaped = write.reshape(weight, [rows, columns / block, (block * bits) / 8]);
    const scale = graph.node('Gather', [scales, slot], { axis: 0 });
    const attributes = { K: columns, N: rows, bits, block_size: block };
    return graph.fused('MatMulNBits', [input, shaped, scale], attributes);
  };
  const gateUp = product(x, held.gateUp, held.gateUpScales, 2 * inner, hidden);
  const pairs = write.reshape(gateUp, [-1, inner, 2]);
  const half = (which: number): Value =>
    graph.node('Gather', [pairs, graph.constant(BigInt64Array.of(BigInt(which)), [])], { axis: 2 });
  const gate = graph.fused('QuickGelu', [half(0)], { alpha: { float: 1 } });
  const active = graph.node('Mul', [gate, half(1)]);
  return product(active, held.down, held.downScales, hidden, inner);
}
