// The facts about this device that matter to a model, as far as the browser reports them.

import type { DeviceFacts } from '../contract/weights.ts';
import { adapterChoice, askForAdapter, adapterName, describeAdapter, isSoftware } from './adapter.ts';

/** Matches systems whose computers often have two graphics processors, of which the browser may choose the slower. */
const DESKTOP_GPUS = /windows|linux x86|x11; linux/i;

export async function deviceFacts(): Promise<DeviceFacts> {
  // Only Chromium reports the memory, in GiB, and not in every secure context.
  const memory: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : undefined;
  return { gpu: await gpuFacts(), memoryBytes: typeof memory === 'number' ? memory * 2 ** 30 : null };
}

/** The facts about the adapter that the engine gets from the browser. */
async function gpuFacts(): Promise<DeviceFacts['gpu']> {
  if (!('gpu' in navigator)) return null;
  const [adapter, other] = [
    await askForAdapter(navigator.gpu),
    await askForAdapter(navigator.gpu, 'low-power'),
  ];
  if (adapter === null) return null;
  return {
    hasF16: adapter.features.has('shader-f16'),
    maxBufferBytes: adapter.limits.maxBufferSize,
    maxBindingBytes: adapter.limits.maxStorageBufferBindingSize,
    name: adapterName(adapter.info),
    isSoftware: isSoftware(describeAdapter(adapter.info)),
    choice: adapterChoice(adapter.info, other?.info ?? null, DESKTOP_GPUS.test(navigator.userAgent)),
  };
}
