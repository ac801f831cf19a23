// The engine's runtime in Node: onnxruntime-web on the processor, or on WebGPU through Dawn, which comes with the
// `webgpu` package and needs a Vulkan, Metal or D3D12 driver.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createRuntime, type Runtime } from '../engine/runtime/runtime.ts';

export interface NodeRuntimeOptions {
  backend: 'webgpu' | 'wasm';
  /** Number of WASM threads. */
  threads?: number;
  /** Derives another WebGPU implementation from Dawn's, which then replaces it; for tests. */
  changed?: (gpu: GPU) => GPU;
}

export async function createNodeRuntime({
  backend,
  threads = 1,
  changed = (gpu) => gpu,
}: NodeRuntimeOptions): Promise<Runtime> {
  // In Node, the package's main entry is the only build whose threads work.
  if (backend === 'wasm') return createRuntime({ backend, threads, ort: await import('onnxruntime-web') });
  const binary = createRequire(import.meta.url).resolve(
    'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm',
  );
  const gpu = changed(await dawn());
  return createRuntime({ backend, threads: 1, wasmBinary: await readFile(binary), gpu });
}

async function dawn(): Promise<GPU> {
  const { create, globals } = await import('webgpu');
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
