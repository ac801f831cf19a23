// The permissions of this app's pages and workers, as response headers. This is the one definition: the
// servers, the service worker and the files for static hosts all send these headers.
//
// The page and the inference worker, which see media and prompts, can reach this origin only; the media worker can
// reach nothing. The weights worker, which sees neither media nor prompts, can also reach the hosts of weights.

import type { Role, RoleFiles } from './roles.ts';
import { MARKUP_POLICY } from './trusted-types.ts';

/** The roles whose scripts each role may start as workers. A 'part' that is started as a worker does nothing. */
const STARTS: Record<Role, readonly Role[]> = {
  // The service worker has the role 'page', too.
  page: ['page', 'inference', 'media', 'weights'],
  inference: ['kernel', 'thread', 'part'],
  weights: ['hash'],
  media: ['part'],
  hash: [],
  kernel: [],
  thread: [],
  part: [],
};

/** Roles that compute on data that they receive, and fetch nothing themselves. */
const FETCHES_NOTHING: ReadonlySet<Role> = new Set<Role>(['media', 'hash', 'kernel', 'thread', 'part']);

/**
 * The Trusted Types policies that each role may create (src/policy/trusted-types.ts). A thread of the runtime creates
 * no policy.
 */
const TRUSTED_TYPES: Record<Role, string> = {
  page: `darkroom ${MARKUP_POLICY}`,
  inference: 'default',
  weights: 'darkroom',
  media: 'darkroom',
  hash: 'darkroom',
  kernel: 'darkroom',
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
    // Cross-origin isolation allows WASM threads, and no other window can hold a reference to this one.
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
    // The preview of HTML that the model wrote inherits this policy, and would look broken without inline styles. The
    // other directives restrict the resources that a style can load.
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // Without allow-popups and allow-top-navigation: in a browser without Connection-Allowlist, their absence prevents
    // a link or a new window from sending data away.
    'sandbox allow-same-origin allow-scripts allow-forms allow-modals allow-downloads',
    // The development server's own scripts write markup.
    ...(files === undefined
      ? []
      : ["require-trusted-types-for 'script'", `trusted-types ${TRUSTED_TYPES[role]}`]),
  ];
  return directives.join('; ');
}

/**
 * A policy can name a file of its own origin only together with the origin, which the rules for a static host do not
 * contain. So the policy allows the path on any host; a worker's script comes from this origin anyway. `http:` includes
 * https, and WebKit matches no path if the scheme is missing.
 */
function workerSources(role: Role, files: RoleFiles | undefined): string {
  if (STARTS[role].length === 0) return "'none'";
  if (files === undefined) return "'self'";
  const paths = Array.from(files).filter(([, each]) => STARTS[role].includes(each));
  return paths.length === 0 ? "'none'" : paths.map(([path]) => `http://*:*${path}`).join(' ');
}

/**
 * Chromium's allowlist covers channels that a CSP does not: WebRTC, navigations, prefetching. A hub redirects to its
 * storage hosts, so redirects are allowed if there are hosts; the CSP restricts the targets of redirects to the same
 * list. Source: https://github.com/WICG/connection-allowlists
 */
function connectionAllowlist(hosts: readonly string[]): string {
  const patterns = ['response-origin', ...hosts.map((host) => `"${host}/*"`)];
  return `(${patterns.join(' ')})${hosts.length > 0 ? ';redirects=allow' : ''}`;
}

/** The camera is for photos, the wake lock for kiosks. All other features that could record or leak data are off. */
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
