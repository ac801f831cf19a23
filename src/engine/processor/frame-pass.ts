// Runs frames of one size through the vision encoder, block after block, so that a run can be stopped between two
// blocks. Owns its scratch memory.

import type { ModelConfig } from '../../format/model-config.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { positionTaps, visionRotary } from '../vision/vision-positions.ts';
import { eventLoopTurn } from './event-loop-turn.ts';
import { attentionSpare, LayerProgram, type Rows } from './layer-program.ts';
import type { Merger, VisionBlock, VisionWeights } from './vision-weights.ts';

/**
 * The number of rows that go through a feed-forward network together. The network's inner rows are four times as wide,
 * so they need the most scratch memory.
 */
const TILE_ROWS = 512;
const EPSILON = 1e-6;

export class FramePass {
  readonly #kernels: Kernels;
  readonly #config: ModelConfig;
  readonly #weights: VisionWeights;
  readonly #layer: LayerProgram;
  readonly #patches: number;
  readonly #owned: [at: number, bytes: number][] = [];
  readonly #x: Rows;
  readonly #input: Rows;
  readonly #qkv: Rows;
  readonly #attended: Rows;
  readonly #inner: Rows;
  readonly #table: number;
  readonly #indices: number;
  readonly #tapWeights: number;
  readonly #cos: number;
  readonly #sin: number;

  constructor(
    kernels: Kernels,
    config: ModelConfig,
    weights: VisionWeights,
    grid: { height: number; width: number },
  ) {
    const { vision } = config;
    const { hiddenSize: hidden, intermediateSize, mergeSize } = vision;
    this.#kernels = kernels;
    this.#config = config;
    this.#weights = weights;
    this.#patches = grid.height * grid.width;
    const merged = hidden * mergeSize ** 2;
    const values = weights.patches.matrix.columns;
    const widest = Math.max(intermediateSize, merged, values);
    const tile = Math.min(TILE_ROWS, this.#patches);
    this.#layer = new LayerProgram(kernels, tile, widest);
    const headDim = hidden / vision.heads;
    kernels.reserveSpare(attentionSpare(headDim, 1));
    const rows = (columns: number, count = this.#patches): Rows => ({
      at: this.#allocate(4 * columns * count),
      stride: 4 * columns,
    });
    this.#input = rows(values);
    this.#x = rows(hidden);
    this.#qkv = rows(3 * hidden);
    this.#attended = rows(hidden);
    this.#inner = rows(widest, tile);
    this.#table = this.#allocate(4);
    kernels.ints(this.#table, 1)[0] = this.#qkv.at;
    const taps = positionTaps(grid, mergeSize, vision.positionGrid);
    const { cos, sin } = visionRotary(grid, mergeSize, headDim);
    this.#indices = this.#copy(taps.indices);
    this.#tapWeights = this.#copy(taps.weights);
    this.#cos = this.#copy(cos);
    this.#sin = this.#copy(sin);
  }

  /** Encodes one frame. `to`: the address for the features, then an address for the features of each tap. */
  async run(patches: Float32Array, to: readonly number[], signal: AbortSignal): Promise<void> {
    const { deepstackLayers } = this.#config.vision;
    const { blocks, mergers } = this.#weights;
    this.#kernels.floats(this.#input.at, patches.length).set(patches);
    await this.#step(signal, () => this.#embed());
    for (const [index, block] of blocks.entries()) {
      await this.#step(signal, () => {
        this.#attention(block);
        this.#network(block);
        const tap = deepstackLayers.indexOf(index);
        if (tap !== -1) this.#merge(mergers[tap + 1]!, 'after grouping', to[tap + 1]!);
      });
    }
    await this.#step(signal, () => this.#merge(mergers[0]!, 'before grouping', to[0]!));
  }

  dispose(): void {
    this.#layer.dispose();
    for (const [at, bytes] of this.#owned.splice(0)) this.#kernels.arena.free(at, bytes);
  }

  async #step(signal: AbortSignal, append: () => void): Promise<void> {
    this.#layer.begin();
    append();
    this.#kernels.run(this.#layer.program);
    await eventLoopTurn();
    signal.throwIfAborted();
  }

  #embed(): void {
    const { matrix, bias } = this.#weights.patches;
    this.#tiles(TILE_ROWS, (from, rows) => {
      const y = rowsFrom(this.#x, from);
      this.#layer.products({ step: 'none', x: rowsFrom(this.#input, from), rows }, [{ matrix, bias, y }]);
    });
    this.#layer.program.add('addPositions', {
      ...{ rows: this.#patches, columns: this.#config.vision.hiddenSize },
      ...{ indices: this.#indices, weights: this.#tapWeights, table: this.#weights.positions },
      ...{ y: this.#x.at, yStride: this.#x.stride },
    });
  }

  /** Every patch attends to all patches of its frame. */
  #attention({ norm1, qkv, project }: VisionBlock): void {
    const { hiddenSize: hidden, heads } = this.#config.vision;
    const width = hidden / heads;
    this.#tiles(TILE_ROWS, (from, rows) => {
      const x = rowsFrom(this.#x, from);
      this.#layer.products({ step: 'layerNorm', x, rows, ...norm1, epsilon: EPSILON }, [
        { ...qkv, y: rowsFrom(this.#qkv, from) },
      ]);
    });
    const { at, stride } = this.#qkv;
    // Queries and keys lie side by side, so one operation rotates both.
    this.#layer.program.add('rotate', {
      ...{ rows: this.#patches, heads: 2 * heads, width, x: at, xStride: stride },
      ...{ cos: this.#cos, sin: this.#sin },
    });
    this.#layer.program.add('attend', {
      ...{ rows: this.#patches, heads, kvHeads: heads, width, query: at, queryStride: stride },
      ...{ y: this.#attended.at, yStride: this.#attended.stride, scale: width ** -0.5 },
      ...{ table: this.#table, keys: 4 * hidden, values: 8 * hidden, headStride: 4 * width },
      ...{ positionStride: stride, positions: 2 ** 30, first: -1 },
    });
    this.#tiles(TILE_ROWS, (from, rows) => {
      this.#layer.products({ step: 'none', x: rowsFrom(this.#attended, from), rows }, [
        { ...project, y: rowsFrom(this.#x, from), add: true },
      ]);
    });
  }

  #network({ norm2, fc1, fc2 }: VisionBlock): void {
    const inner = { at: this.#inner.at, stride: 4 * fc1.matrix.outputs };
    this.#tiles(TILE_ROWS, (from, rows) => {
      const x = rowsFrom(this.#x, from);
      this.#layer.products({ step: 'layerNorm', x, rows, ...norm2, epsilon: EPSILON }, [
        { ...fc1, y: inner },
      ]);
      this.#layer.products({ step: 'geluTanh', x: inner, rows }, [{ ...fc2, y: x, add: true }]);
    });
  }

  /** Merges blocks of merge² patches into one token each. The mergers use the exact GELU, with the error function. */
  #merge({ norm, fc1, fc2 }: Merger, order: 'before grouping' | 'after grouping', to: number): void {
    const { hiddenSize: hidden, mergeSize, outHiddenSize } = this.#config.vision;
    const group = mergeSize ** 2;
    const inner = { at: this.#inner.at, stride: 4 * fc1.matrix.outputs };
    const features = { at: to, stride: 4 * outHiddenSize };
    const tile = Math.max(group, Math.floor(TILE_ROWS / group) * group);
    this.#tiles(tile, (from, patches) => {
      const rows = patches / group;
      const x = rowsFrom(this.#x, from);
      const grouped = { at: x.at, stride: x.stride * group };
      const prepared = { ...norm, epsilon: EPSILON };
      if (order === 'before grouping') {
        // Attention's results are no longer needed, so their memory takes the normed rows.
        const normed = { at: this.#attended.at, stride: 4 * hidden };
        const each = { columns: hidden, packedBits: 0 } as const;
        this.#layer.prepared({ step: 'layerNorm', x, rows: patches, ...prepared, y: normed }, each);
        const y = { at: normed.at, stride: 4 * hidden * group };
        this.#layer.products({ step: 'none', x: y, rows }, [{ ...fc1, y: inner }]);
      } else {
        this.#layer.products({ step: 'layerNorm', x: grouped, rows, ...prepared }, [{ ...fc1, y: inner }]);
      }
      const y = rowsFrom(features, from / group);
      this.#layer.products({ step: 'geluErf', x: inner, rows }, [{ ...fc2, y }]);
    });
  }

  /** Calls `append` for at most `size` patches at a time. */
  #tiles(size: number, append: (from: number, rows: number) => void): void {
    for (let from = 0; from < this.#patches; from += size) append(from, Math.min(size, this.#patches - from));
  }

  #copy(numbers: Float32Array | Int32Array): number {
    const at = this.#allocate(numbers.byteLength);
    if (numbers instanceof Float32Array) this.#kernels.floats(at, numbers.length).set(numbers);
    else this.#kernels.ints(at, numbers.length).set(numbers);
    return at;
  }

  #allocate(bytes: number): number {
    const at = this.#kernels.arena.allocate(bytes);
    this.#owned.push([at, bytes]);
    return at;
  }
}

function rowsFrom({ at, stride }: Rows, row: number): Rows {
  return { at: at + stride * row, stride };
}
