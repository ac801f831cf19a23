// The WebGPU device that the runtime works on, and what is known of its adapter.

import { fail } from '../../failure.ts';

/** isFallbackAdapter is newer than some implementations that have adapters to fall back on. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|fallback/i;

/** What an adapter tells of itself, in one line. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const fallback = info.isFallbackAdapter ? 'fallback' : '';
  return [info.vendor, info.architecture, info.device, info.description, fallback].join(' ');
}

/** Whether it computes on the processor, by what describeAdapter told. */
export function isSoftware(adapter: string): boolean {
  return SOFTWARE.test(adapter);
}

/**
 * A device with the adapter's limits and f16 where it has it, but without subgroups: with them,
 * onnxruntime 1.30's attention is wrong on adapters whose subgroups are narrow.
 */
export async function createDevice(gpu: GPU | undefined, hardwareOnly: boolean): Promise<GPUDevice> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
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
