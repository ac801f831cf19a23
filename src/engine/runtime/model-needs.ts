// Checks with a model's manifest alone whether a GPU can run the model, so that a model that cannot run is refused
// before it is loaded, not at the first question. The processor's check is processor/memory-needs.ts.

import { fail } from '../../failure.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { Target } from '../../graph/emitted.ts';
import type { Runtime } from './runtime.ts';

/** Fails with 'gpu-too-limited'. */
export function requireDevice(
  manifest: Pick<Manifest, 'experts'>,
  { expand }: Pick<Target, 'expand'>,
  { takesFused }: Pick<Runtime, 'takesFused'>,
): void {
  const hasQuantisedExperts = manifest.experts.some(({ parts }) =>
    parts.some(({ quantization }) => quantization !== undefined),
  );
  if (!takesFused && hasQuantisedExperts && !expand) {
    fail('gpu-too-limited', 'Shaders of this device take 8 buffers; a quantised mixture needs 9.');
  }
}
