// The WebGPU device that the runtime works on.

import { askForAdapter, describeAdapter, isSoftware } from '../../device/adapter.ts';
import { fail } from '../../failure.ts';

/** Whether there is an adapter; with `hardwareOnly`, whether there is one that does not compute on the processor. */
export async function hasAdapter(gpu: GPU | undefined, hardwareOnly: boolean): Promise<boolean> {
  const adapter = await askForAdapter(gpu);
  return adapter !== null && !(hardwareOnly && isSoftware(describeAdapter(adapter.info)));
}

/**
 * A device with the adapter's limits, and with f16 if the adapter has it, but without subgroups: with them,
 * onnxruntime 1.30's attention is wrong on adapters whose subgroups are narrow.
 */
export async function createDevice(gpu: GPU | undefined, hardwareOnly: boolean): Promise<GPUDevice> {
  const adapter = await askForAdapter(gpu);
  if (!adapter) fail('no-webgpu', 'This browser offers no WebGPU adapter.');
  if (hardwareOnly && isSoftware(describeAdapter(adapter.info))) {
    fail('no-webgpu', 'The only WebGPU adapter computes on the processor.');
  }
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
