// News about models that the page shows above the question field until the user answers or dismisses them.

import type { FailureInfo } from '../../failure.ts';
import type { Entry } from './entries.ts';
import type { Suspect } from './suspects.svelte.ts';

export type ModelNews =
  /** The model was downloaded while another model answered. */
  | { kind: 'arrived'; entry: Entry }
  /** The model's download failed; another model keeps answering. */
  | { kind: 'not-downloaded'; name: string; failure: FailureInfo }
  /** The model did not load; the model before it answers again. */
  | { kind: 'not-loaded'; name: string; failure: FailureInfo }
  /** The page died while the model was at work, so the model is loaded only with the user's consent. */
  | ({ kind: 'suspect' } & Suspect);
