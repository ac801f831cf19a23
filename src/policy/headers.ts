// What this app's pages and workers may do, as response headers: the one definition. The servers, the
// service worker and the files for static hosts all send what is written here.
//
// The page and the inference worker, which see photos and prompts, reach this origin only, and the photo worker
// reaches nothing. The weights worker, which sees none of these, also reaches the hosts that weights come from.

import type { Role, RoleFiles } from './roles.ts';
import { MARKUP_POLICY } from './trusted-types.ts';

/** The files that each role may start as workers; a part does nothing when it is started. */
const STARTS: Record<Role, readonly Role[]> = {
  // The service worker counts as the page's own.
  page: ['page', 'inference', 'photo', 'weights'],
  inference: ['thread', 'part'],
  weights: ['hash'],
  photo: ['part'],
  hash: [],
  thread: [],
  part: [],
};

/** They compute on what they are handed, and fetch nothing themselves. */
const FETCHES_NOTHING: ReadonlySet<Role> = new Set<Role>(['photo', 'hash', 'thread', 'part']);

/** The Trusted Types policies that each role may make (src/policy/trusted-types.ts). A thread of the runtime makes none. */
const TRUSTED_TYPES: Record<Role, string> = {
  page: `darkroom ${MARKUP_POLICY}`,
  inference: 'default',
  weights: 'darkroom',
  photo: 'darkroom',
  hash: 'darkroom',
  thread: "'none'",
  part: "'none'",
};

/**
 * `weightHosts` are origins. `files` are the scripts that run as workers; without them (the development server)
 * every script of this origin may be a worker.
 */
export function policyHeaders(
  role: Role,
  weightHosts: readonly string[],
  files?: RoleFiles,
): Record<string, string> {
  const hosts = role === 'weights' ? weightHosts : [];
  return {
    'Content-Security-Policy': contentSecurityPolicy(role, hosts, files),
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

function contentSecurityPolicy(role: Role, hosts: readonly string[], files: RoleFiles | undefined): string {
  const directives = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    `worker-src ${workerSources(role, files)}`,
    FETCHES_NOTHING.has(role) ? "connect-src 'none'" : `connect-src ${["'self'", ...hosts].join(' ')}`,
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
    // The development server's own scripts write markup.
    ...(files === undefined
      ? []
      : ["require-trusted-types-for 'script'", `trusted-types ${TRUSTED_TYPES[role]}`]),
  ];
  return directives.join('; ');
}

/**
 * A policy cannot name a file of its own origin without the origin, which a static host's rules do not know: any
 * host is named with the path, since a worker's script comes from this origin anyway. `http:` includes https, and
 * WebKit matches no path where the scheme is left out.
 */
function workerSources(role: Role, files: RoleFiles | undefined): string {
  if (STARTS[role].length === 0) return "'none'";
  if (files === undefined) return "'self'";
  const paths = Array.from(files).filter(([, each]) => STARTS[role].includes(each));
  return paths.length === 0 ? "'none'" : paths.map(([path]) => `http://*:*${path}`).join(' ');
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
