// Lets the page know what the policy stops in this worker; the privacy panel shows it. Beside the calls' own messages:
// Comlink passes over what carries no id.

import { watchViolations } from '../src/policy/violations.ts';
import type { OwnWalls } from './own-walls.ts';

export function tellViolations(walls: OwnWalls): void {
  watchViolations((violation) => self.postMessage({ violation }), walls.report());
}
