// What this app's pages and workers may do, as response headers: the one definition. The servers, the
// service worker and the files for static hosts all send what is written here.
//
// The page and the inference worker, which see photos and prompts, reach this origin only. The weights
// worker, which sees neither, also reaches the hosts that weights come from.

/** Whose response it is: everything but the weights worker's script is 'room'. */
export type Role = 'room' | 'weights';

/** The built script and the one of the development server. */
const WEIGHTS_WORKER = /\/weights\.worker[^/]*\.(js|ts)$/;

export function roleOf(pathname: string): Role {
  return WEIGHTS_WORKER.test(pathname) ? 'weights' : 'room';
}

/** `weightHosts` are origins. */
export function policyHeaders(role: Role, weightHosts: readonly string[]): Record<string, string> {
  const hosts = role === 'weights' ? weightHosts : [];
  return {
    'Content-Security-Policy': contentSecurityPolicy(hosts),
    'Connection-Allowlist': connectionAllowlist(hosts),
    // Isolation: WASM threads, and no other window holds a reference to this one.
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': PERMISSIONS,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-DNS-Prefetch-Control': 'off',
  };
}

function contentSecurityPolicy(hosts: readonly string[]): string {
  const directives = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src ${["'self'", ...hosts].join(' ')}`,
    "img-src 'self' blob: data:",
    'media-src blob:',
    // A preview of HTML that the model wrote inherits this policy, and is worth little without its
    // styles; what a style could load is held by the other directives.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // Without allow-popups and allow-top-navigation: where Connection-Allowlist is unknown, this is what
    // keeps a link or a new window from carrying something away.
    'sandbox allow-same-origin allow-scripts allow-forms allow-modals allow-downloads',
  ];
  return directives.join('; ');
}

/**
 * Chromium's allowlist covers what a CSP does not: WebRTC, navigations, prefetching. A hub sends on to
 * its storage hosts, so redirects are allowed where there are hosts; the CSP holds their targets to the
 * same list.
 * Source: https://github.com/WICG/connection-allowlists
 */
function connectionAllowlist(hosts: readonly string[]): string {
  const patterns = ['response-origin', ...hosts.map((host) => `"${host}/*"`)];
  return `(${patterns.join(' ')})${hosts.length > 0 ? ';redirects=allow' : ''}`;
}

/** The camera is for photos, the wake lock for kiosks; everything that could sense or leak more is off. */
const PERMISSIONS = [
  'camera=(self)',
  'screen-wake-lock=(self)',
  'fullscreen=(self)',
  'clipboard-write=(self)',
  'cross-origin-isolated=(self)',
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'display-capture',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'identity-credentials-get',
    'idle-detection',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'picture-in-picture',
    'publickey-credentials-get',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
].join(', ');
