// Positive numbers, counted in steps of 5 %: as small after a year as after a day, and exact enough for
// the halfway and the slowest values.

const STEP = Math.log(1.05);

/** Count by step. */
export type Distribution = Record<string, number>;

export function add(to: Distribution, value: number): Distribution {
  if (!(value > 0) || !Number.isFinite(value)) return to;
  const step = Math.round(Math.log(value) / STEP);
  return { ...to, [step]: (to[step] ?? 0) + 1 };
}

/** The value that a share of all do not exceed; null of nothing. */
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
