// What the page has to say about models without being asked. It stands above the question field until the user
// answers it or puts it aside.

import type { FailureInfo } from '../failure.ts';
import type { Entry } from './entries.ts';
import type { Suspect } from './suspects.svelte.ts';

export type ModelNews =
  /** It was downloaded while another model answered. */
  | { kind: 'arrived'; entry: Entry }
  /** Its download failed, and another model goes on answering. */
  | { kind: 'not-downloaded'; name: string; failure: FailureInfo }
  /** It did not load; the model before it answers again. */
  | { kind: 'not-loaded'; name: string; failure: FailureInfo }
  /** The page died while it was at work: it is loaded only if the user says so. */
  | ({ kind: 'suspect' } & Suspect);
