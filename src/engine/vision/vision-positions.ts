// The positions of patches for the vision encoder: how the learned position table is interpolated, and the angles of
// the two-dimensional rotary embedding. The tables describe one frame, in merge-block order; all temporal groups of a
// clip use them. Float32 arithmetic follows transformers vision_utils.py and modeling_qwen3_vl.py
// (Qwen3VLVisionRotaryEmbedding) step by step.

const ROPE_THETA = 10000;
const { fround } = Math;

/** The patches of a frame: height and width in patches, both multiples of mergeSize. */
export interface FrameGrid {
  height: number;
  width: number;
}

/**
 * Bilinear taps into the (side · side, hidden) table: the embedding of patch n is Σ weights[t, n] · table[indices[t,
 * n]].
 */
export interface PositionTaps {
  indices: Int32Array; // (4, N)
  weights: Float32Array; // (4, N)
}

export interface RotaryTables {
  cos: Float32Array; // (N, headDim / 2)
  sin: Float32Array; // (N, headDim / 2)
}

/** `side` is the side length of the table (48 in the published models). Corners are aligned: 0 ↦ 0, last ↦ side − 1. */
export function positionTaps({ height, width }: FrameGrid, mergeSize: number, side: number): PositionTaps {
  const count = height * width;
  const indices = new Int32Array(4 * count);
  const weights = new Float32Array(4 * count);
  const rows = axisTaps(height, side);
  const columns = axisTaps(width, side);
  forEachPatch({ height, width }, mergeSize, (n, row, column) => {
    for (let tap = 0; tap < 4; tap++) {
      const r = 2 * row + (tap >> 1);
      const c = 2 * column + (tap & 1);
      indices[tap * count + n] = rows.taps[r]! * side + columns.taps[c]!;
      weights[tap * count + n] = rows.weights[r]! * columns.weights[c]!;
    }
  });
  return { indices, weights };
}

/** The angles of patch (row, column): row · f_j for the first quarter of headDim, then column · f_j. */
export function visionRotary({ height, width }: FrameGrid, mergeSize: number, headDim: number): RotaryTables {
  const half = headDim / 2;
  const quarter = half / 2;
  const frequencies = Float32Array.from(
    { length: quarter },
    (_, j) => 1 / fround(ROPE_THETA ** fround((2 * j) / half)),
  );
  const cos = new Float32Array(height * width * half);
  const sin = new Float32Array(height * width * half);
  forEachPatch({ height, width }, mergeSize, (n, row, column) => {
    for (let j = 0; j < half; j++) {
      const angle = fround((j < quarter ? row : column) * frequencies[j % quarter]!);
      cos[n * half + j] = Math.cos(angle);
      sin[n * half + j] = Math.sin(angle);
    }
  });
  return { cos, sin };
}

/** Two taps per position of one axis, (size, 2). */
function axisTaps(size: number, side: number): { taps: Int32Array; weights: Float32Array } {
  const taps = new Int32Array(2 * size);
  const weights = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    const source = fround(fround(i * (side - 1)) / Math.max(size - 1, 1));
    const floor = Math.floor(source);
    const rest = fround(source - floor);
    taps[2 * i] = floor;
    taps[2 * i + 1] = Math.min(floor + 1, side - 1);
    weights[2 * i] = 1 - rest;
    weights[2 * i + 1] = 1 - fround(1 - rest);
  }
  return { taps, weights };
}

/** Visits patches in the order of the encoder: block row, block column, row in block, column in block. */
function forEachPatch(
  { height, width }: FrameGrid,
  mergeSize: number,
  visit: (n: number, row: number, column: number) => void,
): void {
  let n = 0;
  for (let top = 0; top < height; top += mergeSize) {
    for (let left = 0; left < width; left += mergeSize) {
      for (let row = top; row < top + mergeSize; row++) {
        for (let column = left; column < left + mergeSize; column++) visit(n++, row, column);
      }
    }
  }
}
