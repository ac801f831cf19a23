// The only file that knows onnxruntime-web: starts it on one backend, makes the WebGPU device, opens
// sessions and tensors. Owns the device; whoever opens a session or a tensor releases it.

import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';
import { fail } from '../failure.ts';
import type { EmittedGraph, Precision } from '../graph/emitted.ts';

type Ort = typeof import('onnxruntime-web');
export type Tensor = OrtTensor;
export type Feeds = Record<string, Tensor>;
export type TensorData = Float32Array | Uint16Array | Int32Array | BigInt64Array;
export type ElementType = 'float32' | 'float16' | 'int32' | 'int64';

export interface RuntimeOptions {
  backend: 'webgpu' | 'wasm';
  /** Where the page serves the runtime's own files; absent in Node, where they lie beside the module. */
  files?: { mjs: string; wasm: string };
  /** WASM threads; more than one needs cross-origin isolation. Absent: onnxruntime's own choice. */
  threads?: number;
  /** Another build of the runtime, or another WebGPU implementation (Node has neither by itself). */
  ort?: Ort;
  wasmBinary?: Uint8Array;
  gpu?: GPU;
}

export interface WeightData {
  path: string;
  /** A Blob is read when the session is made, one weight after the other. */
  data: Blob | Uint8Array;
}

/** One session of one graph. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs the graph for the named outputs, into the tensors given for them, if any. */
  run(feeds: Feeds, outputs: Record<string, Tensor | null>): Promise<Feeds>;
  release(): Promise<void>;
}

export interface Runtime {
  readonly backend: 'webgpu' | 'wasm';
  /** Float types that graphs may use for activations. */
  readonly precisions: readonly Precision[];
  /** The WebGPU device; undefined on WASM. */
  readonly device: GPUDevice | undefined;
  /** Outputs named in `onDevice` stay on the GPU; on WASM every output is in ordinary memory. */
  open(graph: EmittedGraph, weights: WeightData[], onDevice: (output: string) => boolean): Promise<Session>;
  readonly tensor: (type: ElementType, data: TensorData, shape: number[]) => Tensor;
  /** A zeroed tensor in the memory of the backend: a GPU buffer, or an ordinary array. */
  zeros(precision: Precision, shape: number[]): Tensor;
  dispose(): void;
}

/** Fails with 'no-webgpu' where the browser offers no adapter. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const ort = options.ort ?? (await importOrt(options.backend));
  if (options.files !== undefined) ort.env.wasm.wasmPaths = options.files;
  if (options.wasmBinary !== undefined) ort.env.wasm.wasmBinary = options.wasmBinary;
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  ort.env.logLevel = 'error';
  const device = options.backend === 'webgpu' ? await createDevice(options.gpu ?? navigator.gpu) : undefined;
  return new OrtRuntime(ort, device);
}

/** The WebGPU build runs on the CPU too, but several times slower than the build without it. */
async function importOrt(backend: 'webgpu' | 'wasm'): Promise<Ort> {
  return backend === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm');
}

/**
 * A device with the adapter's limits and f16 where it has it, but without subgroups: with them,
 * onnxruntime 1.30's attention is wrong on adapters whose subgroups are narrow.
 */
async function createDevice(gpu: GPU | undefined): Promise<GPUDevice> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) fail('no-webgpu', 'This browser offers no WebGPU adapter.');
  const { limits } = adapter;
  return adapter.requestDevice({
    requiredFeatures: adapter.features.has('shader-f16') ? ['shader-f16'] : [],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupSizeY: limits.maxComputeWorkgroupSizeY,
      maxComputeWorkgroupSizeZ: limits.maxComputeWorkgroupSizeZ,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
}

class OrtRuntime implements Runtime {
  readonly backend: 'webgpu' | 'wasm';
  readonly precisions: readonly Precision[];
  readonly device: GPUDevice | undefined;
  readonly #ort: Ort;
  /** Sessions must be created one after the other. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(ort: Ort, device: GPUDevice | undefined) {
    this.#ort = ort;
    this.device = device;
    this.backend = device === undefined ? 'wasm' : 'webgpu';
    this.precisions = device?.features.has('shader-f16') === true ? ['f16', 'f32'] : ['f32'];
  }

  open(graph: EmittedGraph, weights: WeightData[], onDevice: (output: string) => boolean): Promise<Session> {
    const create = (): Promise<Session> => this.#create(graph, weights, onDevice);
    const opened = this.#opening.then(create, create);
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #create(
    graph: EmittedGraph,
    weights: WeightData[],
    onDevice: (output: string) => boolean,
  ): Promise<Session> {
    const { device } = this;
    const options: InferenceSession.SessionOptions = {
      externalData: weights,
      logSeverityLevel: 3,
      executionProviders: device === undefined ? ['wasm'] : [{ name: 'webgpu', device }],
    };
    if (device !== undefined) {
      options.preferredOutputLocation = Object.fromEntries(
        graph.outputs.map((name) => [name, onDevice(name) ? 'gpu-buffer' : 'cpu']),
      );
    }
    const session = await this.#ort.InferenceSession.create(graph.model, options);
    return {
      inputs: session.inputNames,
      outputs: session.outputNames,
      run: (feeds, outputs) => session.run(feeds, outputs),
      release: () => session.release(),
    };
  }

  readonly tensor = (type: ElementType, data: TensorData, shape: number[]): Tensor =>
    new this.#ort.Tensor(type, data, shape);

  zeros(precision: Precision, shape: number[]): Tensor {
    const elements = shape.reduce((product, each) => product * each, 1);
    if (this.device === undefined) {
      return precision === 'f32'
        ? new this.#ort.Tensor('float32', new Float32Array(elements), shape)
        : new this.#ort.Tensor('float16', new Uint16Array(elements), shape);
    }
    const bytes = elements * (precision === 'f32' ? 4 : 2);
    const gpuBuffer = this.device.createBuffer({
      size: Math.max(16, Math.ceil(bytes / 16) * 16),
      usage: GPU_BUFFER_USAGE,
    });
    return this.#ort.Tensor.fromGpuBuffer(gpuBuffer, {
      dataType: precision === 'f32' ? 'float32' : 'float16',
      dims: shape,
      dispose: () => gpuBuffer.destroy(),
    });
  }

  dispose(): void {
    this.device?.destroy();
  }
}

/** STORAGE | COPY_SRC | COPY_DST; Node has no GPUBufferUsage by itself. */
const GPU_BUFFER_USAGE = 0x80 | 0x04 | 0x08;
