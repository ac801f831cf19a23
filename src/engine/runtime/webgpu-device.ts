// Creates the WebGPU device that the runtime uses.

import { askForAdapter, describeAdapter, isSoftware } from '../../device/adapter.ts';
import { fail } from '../../failure.ts';

/** Whether there is an adapter. With `hardwareOnly`, adapters that compute on the processor do not count. */
export async function hasAdapter(gpu: GPU | undefined, hardwareOnly = false): Promise<boolean> {
  const adapter = await askForAdapter(gpu);
  return adapter !== null && !(hardwareOnly && isSoftware(describeAdapter(adapter.info)));
}

/**
 * Creates a device with the adapter's limits and, if the adapter has it, f16; but without subgroups, because
 * onnxruntime 1.30's attention is wrong with them on adapters whose subgroups are narrow.
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
