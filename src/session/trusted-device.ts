// Chooses a device that computes correctly: the GPU with f16; if that fails, the GPU with f32; if that fails, the
// processor. Lists the refused precisions.

import type { Backend, LoadOptions, Precision } from '../contract/inference.ts';
import { createRuntime, type Runtime, type RuntimeFiles } from '../engine/runtime/runtime.ts';
import { GpuDevice, ProcessorDevice, type EngineDevice } from './engine-device.ts';
import type { KernelSource } from './kernel-downloads.ts';

/** The source of the runtime's own files. */
export interface RuntimeSource {
  /** The build for this browser. */
  readonly files: RuntimeFiles;
  /** The build's WebAssembly; undefined if the runtime has it already or fetches it itself. */
  take(): Promise<Uint8Array | undefined>;
}

/** The sources of the programs for the two devices. */
export interface DeviceSources {
  runtime: RuntimeSource;
  kernels: KernelSource;
}

export interface DeviceOptions extends Pick<LoadOptions, 'precision' | 'hardwareOnly'> {
  /** The least memory in which the model runs on the processor. */
  processorBytes: number;
}

export interface TrustedDevice {
  device: EngineDevice;
  /** Precisions in which the GPU gives wrong numbers. */
  distrusted: Precision[];
}

/**
 * `accepts` returns whether a precision computes correctly on a WebGPU device. Fails with the failures of createRuntime
 * and of the sources.
 */
export async function trustedDevice(
  backend: Backend,
  { precision: asked, hardwareOnly = false, processorBytes }: DeviceOptions,
  accepts: (runtime: Runtime, precision: Precision) => Promise<boolean>,
  { runtime: source, kernels }: DeviceSources,
): Promise<TrustedDevice> {
  const distrusted: Precision[] = [];
  const onProcessor = async (): Promise<TrustedDevice> => {
    return {
      device: new ProcessorDevice(await kernels.open(processorBytes), kernels.openReader),
      distrusted,
    };
  };
  if (backend === 'wasm') return onProcessor();
  const { files } = source;
  const runtime = await createRuntime({ backend, hardwareOnly, files, wasmBinary: () => source.take() });
  try {
    for (const precision of asked === undefined ? runtime.precisions : [asked]) {
      // If the device lacks the precision, the engine refuses it with its own message.
      const isThere = runtime.precisions.includes(precision);
      if (!isThere || (await accepts(runtime, precision))) {
        return { device: new GpuDevice(runtime, precision), distrusted };
      }
      distrusted.push(precision);
    }
  } catch (error) {
    runtime.dispose();
    throw error;
  }
  runtime.dispose();
  return onProcessor();
}
