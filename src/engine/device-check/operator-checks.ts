// Small computations with known results that find faults of a WebGPU device before a model runs on it. With onnxruntime
// 1.30, attention over 32 or more rows is wrong on adapters whose subgroups are narrow, and the operator for quantised
// mixtures of experts (QMoE) has a data race when it gets more than one row.

import type { Manifest } from '../../format/manifest.ts';
import type { ModelConfig } from '../../format/model-config.ts';
import type { Precision, Target } from '../../graph/emitted.ts';
import { OnnxGraph } from '../../graph/onnx.ts';
import { randomGenerator } from '../answer/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Feeds, TensorData } from '../runtime/tensor.ts';

const ROWS = 70;
const WIDTH = 64;
/** The largest accepted error: far above rounding, far below the errors that the faults cause (0.1 and more). */
const TOLERANCE: Record<Precision, number> = { f32: 1e-3, f16: 2e-2 };

/** Whether the decoder may get several rows at once. Only quantised mixtures on WebGPU need the check. */
export async function mixtureTakesRows(
  runtime: Runtime,
  manifest: Manifest,
  config: ModelConfig,
  target: Target,
): Promise<boolean> {
  const { moe } = config.text;
  const quantized = manifest.experts.some(({ parts }) =>
    parts.some((part) => part.quantization !== undefined),
  );
  if (moe === undefined || runtime.backend === 'wasm' || target.expand || !quantized) return true;
  return mixtureIsRight(runtime, target.precision, moe.experts, moe.expertsPerToken);
}

/** Compares the quantised mixture of 70 rows at once with that of each row alone, three times. */
export async function mixtureIsRight(
  runtime: Runtime,
  precision: Precision,
  experts: number,
  expertsPerToken: number,
): Promise<boolean> {
  if (runtime.isSoftware) return false;
  const write = new OnnxGraph();
  const [x, logits] = ['x', 'logits'].map((name, i) => {
    const input = write.input(name, 'f32', ['n', i === 0 ? WIDTH : experts]);
    return precision === 'f32' ? input : write.node('Cast', [input], { to: 10 });
  });
  const numbers = numberSource();
  const weight = (name: string, shape: number[], scale: number | undefined): string => {
    const size = shape.reduce((product, each) => product * each, 1);
    if (scale === undefined) {
      bytes.push({ path: name, data: Uint8Array.from({ length: size }, () => Math.floor(numbers() * 256)) });
      return write.weight(name, 'u8', shape);
    }
    const constant = write.constant(Float32Array.of(scale), []);
    const shapeOf = write.constant(BigInt64Array.from(shape, BigInt), [shape.length]);
    const expanded = write.node('Expand', [constant, shapeOf]);
    return precision === 'f32' ? expanded : write.node('Cast', [expanded], { to: 10 });
  };
  const bytes: { path: string; data: Uint8Array }[] = [];
  const output = write.fused(
    'QMoE',
    [
      x!,
      logits!,
      weight('gate_up', [experts, 2 * WIDTH, WIDTH / 2], undefined),
      weight('gate_up.scales', [experts, 2 * WIDTH, WIDTH / 32], 0.05),
      '',
      weight('down', [experts, WIDTH, WIDTH / 2], undefined),
      weight('down.scales', [experts, WIDTH, WIDTH / 32], 0.05),
      '',
    ],
    {
      k: expertsPerToken,
      expert_weight_bits: 4,
      block_size: 32,
      activation_type: 'swiglu',
      swiglu_fusion: 1,
      activation_alpha: { float: 1 },
      activation_beta: { float: 0 },
      normalize_routing_weights: 1,
    },
  );
  const named = precision === 'f32' ? output : write.node('Cast', [output], { to: 1 });
  write.output(named, 'f32', ['n', WIDTH]);
  const session = await runtime.open(
    { model: write.serialize(), weights: new Map(), outputs: write.outputs },
    bytes,
  );
  const rows = randomRows(ROWS, WIDTH, numbers);
  const choices = randomRows(ROWS, experts, numbers, 4);
  const run = async (from: number, to: number): Promise<TensorData> => {
    const feeds: Feeds = {
      x: runtime.tensor('float32', rows.slice(from * WIDTH, to * WIDTH), [to - from, WIDTH]),
      logits: runtime.tensor('float32', choices.slice(from * experts, to * experts), [to - from, experts]),
    };
    const result = (await session.run(feeds, { [named]: null }))[named]!;
    const [values] = await runtime.read([result]);
    result.dispose();
    return values!;
  };
  try {
    const alone = new Float32Array(ROWS * WIDTH);
    for (let row = 0; row < ROWS; row++) alone.set((await run(row, row + 1)) as Float32Array, row * WIDTH);
    for (let attempt = 0; attempt < 3; attempt++) {
      if (largestDifference(alone, await run(0, ROWS)) > TOLERANCE[precision]) return false;
    }
    return true;
  } finally {
    await session.release();
  }
}

/** Compares grouped-query attention over 64 rows with the same computation in JavaScript. */
export async function attentionIsRight(runtime: Runtime, precision: Precision): Promise<boolean> {
  const n = 64;
  const graph = new OnnxGraph();
  const cast = (value: string, to: number): string =>
    precision === 'f32' ? value : graph.node('Cast', [value], { to });
  const type = precision;
  const [q, k, v] = ['q', 'k', 'v'].map((name) => cast(graph.input(name, 'f32', [1, n, WIDTH]), 10));
  const past = ['past_key', 'past_value'].map((name) => graph.input(name, type, [1, 1, 'p', WIDTH]));
  const lengths = ['past_length', 'total_length'].map((name) => graph.input(name, 'i32', [1]));
  graph.nodes(
    'GroupQueryAttention',
    'com.microsoft',
    [q!, k!, v!, ...past, ...lengths],
    { num_heads: 1, kv_num_heads: 1, scale: { float: WIDTH ** -0.5 } },
    ['attended', 'present_key', 'present_value'],
  );
  const output = cast('attended', 1);
  graph.output(output, 'f32', [1, n, WIDTH]);
  for (const name of ['present_key', 'present_value']) graph.output(name, type, [1, 1, 'm', WIDTH]);
  const session = await runtime.open(
    { model: graph.serialize(), weights: new Map(), outputs: graph.outputs },
    [],
  );
  const cache = [0, 1].map(() => runtime.zeros(precision, [1, 1, n, WIDTH]));
  try {
    const numbers = numberSource();
    const [query, key, value] = [0, 1, 2].map(() => randomRows(n, WIDTH, numbers, 2));
    const tensor = (data: Float32Array): Feeds[string] => runtime.tensor('float32', data, [1, n, WIDTH]);
    const results = await session.run(
      {
        q: tensor(query!),
        k: tensor(key!),
        v: tensor(value!),
        past_key: cache[0]!,
        past_value: cache[1]!,
        past_length: runtime.tensor('int32', Int32Array.of(n - 1), [1]),
        total_length: runtime.tensor('int32', Int32Array.of(n), [1]),
      },
      { [output]: null, present_key: cache[0]!, present_value: cache[1]! },
    );
    const [attended] = await runtime.read([results[output]!]);
    results[output]!.dispose();
    return largestDifference(causalAttention(query!, key!, value!, n), attended!) <= TOLERANCE[precision];
  } finally {
    for (const tensor of cache) tensor.dispose();
    await session.release();
  }
}

function causalAttention(q: Float32Array, k: Float32Array, v: Float32Array, n: number): Float32Array {
  const result = new Float32Array(n * WIDTH);
  for (let row = 0; row < n; row++) {
    const scores = Float64Array.from({ length: row + 1 }, (_, column) => {
      let dot = 0;
      for (let i = 0; i < WIDTH; i++) dot += q[row * WIDTH + i]! * k[column * WIDTH + i]!;
      return dot * WIDTH ** -0.5;
    });
    const weights = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < WIDTH; i++) {
      let sum = 0;
      for (let column = 0; column <= row; column++) sum += weights[column]! * v[column * WIDTH + i]!;
      result[row * WIDTH + i] = sum / total;
    }
  }
  return result;
}

function numberSource(): () => number {
  return randomGenerator(1);
}

function randomRows(rows: number, width: number, numbers: () => number, scale = 1): Float32Array {
  return Float32Array.from({ length: rows * width }, () => (numbers() * 2 - 1) * scale);
}

function largestDifference(a: Float32Array, b: TensorData): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - Number(b[i]));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
