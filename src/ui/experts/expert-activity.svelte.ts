// The experts that the current answer has used: how recently each was used, and the share of all experts.

import type { ExpertShape } from '../../contract/inference.ts';

/** The share of an expert's light that remains after each pass. */
const FADING = 0.82;

export class ExpertActivity {
  #shape = $state.raw<ExpertShape | null>(null);
  #passes = $state(0);
  #asked = 0;
  /** (layers, count), from 0 to 1; 1 means that the latest pass used the expert. */
  #light = new Float32Array();
  #everAsked = new Uint8Array();

  /** Null until a model with experts has answered. */
  get shape(): ExpertShape | null {
    return this.#shape;
  }

  /**
   * The number of passes in this answer. `light` is not reactive, so a drawing reads `passes` to be redrawn after each
   * pass.
   */
  get passes(): number {
    return this.#passes;
  }

  get light(): Float32Array {
    return this.#light;
  }

  /** The share of all experts that this answer has used, from 0 to 1. */
  get shareAsked(): number {
    return this.#passes === 0 ? 0 : this.#asked / this.#light.length;
  }

  /** Call this when a new answer begins. */
  begin(): void {
    this.#passes = 0;
    this.#asked = 0;
    this.#light.fill(0);
    this.#everAsked.fill(0);
  }

  /** Adds one pass. `chosen`: (layers, chosen), expert numbers within their layer. */
  add(chosen: Uint16Array, { experts }: { experts: ExpertShape | null }): void {
    if (experts === null) return;
    if (this.#light.length !== experts.layers * experts.count) {
      this.#light = new Float32Array(experts.layers * experts.count);
      this.#everAsked = new Uint8Array(this.#light.length);
    }
    this.#shape = experts;
    for (let at = 0; at < this.#light.length; at++) this.#light[at]! *= FADING;
    for (const [index, expert] of chosen.entries()) {
      const at = Math.floor(index / experts.chosen) * experts.count + expert;
      this.#light[at] = 1;
      if (this.#everAsked[at] === 0) this.#asked++;
      this.#everAsked[at] = 1;
    }
    this.#passes++;
  }
}
