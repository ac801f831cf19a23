// Measures how fast this device's processor multiplies 4-bit weights: a product like those of the decoder, in plain
// code on one thread. The runtime's speed is estimated from this speed.

const ROWS = 256;
const COLUMNS = 2048;
const BLOCK = 32;
/** The length of one measurement. The best of several measurements counts, because other programs may be running. */
const WINDOW_MS = 40;
const WINDOWS = 5;

/** Returns the number of weights per second. */
export function productSpeed(): number {
  const packed = new Uint8Array((ROWS * COLUMNS) / 2).map((_, index) => index * 37);
  const scales = new Float32Array((ROWS * COLUMNS) / BLOCK).fill(0.01);
  const x = new Float32Array(COLUMNS).map((_, index) => (index % 7) - 3);
  const y = new Float32Array(ROWS);
  // Warm-up, so that the JavaScript engine compiles the function.
  for (let turn = 0; turn < 10; turn++) product(packed, scales, x, y);
  let best = 0;
  for (let window = 0; window < WINDOWS; window++) {
    const start = performance.now();
    let turns = 0;
    do {
      product(packed, scales, x, y);
      turns++;
    } while (performance.now() - start < WINDOW_MS);
    best = Math.max(best, (turns * ROWS * COLUMNS * 1000) / (performance.now() - start));
  }
  return best;
}

/** y = W · x. W is stored in blocks of 32 with a scale and an implicit zero point of 8, the low nibble first. */
function product(packed: Uint8Array, scales: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let row = 0; row < ROWS; row++) {
    let sum = 0;
    for (let block = 0; block < COLUMNS / BLOCK; block++) {
      const first = block * BLOCK;
      const at = (row * COLUMNS + first) / 2;
      let part = 0;
      for (let i = 0; i < BLOCK / 2; i++) {
        const pair = packed[at + i]!;
        part += ((pair & 15) - 8) * x[first + 2 * i]! + ((pair >> 4) - 8) * x[first + 2 * i + 1]!;
      }
      sum += part * scales[(row * COLUMNS) / BLOCK + block]!;
    }
    y[row] = sum;
  }
}
