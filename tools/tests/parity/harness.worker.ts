// The harness's worker: runs engine code in a worker, as the app does, but under the control of a test.

import * as Comlink from 'comlink';
import { openClip } from '../../../src/engine/clip/open-clip.ts';
import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { EngineOptions } from '../../../src/engine/engine-options.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { slotBytes } from '../../../src/engine/decoder/paged/expert-slots.ts';
import { createRuntime, type Runtime } from '../../../src/engine/runtime/runtime.ts';
import { attentionIsRight } from '../../../src/engine/device-check/operator-checks.ts';
import { fail } from '../../../src/failure.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import { openFetchedStore } from '../support/fetched-store.ts';
import { openPageKernels } from '../support/page-kernels.ts';
import { runtimeFiles } from '../../../src/session/runtime-files.ts';
import { withStorageBuffers } from '../support/few-buffers.ts';
import { clipSeen } from './clip-seen.ts';
import { furthest, greedySteps, hashesOf, type GreedyStep } from './greedy-steps.ts';
import type { HarnessApi, PagedCase, ParityRun } from './harness.ts';
import { measure, type Measurement } from './measure.ts';
import { withProcessor } from './processor-run.ts';
import { ReferenceFiles } from './reference-files.ts';

const reference = new ReferenceFiles(async (path) => {
  const response = await fetch(`/reference/${path}`);
  if (!response.ok) fail('missing-file', `${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
});
const signal = new AbortController().signal;
let kept: Kernels | undefined;

const api = {
  async facts() {
    const runtime = await openRuntime();
    const features = Array.from(runtime.device?.features ?? []);
    const precisions = [...runtime.precisions];
    runtime.dispose();
    return { features, precisions };
  },

  async measure({ package: name, precision, slots, storageBuffers, ...run }, only) {
    const store = await openPackage(name);
    const gpu =
      storageBuffers === undefined ? {} : { gpu: withStorageBuffers(navigator.gpu, storageBuffers) };
    const runtime = await openRuntime(gpu);
    const options = {
      precision,
      ignoreStops: true,
      ...(slots === undefined ? {} : { expertBudgetBytes: slots * slotBytes(store.manifest, precision) }),
    };
    const engine = await loadEngine(store, runtime, decodePhoto, options, signal);
    const measured = await measureCases(engine, run, only);
    await engine.dispose();
    runtime.dispose();
    return measured;
  },

  async processor({ package: name, threads, isPaged, repeated, repetitions, ...run }, only) {
    const paging = isPaged === true ? { expertBudgetBytes: 0 } : {};
    const options = { cache: 'f32', ignoreStops: true, ...paging } as const;
    return withProcessor(await openPackage(name), threads, options, async (engine, count) => {
      const messages = (await reference.conversations()).get(repeated)!;
      return {
        crossOriginIsolated: self.crossOriginIsolated,
        threads: count,
        measured: await measureCases(engine, run, only),
        hashes: await hashesOf(engine, messages, repetitions),
      };
    });
  },

  async hold() {
    kept = await openPageKernels();
    return kept.threads;
  },

  async decoded(file) {
    return decodePhoto(await (await fetch(`/reference/${file}`)).blob());
  },

  async seen(clip) {
    const options = { openClip, ignoreStops: true };
    return withProcessor(await openPackage('dense-tied-exact'), 1, options, (engine) =>
      clipSeen(engine, clip),
    );
  },

  async pagedBuiltIn(slots, cases) {
    const store = await openFetchedStore(`${self.location.origin}/built-in/`, () => undefined, signal);
    const runtime = await openRuntime();
    const conversations = await reference.conversations();
    const stepsWith = async (options: EngineOptions): Promise<GreedyStep[][]> => {
      const engine = await loadEngine(store, runtime, decodePhoto, { precision: 'f32', ...options }, signal);
      const steps: GreedyStep[][] = [];
      for (const name of cases) steps.push(await greedySteps(engine, conversations.get(name)!));
      await engine.dispose();
      return steps;
    };
    const expected = await stepsWith({});
    const parted: PagedCase[] = [];
    for (const each of slots) {
      const seen = await stepsWith({ expertBudgetBytes: each * slotBytes(store.manifest, 'f32') });
      for (const [at, name] of cases.entries()) {
        parted.push({ case: name, slots: each, furthest: furthest(expected[at]!, seen[at]!) });
      }
    }
    runtime.dispose();
    return parted;
  },

  async attention(device) {
    const runtime = await openRuntime(device === 'engine' ? {} : { gpu: everyFeature(navigator.gpu) });
    try {
      return await attentionIsRight(runtime, 'f32');
    } finally {
      runtime.dispose();
    }
  },
} satisfies HarnessApi;

Comlink.expose(api);

function openPackage(name: string): Promise<PackageStore> {
  return openFetchedStore(`${self.location.origin}/packages/${name}/`, () => undefined, signal);
}

/** Measures the cases of the reference, or only the named ones. */
async function measureCases(
  engine: Engine,
  { goldens, steps, whole }: Pick<ParityRun, 'goldens' | 'steps' | 'whole'>,
  only: readonly string[] | undefined,
): Promise<Measurement[]> {
  const golden = await reference.goldens(goldens);
  const pixels = await reference.pixels();
  const measured: Measurement[] = [];
  for (const [case_, messages] of await reference.conversations()) {
    if (only?.includes(case_) === false) continue;
    const tokens = case_ === whole ? undefined : steps;
    measured.push(await measure(case_, messages, engine, golden, pixels, undefined, tokens));
  }
  return measured;
}

function openRuntime(options: { gpu?: GPU } = {}): Promise<Runtime> {
  return createRuntime({ backend: 'webgpu', files: runtimeFiles(), ...options });
}

/** A GPU whose devices have every feature of their adapter, whatever features are requested. */
function everyFeature(gpu: GPU): GPU {
  const requestAdapter: GPU['requestAdapter'] = async (options) => {
    const adapter = await gpu.requestAdapter(options);
    if (adapter === null) return null;
    return new Proxy(adapter, {
      get(target, name): unknown {
        if (name === 'requestDevice') {
          return (wanted: GPUDeviceDescriptor) =>
            target.requestDevice({
              ...wanted,
              requiredFeatures: [...target.features] as GPUFeatureName[],
            });
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  };
  return new Proxy(gpu, {
    get: (target, name): unknown =>
      name === 'requestAdapter' ? requestAdapter : Reflect.get(target, name, target),
  });
}
