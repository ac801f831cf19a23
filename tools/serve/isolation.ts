// The headers of a cross-origin isolated page. Without them there is no SharedArrayBuffer, and the
// WASM backend falls back to one thread.

export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
