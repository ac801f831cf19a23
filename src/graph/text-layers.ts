// The decoder's layers in pieces. A graph builder calls the pieces in order, and each piece adds the graph inputs that
// it needs. decoder.ts joins all pieces into one graph; segments.ts spreads them over several.

import type { ModelConfig, TextConfig } from '../format/model-config.ts';
import { chooseBest } from './best-logits.ts';
import type { LayerWriter } from './layers.ts';
import type { Value } from './onnx.ts';
import { deepstackFeatures, FEATURES, pastPort, presentPort, TEXT, type CacheSide } from './ports.ts';

/** The input of a layer: the residual stream and its norm, both (n, hidden). */
export interface LayerState {
  residual: Value;
  normed: Value;
}

/**
 * The inputs and outputs are those of TEXT, FEATURES and the cache in ports.ts; each piece adds those that it needs.
 *
 * Source: transformers modeling_qwen3_vl.py and modeling_qwen3_vl_moe.py, text model.
 */
export class TextLayers {
  readonly #write: LayerWriter;
  readonly #text: TextConfig;
  readonly #taps: number;
  readonly #inputs = new Map<string, Value>();

  constructor(write: LayerWriter, { text, vision }: ModelConfig) {
    this.#write = write;
    this.#text = text;
    this.#taps = vision.deepstackLayers.length;
  }

  /** Word embeddings, with picture features in the places of pictures. */
  embed(): LayerState {
    const { graph } = this.#write;
    const ids = this.#input(TEXT.inputIds, (name) => graph.input(name, 'i32', ['n']));
    const isText = this.#input(TEXT.isText, (name) => this.#write.floatInput(name, ['n', 1]));
    const words = this.#write.lookup(`${LM}.embed_tokens.weight`, ids);
    const residual = graph.node('Add', [graph.node('Mul', [words, isText]), this.#featureRows(FEATURES)]);
    const gain = `${LM}.layers.0.input_layernorm.weight`;
    return { residual, normed: this.#write.rmsNorm(residual, gain, this.#text.rmsNormEps) };
  }

  /** The first half of a layer: attention, and the norm that the second half reads. */
  attend(layer: number, { residual, normed }: LayerState, names: Partial<LayerState> = {}): LayerState {
    const attended = this.#attention(normed, layer);
    const gain = `${LM}.layers.${layer}.post_attention_layernorm.weight`;
    return this.#write.addAndNorm(residual, attended, gain, this.#text.rmsNormEps, names);
  }

  /**
   * The end of a layer: adds the output of its second half and its DeepStack tap, if any, and norms the sum
   * for the next layer or the head.
   */
  finish(layer: number, { residual: middle }: LayerState, output: Value): LayerState {
    // DeepStack: after decoder layer k, tap k is added at the picture's positions (elsewhere zero).
    const hasTap = layer < this.#taps;
    const left = hasTap ? this.#write.graph.node('Add', [middle, output]) : middle;
    const right = hasTap ? this.#featureRows(deepstackFeatures(layer)) : output;
    const nextNorm = layer + 1 < this.#text.layers ? `layers.${layer + 1}.input_layernorm` : 'norm';
    return this.#write.addAndNorm(left, right, `${LM}.${nextNorm}.weight`, this.#text.rmsNormEps);
  }

  /** Applies the head to the last row only and chooses the candidates. Outputs: logits f32 (1, vocab), and best.*. */
  logits({ normed }: LayerState): void {
    const { graph, precision } = this.#write;
    const int = (value: number): Value => graph.constant(BigInt64Array.of(BigInt(value)), [1]);
    const last = graph.node('Slice', [normed, int(-1), int(2 ** 31 - 1), int(0)]);
    // The package decides, because a checkpoint may hold its own head although its config says that the head is tied.
    const isTied = this.#text.tiedHead && !this.#write.has('lm_head.weight');
    const head = isTied ? `${LM}.embed_tokens.weight` : 'lm_head.weight';
    const scores = this.#write.linear(last, head);
    const logits =
      precision === 'f32'
        ? graph.node('Identity', [scores], {}, TEXT.logits)
        : graph.node('Cast', [scores], { to: 1 }, TEXT.logits);
    graph.output(logits, 'f32', [1, this.#text.vocabSize]);
    chooseBest(graph, logits, this.#text.vocabSize);
  }

  /** Grouped-query attention with normalised heads over the cache: (n, hidden) → (n, hidden). */
  #attention(x: Value, layer: number): Value {
    const write = this.#write;
    const { graph, precision } = write;
    const name = `${LM}.layers.${layer}.self_attn`;
    const { heads, kvHeads, headDim, rmsNormEps } = this.#text;
    const table = (side: 'cos' | 'sin'): Value =>
      this.#input(TEXT[side], (port) => write.floatInput(port, ['n', headDim / 2]));
    const rotated = (projection: 'q' | 'k', count: number): Value => {
      const projected = write.linear(x, `${name}.${projection}_proj.weight`);
      const states = write.reshape(projected, [1, -1, count, headDim]);
      const normed = write.rmsNorm(states, `${name}.${projection}_norm.weight`, rmsNormEps);
      return write.rotate(write.reshape(normed, [1, -1, count * headDim]), table('cos'), table('sin'));
    };
    const query = rotated('q', heads);
    const key = rotated('k', kvHeads);
    const value = write.reshape(write.linear(x, `${name}.v_proj.weight`), [1, -1, kvHeads * headDim]);
    const cache = (side: CacheSide): Value =>
      graph.input(pastPort(layer, side), precision, [1, kvHeads, 'past', headDim]);
    const lengths = [TEXT.pastLength, TEXT.totalLength].map((length) =>
      this.#input(length, () => graph.input(length, 'i32', [1])),
    );
    const present = { key: presentPort(layer, 'key'), value: presentPort(layer, 'value') };
    const attended = graph.name('attended');
    graph.nodes(
      'GroupQueryAttention',
      'com.microsoft',
      [query, key, value, cache('key'), cache('value'), ...lengths],
      { num_heads: heads, kv_num_heads: kvHeads, scale: { float: headDim ** -0.5 } },
      [attended, present.key, present.value],
    );
    graph.output(present.key, precision, [1, kvHeads, 'present', headDim]);
    graph.output(present.value, precision, [1, kvHeads, 'present', headDim]);
    return write.linear(write.reshape(attended, [-1, heads * headDim]), `${name}.o_proj.weight`);
  }

  #featureRows(table: string): Value {
    const { graph, precision } = this.#write;
    const rows = this.#input(TEXT.featureRows, (name) => graph.input(name, 'i32', ['n']));
    const features = graph.input(table, precision, ['rows', this.#text.hiddenSize]);
    return graph.node('Gather', [features, rows], { axis: 0 });
  }

  /** An input that several pieces share. */
  #input(name: string, make: (name: string) => Value): Value {
    const known = this.#inputs.get(name) ?? make(name);
    this.#inputs.set(name, known);
    return known;
  }
}

const LM = 'model.language_model';
