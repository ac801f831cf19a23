// The user's choices about running models: on the GPU or the processor, and with how much memory for experts. The
// choices outlive the page.

import { SvelteMap } from 'svelte/reactivity';
import type { RunChoices } from './device-load.svelte.ts';
import type { BackendChoice } from './first-answer.ts';
import type { Remembered } from '../kit/remembered.ts';

export class RunSettings {
  readonly #remembered: Remembered;
  /** Called after a choice that concerns the chosen model. */
  readonly #onChange: () => void;
  #backend = $state<BackendChoice>('auto');
  /** The memory budgets for experts, in bytes, that the user chose in this visit, by model id. */
  readonly #expertBudgets = new SvelteMap<string, number | null>();

  constructor(remembered: Remembered, onChange: () => void) {
    this.#remembered = remembered;
    this.#onChange = onChange;
    const backend = remembered.get('backend');
    if (backend === 'webgpu' || backend === 'wasm') this.#backend = backend;
  }

  get backend(): BackendChoice {
    return this.#backend;
  }

  chooseBackend(backend: BackendChoice): void {
    this.#backend = backend;
    this.#remembered.set('backend', backend === 'auto' ? null : backend);
    this.#onChange();
  }

  /** The memory budget for a model's experts, in bytes; if null, the budget suits the device. */
  expertBudgetOf(id: string): number | null {
    const chosen = this.#expertBudgets.get(id);
    if (chosen !== undefined) return chosen;
    const bytes = Number(this.#remembered.get(`experts.${id}`) ?? NaN);
    return Number.isFinite(bytes) ? bytes : null;
  }

  chooseExpertBudget(id: string, bytes: number | null): void {
    this.#expertBudgets.set(id, bytes);
    this.#remembered.set(`experts.${id}`, bytes === null ? null : String(bytes));
    this.#onChange();
  }

  choicesFor(id: string): RunChoices {
    return { backend: this.#backend, expertBudgetBytes: this.expertBudgetOf(id) };
  }
}
