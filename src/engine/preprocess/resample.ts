// Antialiased bicubic resampling of 8-bit pictures. The result equals that of PyTorch's uint8 CPU path
// (aten/native/cpu/UpSampleKernel.cpp, `antialias=True`), which torchvision's resize and therefore the reference's
// image processor use. The kernel is Keys' cubic with a = −0.5, widened by the scale when shrinking. Weights are
// normalised in float64, then rounded to fixed-point int16. The width is resized first, then the height, with an 8-bit
// picture between the two passes.

import type { RgbImage } from '../photo/photo.ts';

/** The weights for one axis: output i is the sum over k < counts[i] of weights[i · taps + k] · input[starts[i] + k]. */
interface Axis {
  starts: Int32Array;
  counts: Int32Array;
  weights: Int16Array; // (output, taps), fixed point with `precision` fractional bits
  taps: number;
  precision: number;
}

/** Returns the picture itself if it already has the requested size. */
export function resizeBicubic(image: RgbImage, height: number, width: number): RgbImage {
  const wide = image.width === width ? image : resizeWidth(image, cubicAxis(image.width, width));
  return wide.height === height ? wide : resizeHeight(wide, cubicAxis(wide.height, height));
}

/** Keys' cubic convolution kernel, a = −0.5, evaluated in the reference's order. */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  return 0;
}

function cubicAxis(input: number, output: number): Axis {
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(output);
  const counts = new Int32Array(output);
  const exact = new Float64Array(output * taps);
  const inverse = 1 / stretch;
  let largest = 0;
  for (let i = 0; i < output; i++) {
    const centre = scale * (i + 0.5); // half-pixel centres
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.min(Math.trunc(centre + support + 0.5), input) - start, taps);
    let total = 0;
    for (let k = 0; k < count; k++) {
      const weight = cubic((k + start - centre + 0.5) * inverse);
      exact[i * taps + k] = weight;
      total += weight;
    }
    for (let k = i * taps; k < i * taps + count; k++) {
      const weight = exact[k]! / total;
      exact[k] = weight;
      largest = Math.max(largest, weight);
    }
    starts[i] = start;
    counts[i] = count;
  }
  const precision = fixedPointBits(largest);
  const weights = Int16Array.from(exact, (weight) => {
    const scaled = weight * 2 ** precision;
    return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5); // halves away from zero
  });
  return { starts, counts, weights, taps, precision };
}

/** The largest number of fractional bits, at most 22, with which the largest weight fits an int16. */
function fixedPointBits(largest: number): number {
  let bits = 0;
  while (bits < 22 && Math.trunc(0.5 + largest * 2 ** (bits + 1)) < 2 ** 15) bits++;
  return bits;
}

// Math.imul keeps the inner loops in 32-bit integers. With `*`, a product may be −0, and then V8 falls back to floats,
// which take twice as long.

function resizeWidth(image: RgbImage, axis: Axis): RgbImage {
  const { starts, counts, weights, taps, precision } = axis;
  const width = starts.length;
  const source = image.data;
  const data = new Uint8Array(image.height * width * 3);
  const half = 1 << (precision - 1);
  let at = 0;
  for (let y = 0; y < image.height; y++) {
    const row = y * image.width * 3;
    for (let x = 0; x < width; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let from = row + starts[x]! * 3;
      const first = x * taps;
      const last = first + counts[x]!;
      for (let k = first; k < last; k++, from += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(weight, source[from]!)) | 0;
        green = (green + Math.imul(weight, source[from + 1]!)) | 0;
        blue = (blue + Math.imul(weight, source[from + 2]!)) | 0;
      }
      data[at++] = clamp(red >> precision);
      data[at++] = clamp(green >> precision);
      data[at++] = clamp(blue >> precision);
    }
  }
  return { width, height: image.height, data };
}

/** Adds up whole rows, so that every read and write is sequential in memory. */
function resizeHeight(image: RgbImage, axis: Axis): RgbImage {
  const { starts, counts, weights, taps, precision } = axis;
  const height = starts.length;
  const stride = image.width * 3;
  const source = image.data;
  const data = new Uint8Array(height * stride);
  const sums = new Int32Array(stride);
  const half = 1 << (precision - 1);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < counts[y]!; k++) {
      const weight = weights[y * taps + k]!;
      const from = (starts[y]! + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + Math.imul(weight, source[from + i]!);
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) data[to + i] = clamp(sums[i]! >> precision);
  }
  return { width: image.width, height, data };
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
