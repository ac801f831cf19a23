import { expect, test } from 'vitest';
import { BUILT_IN } from './entries.ts';
import { backendsFor, goesOnWithGpu } from './first-answer.ts';

const onProcessor = { id: BUILT_IN, backend: 'wasm' } as const;

test('the built-in model begins on the processor, and larger models on the GPU if the browser has WebGPU', () => {
  expect(backendsFor(BUILT_IN, 'auto', true)).toEqual(['wasm']);
  expect(backendsFor('large', 'auto', true)).toEqual(['webgpu', 'wasm']);
  expect(backendsFor('large', 'auto', false)).toEqual(['wasm']);
});

test('every model runs only where the user wants it', () => {
  for (const id of [BUILT_IN, 'large']) {
    expect(backendsFor(id, 'webgpu', true)).toEqual(['webgpu']);
    expect(backendsFor(id, 'wasm', true)).toEqual(['wasm']);
  }
  expect(goesOnWithGpu(onProcessor, 'wasm', true)).toBe(false);
});

test('only the built-in model moves to the GPU, once, and not to a GPU that computed wrongly', () => {
  expect(goesOnWithGpu(onProcessor, 'auto', true)).toBe(true);
  expect(goesOnWithGpu(onProcessor, 'auto', false)).toBe(false);
  expect(goesOnWithGpu({ ...onProcessor, id: 'large' }, 'auto', true)).toBe(false);
  expect(goesOnWithGpu({ ...onProcessor, backend: 'webgpu' }, 'auto', true)).toBe(false);
  expect(goesOnWithGpu({ ...onProcessor, distrusted: ['f32'] }, 'auto', true)).toBe(false);
});
