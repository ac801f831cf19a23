// Which experts the answer under way has asked: how recently each, and what share of them all.

import type { ExpertShape } from '../../contract/inference.ts';

/** Of the light that is left after each token. */
const FADING = 0.82;

export class ExpertActivity {
  #shape = $state.raw<ExpertShape | null>(null);
  #passes = $state(0);
  #asked = 0;
  /** 0 … 1, (layers, count): 1 is now. */
  #light = new Float32Array();
  #everAsked = new Uint8Array();

  /** null until a model with experts has answered. */
  get shape(): ExpertShape | null {
    return this.#shape;
  }

  /** Passes so far in this answer; changes with each, so whoever draws reads it first. */
  get passes(): number {
    return this.#passes;
  }

  get light(): Float32Array {
    return this.#light;
  }

  /** How many of all experts this answer has asked, 0 … 1. */
  get shareAsked(): number {
    return this.#passes === 0 ? 0 : this.#asked / this.#light.length;
  }

  /** A new answer begins. */
  begin(): void {
    this.#passes = 0;
    this.#asked = 0;
    this.#light.fill(0);
    this.#everAsked.fill(0);
  }

  /** `chosen`: (layers, chosen), numbers within their layer. */
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
