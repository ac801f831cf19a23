// The policy's headers in the words of the usual static hosts, from the one definition; and that they compress
// what gains by it, which Netlify and Cloudflare Pages do by themselves.

import { policyHeaders, roleOf } from '../../src/policy/headers.ts';

export const HOSTS = ['netlify', 'nginx', 'apache', 'caddy'] as const;
/** 'netlify' is the `_headers` file, which Cloudflare Pages reads too. */
export type StaticHost = (typeof HOSTS)[number];

/** What is fetched before the first answer, and a third of its size when compressed. HTML always is where anything is. */
const COMPRESSED_TYPES = [
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/wasm',
  'image/svg+xml',
  'text/css',
  'text/javascript',
].join(' ');

/** What older servers call by no name or a wrong one: with `nosniff` a browser then does not take it. */
const TYPES = [
  ['mjs', 'text/javascript'],
  ['wasm', 'application/wasm'],
  ['webmanifest', 'application/manifest+json'],
] as const;

/** `scripts`: the built pages and workers, relative to the site's root; only 'netlify' names them. */
export function headerRules(
  host: StaticHost,
  weightHosts: readonly string[],
  scripts: readonly string[] = [],
): string {
  const room = Object.entries(policyHeaders('room', weightHosts));
  const weights = Object.entries(policyHeaders('weights', weightHosts)).filter(
    ([name, value]) => room.find(([other]) => other === name)?.[1] !== value,
  );
  const isVaried = (name: string): boolean => weights.some(([other]) => other === name);
  const lines: Record<StaticHost, () => string[]> = {
    // Rules that match add up, and two policies mean that both hold: each path has one rule. What is
    // neither a page nor a worker needs none.
    netlify: () =>
      ['', ...scripts].flatMap((path) => [
        `/${path}`,
        ...Object.entries(policyHeaders(roleOf(`/${path}`), weightHosts)).map(
          ([name, value]) => `  ${name}: ${value}`,
        ),
      ]),
    nginx: () => [
      // A location with an add_header of its own inherits none: a map leaves one place for each.
      ...weights.map(
        ([name, value]) =>
          `map $uri ${variable(name)} { default ${quoted(roomValue(room, name))}; "~/weights\\.worker[^/]*\\.js$" ${quoted(value)}; }`,
      ),
      'server {',
      '  gzip on;',
      '  gzip_vary on;',
      '  gzip_proxied any;',
      `  gzip_types ${COMPRESSED_TYPES};`,
      ...room.map(([name, value]) => {
        return `  add_header ${name} ${isVaried(name) ? variable(name) : quoted(value)} always;`;
      }),
      ...TYPES.map(([ending, type]) => `  location ~ \\.${ending}$ { types {} default_type ${type}; }`),
      '}',
    ],
    apache: () => [
      '<IfModule mod_deflate.c>',
      `  AddOutputFilterByType DEFLATE text/html ${COMPRESSED_TYPES}`,
      '</IfModule>',
      ...TYPES.map(([ending, type]) => `AddType ${type} .${ending}`),
      // Without mod_headers (`a2enmod headers`) the server does not start, rather than send no policy.
      ...room.map(([name, value]) => `Header always set ${name} ${quoted(value)}`),
      '<FilesMatch "^weights\\.worker.*\\.js$">',
      ...weights.map(([name, value]) => `  Header always set ${name} ${quoted(value)}`),
      '</FilesMatch>',
    ],
    caddy: () => [
      'encode {',
      '  zstd',
      '  gzip',
      '  match {',
      ...`text/html* ${COMPRESSED_TYPES}`
        .split(' ')
        .map((type) => `    header Content-Type ${type}${type.endsWith('*') ? '' : '*'}`),
      '  }',
      '}',
      ...TYPES.flatMap(([ending, type]) => [
        `@${ending} path *.${ending}`,
        `header @${ending} Content-Type ${type}`,
      ]),
      '@weights path_regexp /weights\\.worker[^/]*\\.js$',
      // Each in one place only: of two that match, Caddy lets the general one win.
      '@room not path_regexp /weights\\.worker[^/]*\\.js$',
      'header {',
      ...room.filter(([name]) => !isVaried(name)).map(([name, value]) => `  ${name} ${backquoted(value)}`),
      '}',
      'header @room {',
      ...room.filter(([name]) => isVaried(name)).map(([name, value]) => `  ${name} ${backquoted(value)}`),
      '}',
      'header @weights {',
      ...weights.map(([name, value]) => `  ${name} ${backquoted(value)}`),
      '}',
    ],
  };
  return `${lines[host]().join('\n')}\n`;
}

function roomValue(room: readonly [string, string][], name: string): string {
  return room.find(([other]) => other === name)?.[1] ?? '';
}

function variable(header: string): string {
  return `$darkroom_${header.toLowerCase().replaceAll('-', '_')}`;
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '\\"')}"`;
}

function backquoted(value: string): string {
  return `\`${value}\``;
}
