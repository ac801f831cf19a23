// Encrypts values at rest, with AES-GCM and a key that the browser stores and never exports. Without the key, neither a
// reader of the database's files nor a page can read the values. A value is plain data that may contain Blobs. A large
// value (a clip) is sealed in chunks, so that only one chunk is in memory at a time.

export interface Sealed {
  sealed: 1;
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer | Blob;
  /**
   * The number of bytes in each chunk before sealing, except the last; undefined if the value was sealed as one chunk.
   */
  chunkBytes?: number;
}

const CIPHER = 'AES-GCM';
/** The bytes that the cipher adds to each chunk. */
const TAG_BYTES = 16;
const CHUNK_BYTES = 4 * 2 ** 20;

export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, ['encrypt', 'decrypt']);
}

/** `name`: the name under which the value is stored. It cannot be unsealed under another name. */
export async function seal(
  key: CryptoKey,
  name: string,
  value: unknown,
  chunkBytes = CHUNK_BYTES,
): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = toBlob(value);
  if (plain.size <= chunkBytes) {
    const cipher = cipherOf(iv, name, 0, 1);
    return { sealed: 1, iv, data: await crypto.subtle.encrypt(cipher, key, await plain.arrayBuffer()) };
  }
  const chunks = await eachChunk(plain, chunkBytes, (bytes, index, count) =>
    crypto.subtle.encrypt(cipherOf(iv, name, index, count), key, bytes),
  );
  return { sealed: 1, iv, data: chunks, chunkBytes };
}

/** Rejects if the value was changed, moved to another name, or sealed with another key. */
export async function unseal(
  key: CryptoKey,
  name: string,
  { iv, data, chunkBytes }: Sealed,
): Promise<unknown> {
  const sealed = data instanceof Blob ? data : new Blob([data]);
  const size = chunkBytes === undefined ? sealed.size : chunkBytes + TAG_BYTES;
  return fromBlob(
    await eachChunk(sealed, size, (bytes, index, count) =>
      crypto.subtle.decrypt(cipherOf(iv, name, index, count), key, bytes),
    ),
  );
}

export function isSealed(value: unknown): value is Sealed {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sealed' in value &&
    'iv' in value &&
    value.iv instanceof Uint8Array &&
    'data' in value &&
    (value.data instanceof ArrayBuffer || value.data instanceof Blob) &&
    (!('chunkBytes' in value) || (Number.isSafeInteger(value.chunkBytes) && Number(value.chunkBytes) > 0))
  );
}

/**
 * The cipher of one chunk. It depends on the chunk's number and on the number of chunks, so that no chunk can be moved
 * or left out.
 */
function cipherOf(iv: Uint8Array, name: string, index: number, count: number): AesGcmParams {
  const own = new Uint8Array(iv);
  const view = new DataView(own.buffer);
  view.setUint32(8, view.getUint32(8) ^ index);
  const place = count === 1 ? name : `${name} ${index}/${count}`;
  return { name: CIPHER, iv: own, additionalData: new TextEncoder().encode(place) };
}

/** Applies `change` to one chunk after the other. The results go into a Blob, outside of the page's own memory. */
async function eachChunk(
  whole: Blob,
  size: number,
  change: (bytes: ArrayBuffer, index: number, count: number) => Promise<ArrayBuffer>,
): Promise<Blob> {
  const count = Math.max(1, Math.ceil(whole.size / size));
  const changed: Blob[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = await whole.slice(index * size, (index + 1) * size).arrayBuffer();
    changed.push(new Blob([await change(bytes, index, count)]));
  }
  return new Blob(changed);
}

/** Returns the length of the JSON, the JSON, and the bytes of the Blobs in it, one after the other. */
function toBlob(value: unknown): Blob {
  const parts: Blob[] = [];
  let at = 0;
  const text = JSON.stringify(value, (_, each: unknown) => {
    if (!(each instanceof Blob)) return each;
    parts.push(each);
    at += each.size;
    return { packedBlob: { bytesFrom: at - each.size, bytesTo: at }, type: each.type };
  });
  const json = new TextEncoder().encode(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.byteLength, true);
  return new Blob([length, json, ...parts]);
}

async function fromBlob(plain: Blob): Promise<unknown> {
  const length = new DataView(await plain.slice(0, 4).arrayBuffer()).getUint32(0, true);
  const body = 4 + length;
  return JSON.parse(await plain.slice(4, body).text(), (_, each: unknown) => {
    if (typeof each !== 'object' || each === null) return each;
    // The reviver works from the inside out: it sees the object with the byte range first, then the Blob's object
    // around it.
    if ('bytesFrom' in each && 'bytesTo' in each)
      return plain.slice(body + Number(each.bytesFrom), body + Number(each.bytesTo));
    if ('packedBlob' in each && each.packedBlob instanceof Blob) {
      const { packedBlob } = each;
      return packedBlob.slice(0, packedBlob.size, 'type' in each ? String(each.type) : '');
    }
    return each;
  }) as unknown;
}
