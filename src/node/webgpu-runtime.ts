// The graph runtime in Node: onnxruntime-web on WebGPU through Dawn, which comes with the `webgpu` package and needs a
// Vulkan, Metal or D3D12 driver.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createRuntime, type Runtime } from '../engine/runtime/runtime.ts';
import { loadedPart } from '../failure.ts';

/**
 * Fails with 'not-loaded' if the package `webgpu` is not installed, or with 'no-webgpu'. `changed` replaces Dawn's
 * WebGPU by a version that tests derive from it.
 */
export async function createWebGpuRuntime(changed = (gpu: GPU): GPU => gpu): Promise<Runtime> {
  const binary = createRequire(import.meta.url).resolve(
    'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm',
  );
  const gpu = changed(await dawn());
  return createRuntime({ backend: 'webgpu', threads: 1, wasmBinary: await readFile(binary), gpu });
}

async function dawn(): Promise<GPU> {
  const { create, globals } = await loadedPart(import('webgpu'));
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // onnxruntime-web looks for WebGPU in `navigator.gpu`, as in browsers.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  acceptSharedMemory();
  return gpu;
}

/**
 * Copies data in shared memory before it is passed to Dawn's queue, which rejects such data; a threaded WASM heap lies
 * in shared memory.
 */
function acceptSharedMemory(): void {
  const queue = GPUQueue.prototype;
  const write = Reflect.get(queue, 'writeBuffer') as (...args: unknown[]) => undefined;
  queue.writeBuffer = function (buffer, bufferOffset, data, dataOffset = 0, size?): undefined {
    const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
    const unit = 'BYTES_PER_ELEMENT' in view ? Number(view.BYTES_PER_ELEMENT) : 1;
    const length = size === undefined ? view.byteLength - dataOffset * unit : size * unit;
    const from = view.byteOffset + dataOffset * unit;
    const own = Uint8Array.from(new Uint8Array(view.buffer, from, length));
    Reflect.apply(write, this, [buffer, bufferOffset, own]);
  };
}
