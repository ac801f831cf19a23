// The states of the chosen model, from reading the list of models until the model can answer.

import type { LoadState } from './device-load.svelte.ts';
import type { Download } from './downloads.svelte.ts';
import { isLoadable, type Entry } from './entries.ts';

export type Phase =
  /** The list of models has not been read yet. */
  | { kind: 'looking' }
  /** No model is chosen, or the chosen model is not on this device. */
  | { kind: 'absent' }
  | { kind: 'downloading'; download: Download }
  | { kind: 'paused' }
  /** The model is in storage; the next question loads it. */
  | { kind: 'stored' }
  /** The page died while this model was loading or answering, so the user must agree before it is loaded again. */
  | { kind: 'suspect' }
  | LoadState;

/**
 * The phase of a chosen model that is no suspect. `load`: the state of its load; undefined if it is not being loaded.
 */
export function phaseOf(entry: Entry, load: LoadState | undefined): Phase {
  const { download } = entry;
  // While an update downloads, the loaded version keeps answering, so the state of the loaded version counts.
  if (download?.state.kind === 'running' && !(load && isLoadable(entry))) {
    return { kind: 'downloading', download };
  }
  if (load) return load;
  if (download?.state.kind === 'failed') return { kind: 'failed', failure: download.state.failure };
  if (isLoadable(entry)) return { kind: 'stored' };
  return download || entry.kept ? { kind: 'paused' } : { kind: 'absent' };
}

/**
 * Where a loaded model runs. 'distrusted': the GPU computes wrong numbers, so the processor runs the model.
 * 'notInHalves': the GPU computes wrong numbers in f16 only, so it runs the model in f32.
 */
export type Place = 'onGpu' | 'onProcessor' | 'distrusted' | 'notInHalves';

/** Returns the place of a loaded model; null if the model is not loaded. */
export function placeOf(phase: Phase): Place | null {
  if (phase.kind !== 'ready') return null;
  const { backend, distrusted } = phase.model;
  if (distrusted !== undefined) return backend === 'wasm' ? 'distrusted' : 'notInHalves';
  return backend === 'wasm' ? 'onProcessor' : 'onGpu';
}
