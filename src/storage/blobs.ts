// Stores values that contain Blobs in IndexedDB. WebKit stores no Blobs in a private window. So a trial finds out
// whether a browser stores Blobs; if it does not, their bytes are stored instead.

import { promisifyRequest, type UseStore } from 'idb-keyval';

const TRIAL_KEY = 'does it take Blobs?';
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 100;
/** If storage does not answer for a tiny Blob within this time, it would not answer for a large one either. */
const ANSWER_MS = 5000;

/**
 * Finds out whether the browser stores Blobs: stores a small one and deletes it again. A fresh profile may refuse a
 * Blob that it stores a moment later.
 */
export async function takesBlobs(use: UseStore): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const trial = use('readwrite', (store) => {
      store.put(new Blob(['x']), TRIAL_KEY);
      store.delete(TRIAL_KEY);
      return promisifyRequest(store.transaction);
    });
    const isTaken = await Promise.race([
      trial.then(
        () => true,
        () => false,
      ),
      new Promise<undefined>((late) => setTimeout(() => late(undefined), ANSWER_MS)),
    ]);
    if (isTaken === true) return true;
    if (isTaken === undefined) return false;
    await new Promise((later) => setTimeout(later, FIRST_WAIT_MS * attempt));
  }
  return false;
}

/** The stored replacement of a Blob. */
interface PackedBlob {
  packedBlob: ArrayBuffer;
  type: string;
}

/** Returns a copy of plain objects and lists in which every Blob is replaced by its bytes. */
export async function packBlobs(value: unknown): Promise<unknown> {
  if (value instanceof Blob) {
    return { packedBlob: await value.arrayBuffer(), type: value.type } satisfies PackedBlob;
  }
  if (Array.isArray(value)) return Promise.all(value.map(packBlobs));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).map(async ([name, each]) => [name, await packBlobs(each)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The inverse of packBlobs. Real Blobs stay unchanged. */
export function unpackBlobs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpackBlobs);
  if (!isPlain(value)) return value;
  const { packedBlob, type } = value;
  if (packedBlob instanceof ArrayBuffer) {
    return new Blob([packedBlob], { type: typeof type === 'string' ? type : '' });
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unpackBlobs(each)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
