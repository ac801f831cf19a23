// A histogram of positive numbers in steps of 5 %: its size does not grow with time, and it is exact enough for the
// median and the slowest values.

const STEP = Math.log(1.05);

/** The number of values in each step. */
export type Distribution = Record<string, number>;

export function add(to: Distribution, value: number): Distribution {
  if (!(value > 0) || !Number.isFinite(value)) return to;
  const step = Math.round(Math.log(value) / STEP);
  return { ...to, [step]: (to[step] ?? 0) + 1 };
}

/** The value that the given share of all values does not exceed, exact to one step; null if there are no values. */
export function quantile(of: Distribution, share: number): number | null {
  const steps = Object.entries(of).map(([step, count]) => ({ step: Number(step), count }));
  steps.sort((a, b) => a.step - b.step);
  const total = steps.reduce((sum, { count }) => sum + count, 0);
  let left = Math.ceil(total * share);
  for (const { step, count } of steps) {
    left -= count;
    if (left <= 0) return Math.exp(step * STEP);
  }
  return null;
}
