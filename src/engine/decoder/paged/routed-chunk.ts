// Inverts the routing of a chunk: finds the rows that each expert has to compute.

import { chooseExperts, shares } from '../routing.ts';

export interface RoutedChunk {
  /** The experts of each row, (n, k). */
  chosen: Uint16Array[];
  /** By expert: the rows routed to it, and its weight for each of them. */
  byExpert: Map<number, { rows: number[]; shares: number[] }>;
}

/** `logits`: (n, experts). */
export function routeChunk(logits: Float32Array, experts: number, k: number): RoutedChunk {
  const chosen: Uint16Array[] = [];
  const byExpert: RoutedChunk['byExpert'] = new Map();
  for (let row = 0; row * experts < logits.length; row++) {
    const own = logits.subarray(row * experts, (row + 1) * experts);
    const best = chooseExperts(own, k);
    const weights = shares(own, best);
    chosen.push(best);
    for (const [i, expert] of best.entries()) {
      const entry = byExpert.get(expert) ?? { rows: [], shares: [] };
      entry.rows.push(row);
      entry.shares.push(weights[i]!);
      byExpert.set(expert, entry);
    }
  }
  return { chosen, byExpert };
}

/** The experts to which the rows of a guess are routed, those with the most rows first. */
export function guessedExperts(logits: Float32Array, experts: number, k: number): number[] {
  const { byExpert } = routeChunk(logits, experts, k);
  const wanted = [...byExpert].sort(([, a], [, b]) => b.rows.length - a.rows.length);
  return wanted.map(([expert]) => expert);
}
