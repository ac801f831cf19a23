// What this device offers to a model, as far as a browser tells.

import type { DeviceFacts } from '../../contract/weights.ts';

export async function deviceFacts(): Promise<DeviceFacts> {
  const adapter = 'gpu' in navigator ? await navigator.gpu.requestAdapter() : null;
  const gpu = adapter && {
    hasF16: adapter.features.has('shader-f16'),
    maxBufferBytes: adapter.limits.maxBufferSize,
    maxBindingBytes: adapter.limits.maxStorageBufferBindingSize,
  };
  // Chromium alone tells, in GiB; not in every secure context.
  const memory: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : undefined;
  return { gpu, memoryBytes: typeof memory === 'number' ? memory * 2 ** 30 : null };
}
