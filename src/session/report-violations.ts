// Reports violations of the policy in this worker to the page, for the privacy panel. The messages use the same port as
// Comlink, which ignores messages without an id.

import { watchViolations } from '../policy/violations.ts';
import type { OwnWalls } from './own-walls.ts';

export function reportViolations(walls: OwnWalls): void {
  watchViolations((violation) => self.postMessage({ violation }), walls.report());
}
