// Functions that the products of packed rows (pack.ts) share: they scale sums of integers in f32, and store results.

// @inline
export function scaled(ints: v128, scale: v128, sum: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(ints), scale), sum);
}

// @inline
export function lane0(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 0, 0, 0, 0);
}
// @inline
export function lane1(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 1, 1, 1, 1);
}
// @inline
export function lane2(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 2, 2, 2, 2);
}
// @inline
export function lane3(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 3, 3, 3, 3);
}

// @inline
export function put(y: usize, value: f32, bias: usize, add: bool): void {
  let sum = value;
  if (bias != 0) sum += load<f32>(bias);
  if (add) sum += load<f32>(y);
  store<f32>(y, sum);
}
