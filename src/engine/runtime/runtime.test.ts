// Tests the settings that the runtime passes to onnxruntime on weak devices. The graphs run on such a device in
// tools/tests/parity/harness.spec.ts (with LONG=1, because a software adapter takes long).

import { expect, test } from 'vitest';
import { createRuntime, type RuntimeOptions } from './runtime.ts';

interface SessionOptions {
  graphOptimizationLevel?: string;
}

/** A GPU whose shaders take this many buffers. Its devices have the limits that are requested. */
function gpuWith(maxStorageBuffersPerShaderStage: number): GPU {
  const info = { vendor: 'v', architecture: 'a', device: '', description: '' };
  const requestDevice = ({ requiredLimits }: GPUDeviceDescriptor): Promise<object> =>
    Promise.resolve({
      limits: requiredLimits,
      features: new Set(),
      adapterInfo: info,
      lost: new Promise(() => undefined),
      addEventListener: () => undefined,
    });
  const adapter = { info, features: new Set(), limits: { maxStorageBuffersPerShaderStage }, requestDevice };
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

async function optionsOnDeviceWith(buffers: number): Promise<SessionOptions> {
  let asked: SessionOptions = {};
  const create = (_model: Uint8Array, options: SessionOptions): Promise<object> => {
    asked = options;
    return Promise.resolve({ inputNames: [], outputNames: [] });
  };
  const ort = { env: { wasm: {} }, InferenceSession: { create } } as unknown as NonNullable<
    RuntimeOptions['ort']
  >;
  const runtime = await createRuntime({ backend: 'webgpu', gpu: gpuWith(buffers), ort });
  await runtime.open({ model: new Uint8Array() } as Parameters<typeof runtime.open>[0], []);
  return asked;
}

test('if shaders take 8 buffers, the minimum of WebGPU, onnxruntime fuses no operators that need 9', async () => {
  expect((await optionsOnDeviceWith(8)).graphOptimizationLevel).toBe('basic');
});

test('if shaders take more buffers, onnxruntime fuses all operators that it can', async () => {
  expect((await optionsOnDeviceWith(10)).graphOptimizationLevel).toBeUndefined();
});
