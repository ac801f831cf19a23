// Decides where a model runs if the user has not chosen. The first answer of the built-in model comes from the
// processor, because the GPU's runtime is as large as the model, and the user should not have to wait for it. If there
// is a graphics processor, the runtime is fetched behind that answer, and the next question runs there.

import type { Backend, LoadedModel } from '../../contract/inference.ts';
import { BUILT_IN } from './entries.ts';

/** 'auto': WebGPU if it works here, otherwise the processor. */
export type BackendChoice = 'auto' | Backend;

/** Returns the backends that a load tries, in this order. `hasWebGpu`: whether the browser offers WebGPU at all. */
export function backendsFor(id: string, choice: BackendChoice, hasWebGpu: boolean): Backend[] {
  if (choice !== 'auto') return [choice];
  if (id === BUILT_IN || !hasWebGpu) return ['wasm'];
  return ['webgpu', 'wasm'];
}

/**
 * Whether a model that has answered on the processor should move to the GPU. It stays if the GPU computed wrong numbers
 * before.
 */
export function goesOnWithGpu(
  { id, backend, distrusted }: Pick<LoadedModel, 'id' | 'backend' | 'distrusted'>,
  choice: BackendChoice,
  hasWebGpu: boolean,
): boolean {
  const isFirst = id === BUILT_IN && backend === 'wasm' && distrusted === undefined;
  return isFirst && choice === 'auto' && hasWebGpu;
}
