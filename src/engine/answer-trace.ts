// Reports the stages of an answer to tests and to tools that inspect the engine. The product passes no trace.

import type { Logits } from './decoder/decoder.ts';
import type { Medium } from './media-library.ts';
import type { VisionInput } from './photo/photo.ts';
import type { Prompt } from './prompt/prompt.ts';

export interface AnswerTrace {
  onPrompt?(text: string, prompt: Prompt, positions: Int32Array, media: readonly Medium[]): void;
  /** The input that the vision encoder is about to read. */
  onPixels?(medium: Medium, input: VisionInput): void;
  /**
   * Called when the medium's features have been computed. The features may be read until the returned promise settles.
   */
  onFeatures?(medium: Medium): Promise<void>;
  /** Receives all logits of the prompt's last position. */
  onPrefillLogits?(logits: Float32Array): void;
  onToken?(id: number, logits: Logits): Promise<void>;
}
