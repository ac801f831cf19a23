// The building blocks that the vision encoder and the decoder share. Every activation is (rows, width). Each function
// appends nodes and returns the name of its result. Knows how a weight of the package (float or quantised) becomes an
// operator; leaves the model's structure to vision.ts and decoder.ts.

import { fail } from '../failure.ts';
import type { Manifest, TensorEntry } from '../format/manifest.ts';
import type { EmittedGraph, Precision, Target, WeightSource } from './emitted.ts';
import { OnnxGraph, type Value } from './onnx.ts';

export class LayerWriter {
  readonly graph = new OnnxGraph();
  readonly target: Target;
  readonly manifest: Manifest;
  readonly #sources = new Map<string, WeightSource>();

  constructor(manifest: Manifest, target: Target) {
    this.manifest = manifest;
    this.target = target;
  }

  get precision(): Precision {
    return this.target.precision;
  }

  emit(): EmittedGraph {
    return { model: this.graph.serialize(), weights: this.#sources, outputs: this.graph.outputs };
  }

  has(tensor: string): boolean {
    return this.manifest.tensors[tensor] !== undefined;
  }

  entry(tensor: string): TensorEntry {
    return this.manifest.tensors[tensor] ?? fail('bad-manifest', `The package has no tensor "${tensor}".`);
  }

  /** Declares a weight under its own name, with the recipe for its bytes. */
  weight(name: string, type: Precision | 'u8', shape: number[], source: WeightSource): Value {
    this.#sources.set(name, source);
    return this.graph.weight(name, type, shape);
  }

  /** An unquantised tensor in the graph's precision. */
  tensor(name: string, shape: number[] = this.entry(name).shape): Value {
    return this.weight(name, this.precision, shape, { kind: 'tensor', tensor: name, as: this.precision });
  }

  /** An f32 input, cast to the graph's precision. */
  floatInput(name: string, shape: (number | string)[]): Value {
    const input = this.graph.input(name, 'f32', shape);
    return this.precision === 'f32' ? input : this.cast(input, 'f16');
  }

  cast(x: Value, to: Precision): Value {
    return this.graph.node('Cast', [x], { to: to === 'f32' ? 1 : 10 });
  }

  reshape(x: Value, shape: number[]): Value {
    const target = this.graph.constant(BigInt64Array.from(shape, BigInt), [shape.length]);
    return this.graph.node('Reshape', [x, target]);
  }

  /** x · Wᵀ (+ bias), which turns (rows, columns of W) into (rows, rows of W). The result gets `name`, if given. */
  linear(x: Value, weight: string, bias?: string, name?: string): Value {
    const quantization = this.entry(weight).quantization;
    if (quantization === undefined || this.target.expand) {
      const { rows, columns } = quantization ?? matrix(weight, this.entry(weight));
      const w = this.tensor(weight, [rows, columns]);
      const inputs = bias === undefined ? [x, w] : [x, w, this.tensor(bias)];
      return this.graph.node('Gemm', inputs, { transB: 1 }, name);
    }
    const { bits, block, rows, columns } = quantization;
    const attributes = { K: columns, N: rows, bits, block_size: block };
    const operands = [x, ...this.blocks(weight)];
    if (bias === undefined) return this.graph.fused('MatMulNBits', operands, attributes, name);
    const product = this.graph.fused('MatMulNBits', operands, attributes);
    return this.graph.node('Add', [product, this.tensor(bias)], {}, name);
  }

  /** A quantised matrix in its stored form: blocks (rows, blocks, bytes) and scales (rows, blocks). */
  blocks(weight: string): [blocks: Value, scales: Value] {
    const { quantization, shape } = this.entry(weight);
    if (quantization === undefined) fail('bug', `"${weight}" is not quantised.`);
    const { scales } = quantization;
    return [
      this.weight(weight, 'u8', shape, { kind: 'tensor', tensor: weight, as: 'stored' }),
      this.weight(scales, this.precision, this.entry(scales).shape, {
        kind: 'tensor',
        tensor: scales,
        as: this.precision,
      }),
    ];
  }

  /** The rows of a table (float or quantised) at i32 indices (n): (n, width). */
  lookup(table: string, indices: Value): Value {
    const { graph } = this;
    const quantization = this.entry(table).quantization;
    if (quantization === undefined || this.target.expand) {
      const { rows, columns } = quantization ?? matrix(table, this.entry(table));
      return graph.node('Gather', [this.tensor(table, [rows, columns]), indices], { axis: 0 });
    }
    const { bits, block, columns } = quantization;
    const [blocks, scales] = this.blocks(table);
    const count = Math.ceil(columns / block);
    const bytes = this.cast(graph.node('Gather', [blocks, indices], { axis: 0 }), this.precision);
    const values = bits === 8 ? bytes : this.#nibbles(bytes, count, block);
    const zero = this.#scalar(2 ** (bits - 1));
    const scale = this.reshape(graph.node('Gather', [scales, indices], { axis: 0 }), [-1, count, 1]);
    const scaled = graph.node('Mul', [graph.node('Sub', [values, zero]), scale]);
    const rows = this.reshape(scaled, [-1, count * block]);
    if (count * block === columns) return rows;
    const ints = (value: number): Value => graph.constant(BigInt64Array.of(BigInt(value)), [1]);
    return graph.node('Slice', [rows, ints(0), ints(columns), ints(1)]);
  }

  /** Turns (n, blocks, block/2) bytes, given as floats, into (n, blocks, block) nibbles, the low one first. */
  #nibbles(bytes: Value, count: number, block: number): Value {
    const { graph } = this;
    const high = graph.node('Floor', [graph.node('Mul', [bytes, this.#scalar(1 / 16)])]);
    const low = graph.node('Sub', [bytes, graph.node('Mul', [high, this.#scalar(16)])]);
    const shape = [-1, count, block / 2, 1];
    const pairs = graph.node('Concat', [this.reshape(low, shape), this.reshape(high, shape)], { axis: 3 });
    return this.reshape(pairs, [-1, count, block]);
  }

  #scalar(value: number): Value {
    const constant = this.graph.constant(Float32Array.of(value), [1]);
    return this.precision === 'f32' ? constant : this.cast(constant, 'f16');
  }

  rmsNorm(x: Value, weight: string, epsilon: number): Value {
    return this.graph.node('SimplifiedLayerNormalization', [x, this.tensor(weight)], {
      axis: -1,
      epsilon: { float: epsilon },
    });
  }

  /** a + b, and the RMS norm of the sum, in one pass. The results get `names`, if given. */
  addAndNorm(
    a: Value,
    b: Value,
    weight: string,
    epsilon: number,
    names: { residual?: Value; normed?: Value } = {},
  ): { residual: Value; normed: Value } {
    const normed = names.normed ?? this.graph.name('normed');
    const residual = names.residual ?? this.graph.name('sum');
    this.graph.nodes(
      'SkipSimplifiedLayerNormalization',
      'com.microsoft',
      [a, b, this.tensor(weight)],
      { epsilon: { float: epsilon } },
      [normed, '', '', residual],
    );
    return { residual, normed };
  }

  layerNorm(x: Value, name: string): Value {
    const inputs = [x, this.tensor(`${name}.weight`), this.tensor(`${name}.bias`)];
    return this.graph.node('LayerNormalization', inputs, { axis: -1, epsilon: { float: 1e-6 } });
  }

  /**
   * Rotates x (1, rows, heads·d) by cos and sin (rows, d/2), the first half of each head against the second; each row
   * has its own angles.
   */
  rotate(x: Value, cos: Value, sin: Value): Value {
    const from = this.graph.constant(BigInt64Array.of(0n), [1]);
    return this.graph.fused('RotaryEmbedding', [x, from, cos, sin]);
  }

  /** down(silu(gate) ⊙ up) of a dense SwiGLU network. QuickGelu with alpha 1 is silu. */
  swiglu(x: Value, name: string): Value {
    const gate = this.graph.fused('QuickGelu', [this.linear(x, `${name}.gate_proj.weight`)], {
      alpha: { float: 1 },
    });
    const up = this.linear(x, `${name}.up_proj.weight`);
    return this.linear(this.graph.node('Mul', [gate, up]), `${name}.down_proj.weight`);
  }
}

function matrix(name: string, entry: TensorEntry): { rows: number; columns: number } {
  const [rows, ...rest] = entry.shape;
  if (rows === undefined || rest.length === 0) fail('bad-manifest', `Tensor "${name}" is not a matrix.`);
  return { rows, columns: rest.reduce((product, each) => product * each, 1) };
}
