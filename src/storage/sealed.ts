// Values encrypted at rest: AES-GCM with a key that the browser keeps and never hands out, so that a copy of the
// database's files, or a page that reads them without the key, holds nothing. Plain values with Blobs in them.

import { packBlobs } from './blobs.ts';

export interface Sealed {
  sealed: 1;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

const CIPHER = 'AES-GCM';

export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt']);
}

/** `name`: where the value is kept; it opens nowhere else. */
export async function seal(key: CryptoKey, name: string, value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const cipher = { name: CIPHER, iv, additionalData: new TextEncoder().encode(name) };
  return { sealed: 1, iv, data: await crypto.subtle.encrypt(cipher, key, await toBytes(value)) };
}

/** Rejects where the value was changed, moved, or sealed with another key. */
export async function unseal(key: CryptoKey, name: string, { iv, data }: Sealed): Promise<unknown> {
  const cipher = { name: CIPHER, iv, additionalData: new TextEncoder().encode(name) };
  return fromBytes(await crypto.subtle.decrypt(cipher, key, data));
}

export function isSealed(value: unknown): value is Sealed {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    'iv' in value &&
    value.iv instanceof Uint8Array &&
    'data' in value &&
    value.data instanceof ArrayBuffer
  );
}

/** The length of the JSON, the JSON, and the bytes of the Blobs that it names, one after the other. */
async function toBytes(value: unknown): Promise<ArrayBuffer> {
  const parts: ArrayBuffer[] = [];
  let at = 0;
  const text = JSON.stringify(await packBlobs(value), (_, each: unknown) => {
    if (!(each instanceof ArrayBuffer)) return each;
    parts.push(each);
    at += each.byteLength;
    return { bytesFrom: at - each.byteLength, bytesTo: at };
  });
  const json = new TextEncoder().encode(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.byteLength, true);
  return new Blob([length, json, ...parts]).arrayBuffer();
}

function fromBytes(bytes: ArrayBuffer): unknown {
  const length = new DataView(bytes).getUint32(0, true);
  const body = 4 + length;
  return JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)), (_, each: unknown) => {
    if (typeof each !== 'object' || each === null || !('bytesFrom' in each) || !('bytesTo' in each))
      return each;
    return bytes.slice(body + Number(each.bytesFrom), body + Number(each.bytesTo));
  }) as unknown;
}
