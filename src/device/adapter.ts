// What a WebGPU adapter says of itself, and what follows from it. The one place that reads adapter infos.

type Info = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  isFallbackAdapter?: boolean;
};

/** isFallbackAdapter is newer than some implementations that have adapters to fall back on. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|fallback/i;
/** As Dawn names Intel's discrete architectures. */
const DISCRETE_INTEL = /hpg|12hp/i;
const INTEGRATED_AMD = /radeon(\(tm\))? (graphics|vega)|\bapu\b/i;

/**
 * Which of a computer's graphics processors the browser took. 'slower': it offers two and the engine gets the
 * slower one. 'perhaps-slower': it offers one, of a kind that often has a faster one beside it.
 */
export type AdapterChoice = 'slower' | 'perhaps-slower' | 'best-known';

/** What an adapter tells of itself, in one line. */
export function describeAdapter(info: Info): string {
  const fallback = info.isFallbackAdapter === true ? 'fallback' : '';
  return [info.vendor, info.architecture, info.device, info.description, fallback].join(' ');
}

/** Whether it computes on the processor, by what describeAdapter told. */
export function isSoftware(adapter: string): boolean {
  return SOFTWARE.test(adapter);
}

/** For people: the description where the browser gives one, else vendor and architecture; '' where it says nothing. */
export function adapterName({ vendor, architecture, description }: Info): string {
  if (description !== '') return description;
  return [vendor, architecture].filter((part) => part !== '').join(' ');
}

/** `used`: what the engine asks for ('high-performance'). `other`: what the browser gives for 'low-power'. */
export function adapterChoice(used: Info, other: Info | null, hasDesktopGpus: boolean): AdapterChoice {
  if (isSoftware(describeAdapter(used))) return 'best-known';
  const areTwo = other !== null && describeAdapter(other) !== describeAdapter(used);
  if (areTwo && !isSoftware(describeAdapter(other))) {
    return isIntegrated(used) === true && isIntegrated(other) === false ? 'slower' : 'best-known';
  }
  return isIntegrated(used) === true && hasDesktopGpus ? 'perhaps-slower' : 'best-known';
}

/** Whether it shares the processor's memory; undefined where its names do not say. */
function isIntegrated(info: Info): boolean | undefined {
  const vendor = info.vendor.toLowerCase();
  if (vendor === 'nvidia') return false;
  if (vendor === 'intel') return !DISCRETE_INTEL.test(describeAdapter(info));
  if (vendor === 'amd' && info.description !== '') return INTEGRATED_AMD.test(info.description);
  return undefined;
}

/** A browser whose graphics process hangs may never answer; the page must know what to do without. */
const ANSWER_MS = 30_000;

/** null if there is no adapter, or the browser does not answer. */
export async function askForAdapter(
  gpu: GPU | undefined,
  powerPreference: GPUPowerPreference = 'high-performance',
): Promise<GPUAdapter | null> {
  if (gpu === undefined) return null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ANSWER_MS);
  });
  try {
    return await Promise.race([gpu.requestAdapter({ powerPreference }), late]);
  } finally {
    clearTimeout(timer);
  }
}
