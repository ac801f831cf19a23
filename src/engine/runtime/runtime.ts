// The only file that calls onnxruntime-web: it starts the runtime on one backend, makes the WebGPU device,
// and opens sessions and tensors. Owns the device; the caller that opens a session or a tensor releases it.

import { describeAdapter, isSoftware } from '../../device/adapter.ts';
import { fail, loadedPart } from '../../failure.ts';
import type { EmittedGraph, Precision } from '../../graph/emitted.ts';
import { DeviceLoss } from './device-loss.ts';
import { ELEMENT_BYTES, readFromDevice, readFromMemory } from './read-back.ts';
import type { ElementType, Feeds, Tensor, TensorData, ReadRequest, WeightData } from './tensor.ts';
import { createDevice } from './webgpu-device.ts';
import { WeightHandover } from './weight-handover.ts';

type Ort = typeof import('onnxruntime-web');

/**
 * Builds of onnxruntime-web: 'jspi' has WebGPU, for browsers whose WebAssembly can wait for JavaScript (JSPI);
 * 'asyncify' has WebGPU, for other browsers. Tests pass the build without WebGPU as `ort`.
 */
export type RuntimeBuild = 'jspi' | 'asyncify';

export interface RuntimeFiles {
  build: RuntimeBuild;
  mjs: string;
  wasm: string;
}

export interface RuntimeOptions {
  backend: 'webgpu' | 'wasm';
  /** Where the page serves the runtime's own files. Omitted in Node, where they lie beside the module. */
  files?: Pick<RuntimeFiles, 'mjs' | 'wasm'> & { build?: RuntimeBuild };
  /** WASM threads; more than one needs cross-origin isolation. If omitted, onnxruntime chooses. */
  threads?: number;
  /** A build of the runtime that replaces the one that `files` select. The backend 'wasm' requires it. */
  ort?: Ort;
  /**
   * The runtime's WebAssembly, or a function that fetches it once the device exists and returns undefined if
   * the runtime has it already. If omitted, the runtime loads its own file.
   */
  wasmBinary?: Uint8Array | (() => Promise<Uint8Array | undefined>);
  /** A WebGPU implementation that replaces the browser's; Node needs one. */
  gpu?: GPU;
  /** Whether to refuse a WebGPU adapter that computes on the processor. */
  hardwareOnly?: boolean;
}

/** One session of one graph. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs the graph for the named outputs. If a name comes with a tensor, the output is written into that tensor. */
  run(feeds: Feeds, outputs: Record<string, Tensor | null>): Promise<Feeds>;
  release(): Promise<void>;
}

export interface Runtime {
  readonly backend: 'webgpu' | 'wasm';
  /** Float types that graphs may use for activations. */
  readonly precisions: readonly Precision[];
  /** The WebGPU device; undefined on WASM. */
  readonly device: GPUDevice | undefined;
  /** Whether the adapter computes on the processor; true on WASM. */
  readonly isSoftware: boolean;
  /** Whether the device runs onnxruntime's fused operators and quantised mixtures; true on WASM. See FUSED_BUFFERS. */
  readonly takesFused: boolean;
  /** The adapter's own description; empty on WASM. */
  readonly adapter: string;
  /** The outputs of a run stay in the memory of the backend; `read` copies them to JavaScript. */
  open(graph: EmittedGraph, weights: WeightData[]): Promise<Session>;
  /** Reads the numbers of several tensors, with one wait for all of them. */
  read(requests: ReadRequest[]): Promise<TensorData[]>;
  readonly tensor: (type: ElementType, data: TensorData, shape: number[]) => Tensor;
  /** A tensor of zeros in the memory of the backend: a GPU buffer, or an ordinary array. */
  zeros(type: Precision | 'u8', shape: number[]): Tensor;
  /** Overwrites bytes of a tensor made by `zeros`, after all runs so far. Offset and length are multiples of four. */
  write(tensor: Tensor, offset: number, bytes: Uint8Array): void;
  /** Resolves when the device has finished all work submitted so far. */
  settled(): Promise<void>;
  dispose(): void;
}

/**
 * The number of buffers that two operators of onnxruntime 1.30 bind at once: the fused gate and up projections, and the
 * quantised mixture. WebGPU guarantees only 8.
 */
const FUSED_BUFFERS = 9;

/** Fails with 'no-webgpu' if the browser offers no adapter, or only one that `hardwareOnly` refuses. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  // The device comes first: without one, the runtime need not be fetched.
  const device =
    options.backend === 'webgpu'
      ? await createDevice(options.gpu ?? navigator.gpu, options.hardwareOnly === true)
      : undefined;
  const build = options.files?.build ?? 'asyncify';
  const { wasmBinary } = options;
  const [ort, binary] = await Promise.all([
    options.ort ?? importOrt(build),
    typeof wasmBinary === 'function' ? wasmBinary() : wasmBinary,
  ]);
  if (options.files !== undefined) {
    const { mjs, wasm } = options.files;
    ort.env.wasm.wasmPaths = { mjs, wasm };
  }
  if (binary !== undefined) ort.env.wasm.wasmBinary = binary;
  if (options.threads !== undefined) ort.env.wasm.numThreads = options.threads;
  ort.env.logLevel = 'error';
  return new OrtRuntime(ort, device, build === 'jspi');
}

function importOrt(build: RuntimeBuild): Promise<Ort> {
  return loadedPart(build === 'jspi' ? import('onnxruntime-web/jspi') : import('onnxruntime-web/webgpu'));
}

class OrtRuntime implements Runtime {
  readonly backend: 'webgpu' | 'wasm';
  readonly precisions: readonly Precision[];
  readonly device: GPUDevice | undefined;
  readonly isSoftware: boolean;
  readonly takesFused: boolean;
  readonly adapter: string;
  readonly #ort: Ort;
  /** Whether the runtime reads weights while it creates a session. */
  readonly #streams: boolean;
  readonly #loss: DeviceLoss;
  /** Sessions must be created one after the other. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(ort: Ort, device: GPUDevice | undefined, streams: boolean) {
    this.#ort = ort;
    this.#streams = streams;
    this.device = device;
    this.#loss = new DeviceLoss(device);
    this.adapter = device === undefined ? '' : describeAdapter(device.adapterInfo);
    this.isSoftware = device === undefined || isSoftware(this.adapter);
    this.takesFused = device === undefined || device.limits.maxStorageBuffersPerShaderStage >= FUSED_BUFFERS;
    this.backend = device === undefined ? 'wasm' : 'webgpu';
    this.precisions = device?.features.has('shader-f16') === true ? ['f16', 'f32'] : ['f32'];
  }

  open(graph: EmittedGraph, weights: WeightData[]): Promise<Session> {
    const create = (): Promise<Session> => this.#loss.during(() => this.#create(graph, weights));
    const opened = this.#opening.then(create, create);
    this.#opening = opened.catch(() => undefined);
    return opened;
  }

  async #create(graph: EmittedGraph, weights: WeightData[]): Promise<Session> {
    const { device } = this;
    const handover = new WeightHandover(device, this.#streams);
    const externalData = await handover.all(weights);
    const session = await handover.session(
      this.#ort.InferenceSession.create(graph.model, {
        externalData,
        logSeverityLevel: 3,
        // The 'basic' level leaves out the fused operators, which need more buffers than the device has.
        ...(this.takesFused ? {} : { graphOptimizationLevel: 'basic' }),
        executionProviders: device === undefined ? ['wasm'] : [{ name: 'webgpu', device }],
        ...(device === undefined ? {} : { preferredOutputLocation: 'gpu-buffer' }),
      }),
    );
    // The binary is compiled now and not read again.
    delete this.#ort.env.wasm.wasmBinary;
    return {
      inputs: session.inputNames,
      outputs: session.outputNames,
      run: async (feeds, outputs) => {
        const results = await this.#loss.during(() => session.run(feeds, outputs));
        // WASM computes without returning to the event loop, so a stop could not arrive between two runs.
        if (device === undefined) await eventLoopTurn();
        return results;
      },
      release: () => session.release(),
    };
  }

  async read(requests: ReadRequest[]): Promise<TensorData[]> {
    const { device } = this;
    if (device === undefined) return readFromMemory(requests);
    return this.#loss.during(() => readFromDevice(device, requests));
  }

  readonly tensor = (type: ElementType, data: TensorData, shape: number[]): Tensor =>
    new this.#ort.Tensor(type, data, shape);

  zeros(type: Precision | 'u8', shape: number[]): Tensor {
    const elements = shape.reduce((product, each) => product * each, 1);
    if (this.device === undefined) {
      // The array is zero already, but filling it makes the system commit its pages. Otherwise the system commits them
      // at the first write, 4 KB at a time, which took up to a fifth of the first answer's prefill with expert slots.
      if (type === 'u8') return new this.#ort.Tensor('uint8', new Uint8Array(elements).fill(0), shape);
      return type === 'f32'
        ? new this.#ort.Tensor('float32', new Float32Array(elements).fill(0), shape)
        : new this.#ort.Tensor('float16', new Uint16Array(elements).fill(0), shape);
    }
    const dataType = ({ f32: 'float32', f16: 'float16', u8: 'uint8' } as const)[type];
    const bytes = elements * ELEMENT_BYTES[dataType];
    const gpuBuffer = this.device.createBuffer({
      size: Math.max(16, Math.ceil(bytes / 16) * 16),
      usage: GPU_BUFFER_USAGE,
    });
    return this.#ort.Tensor.fromGpuBuffer(gpuBuffer, {
      dataType,
      dims: shape,
      dispose: () => gpuBuffer.destroy(),
    });
  }

  write(tensor: Tensor, offset: number, bytes: Uint8Array): void {
    if (this.device !== undefined) {
      this.device.queue.writeBuffer(tensor.gpuBuffer, offset, bytes);
      return;
    }
    const { data } = tensor;
    if (!ArrayBuffer.isView(data)) fail('bug', 'Tensors of this type are not written.');
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(bytes, offset);
  }

  async settled(): Promise<void> {
    await this.device?.queue.onSubmittedWorkDone();
  }

  dispose(): void {
    this.#loss.release();
    this.device?.destroy();
  }
}

/** Resolves after the tasks that wait in the event loop at the time of the call. A timer would wait 4 ms each time. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

// Flags of GPUBufferUsage, which Node lacks: STORAGE | COPY_SRC | COPY_DST.
const GPU_BUFFER_USAGE = 0x80 | 0x04 | 0x08;
