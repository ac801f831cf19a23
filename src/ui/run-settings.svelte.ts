// How models run, as the user chose: on which processor, and with how much memory for experts. The choices
// outlive the page.

import { SvelteMap } from 'svelte/reactivity';
import type { BackendChoice, RunChoices } from './device-load.svelte.ts';
import type { Remembered } from './remembered.ts';

export class RunSettings {
  readonly #remembered: Remembered;
  #backend = $state<BackendChoice>('auto');
  /** By model: bytes of experts, as chosen in this visit. */
  readonly #expertBudgets = new SvelteMap<string, number | null>();

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
    const backend = remembered.get('backend');
    if (backend === 'webgpu' || backend === 'wasm') this.#backend = backend;
  }

  get backend(): BackendChoice {
    return this.#backend;
  }

  chooseBackend(backend: BackendChoice): void {
    this.#backend = backend;
    this.#remembered.set('backend', backend === 'auto' ? null : backend);
  }

  /** Bytes of experts that a model may hold on the device; null: as many as suit it. */
  expertBudgetOf(id: string): number | null {
    const chosen = this.#expertBudgets.get(id);
    if (chosen !== undefined) return chosen;
    const bytes = Number(this.#remembered.get(`experts.${id}`) ?? NaN);
    return Number.isFinite(bytes) ? bytes : null;
  }

  chooseExpertBudget(id: string, bytes: number | null): void {
    this.#expertBudgets.set(id, bytes);
    this.#remembered.set(`experts.${id}`, bytes === null ? null : String(bytes));
  }

  choicesFor(id: string): RunChoices {
    return { backend: this.#backend, expertBudgetBytes: this.expertBudgetOf(id) };
  }
}
