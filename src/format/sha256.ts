// The format's hash, which names shards and verifies side files.

/** SHA-256 in lower-case hexadecimal. Needs a secure context in browsers, as WebCrypto does. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
