// Reads the information that a WebGPU adapter gives about itself, and draws conclusions from it. No other file reads
// adapter infos.

type Info = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  isFallbackAdapter?: boolean;
};

/**
 * The names of software adapters. Some implementations have fallback adapters but not yet the field isFallbackAdapter.
 */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|fallback/i;
/** Dawn's names for Intel's discrete architectures. */
const DISCRETE_INTEL = /hpg|12hp/i;
const INTEGRATED_AMD = /radeon(\(tm\))? (graphics|vega)|\bapu\b/i;

/**
 * Which of the computer's graphics processors the browser chose. 'slower': the browser offers two, and the engine gets
 * the slower one. 'perhaps-slower': the browser offers one, of a kind that often has a faster one beside it.
 */
export type AdapterChoice = 'slower' | 'perhaps-slower' | 'best-known';

/** The adapter's information in one line. */
export function describeAdapter(info: Info): string {
  const fallback = info.isFallbackAdapter === true ? 'fallback' : '';
  return [info.vendor, info.architecture, info.device, info.description, fallback].join(' ');
}

/** Whether an adapter computes on the processor, judged by the line that describeAdapter returns. */
export function isSoftware(adapter: string): boolean {
  return SOFTWARE.test(adapter);
}

/**
 * The name to show: the description if the browser gives one, otherwise vendor and architecture; '' if the browser
 * gives neither.
 */
export function adapterName({ vendor, architecture, description }: Info): string {
  if (description !== '') return description;
  return [vendor, architecture].filter((part) => part !== '').join(' ');
}

/**
 * `used`: the adapter that the engine requests ('high-performance'). `other`: the browser's adapter for
 * 'low-power'.
 */
export function adapterChoice(used: Info, other: Info | null, hasDesktopGpus: boolean): AdapterChoice {
  if (isSoftware(describeAdapter(used))) return 'best-known';
  const areTwo = other !== null && describeAdapter(other) !== describeAdapter(used);
  if (areTwo && !isSoftware(describeAdapter(other))) {
    return isIntegrated(used) === true && isIntegrated(other) === false ? 'slower' : 'best-known';
  }
  return isIntegrated(used) === true && hasDesktopGpus ? 'perhaps-slower' : 'best-known';
}

/**
 * Whether a graphics processor shares the processor's memory; undefined if the adapter's names do not show it.
 */
function isIntegrated(info: Info): boolean | undefined {
  const vendor = info.vendor.toLowerCase();
  if (vendor === 'nvidia') return false;
  if (vendor === 'intel') return !DISCRETE_INTEL.test(describeAdapter(info));
  if (vendor === 'amd' && info.description !== '') return INTEGRATED_AMD.test(info.description);
  return undefined;
}

/** A browser whose graphics process hangs may never answer. After this time, the page continues without an adapter. */
const ANSWER_MS = 30_000;

/** Requests an adapter; null if there is none, or if the browser does not answer in time. */
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
