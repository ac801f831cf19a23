// Writes the policy's headers in the configuration languages of the usual static hosts, from the one definition of the
// policy. The rules also turn on compression, which Netlify and Cloudflare Pages do by themselves.

import { policyHeaders } from '../../src/policy/headers.ts';
import { roleFiles, roleOf, type Role } from '../../src/policy/roles.ts';

export const HOSTS = ['netlify', 'nginx', 'apache', 'caddy'] as const;
/** 'netlify' is the `_headers` file, which Cloudflare Pages also reads. */
export type StaticHost = (typeof HOSTS)[number];

/**
 * Types of the files that are fetched before the first answer, and that compression reduces to a third. HTML is not
 * listed, because every server that compresses anything compresses HTML.
 */
const COMPRESSED_TYPES = [
  'application/javascript',
  'application/json',
  'application/manifest+json',
  'application/wasm',
  'image/svg+xml',
  'text/css',
  'text/javascript',
].join(' ');

/** Types that older servers omit or get wrong; because of `nosniff` a browser then rejects the file. */
const TYPES = [
  ['mjs', 'text/javascript'],
  ['wasm', 'application/wasm'],
  ['webmanifest', 'application/manifest+json'],
] as const;

/**
 * `names` are the files of the build, relative to the page's folder, which must be the site's root. The rules name each
 * worker by its exact file name, so they must be printed anew after each build.
 */
export function headerRules(
  host: StaticHost,
  weightHosts: readonly string[],
  names: readonly string[],
): string {
  const files = roleFiles(names);
  const headersOf = (role: Role): [string, string][] =>
    Object.entries(policyHeaders(role, weightHosts, files));
  const page = headersOf('page');
  const workers = Array.from(files).filter(([, role]) => role !== 'page');
  /** The headers of a worker that differ from the page's. */
  const others = (role: Role): [string, string][] =>
    headersOf(role).filter(([name, value]) => page.find(([other]) => other === name)?.[1] !== value);
  const varying = new Set(workers.flatMap(([, role]) => others(role).map(([name]) => name)));
  const lines: Record<StaticHost, () => string[]> = {
    // All matching rules apply together, and a browser enforces both of two policies, so each path must get exactly one
    // rule. Files that are neither pages nor workers need no rule.
    netlify: () =>
      ['', ...names.filter((name) => isScript(name))].flatMap((path) => [
        `/${path}`,
        ...headersOf(roleOf(`/${path}`, files)).map(([name, value]) => `  ${name}: ${value}`),
      ]),
    nginx: () => [
      // A `location` with its own add_header inherits no others, so the headers are set in one place, with values from
      // maps.
      ...page
        .filter(([name]) => varying.has(name))
        .flatMap(([name, value]) => [
          `map $uri ${variable(name)} {`,
          `  default ${quoted(value)};`,
          // A regular expression, because a plain key of this length needs a larger hash table than the default.
          ...workers.map(
            ([path, role]) =>
              `  ${quoted(`~^${path.replaceAll('.', '\\.')}$`)} ${quoted(valueOf(headersOf(role), name))};`,
          ),
          '}',
        ]),
      'server {',
      '  gzip on;',
      '  gzip_vary on;',
      '  gzip_proxied any;',
      `  gzip_types ${COMPRESSED_TYPES};`,
      ...page.map(
        ([name, value]) =>
          `  add_header ${name} ${varying.has(name) ? variable(name) : quoted(value)} always;`,
      ),
      ...TYPES.map(([ending, type]) => `  location ~ \\.${ending}$ { types {} default_type ${type}; }`),
      '}',
    ],
    apache: () => [
      '<IfModule mod_deflate.c>',
      `  AddOutputFilterByType DEFLATE text/html ${COMPRESSED_TYPES}`,
      '</IfModule>',
      ...TYPES.map(([ending, type]) => `AddType ${type} .${ending}`),
      // Without mod_headers (`a2enmod headers`), the server fails to start, so that the policy cannot silently be
      // missing.
      ...page.map(([name, value]) => `Header always set ${name} ${quoted(value)}`),
      ...workers.flatMap(([path, role]) => [
        `<Files ${quoted(path.slice(path.lastIndexOf('/') + 1))}>`,
        ...others(role).map(([name, value]) => `  Header always set ${name} ${quoted(value)}`),
        '</Files>',
      ]),
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
      // Each header is set in one place only: if two blocks match, Caddy uses the more general one.
      `@page not path ${workers.map(([path]) => path).join(' ')}`,
      'header {',
      ...page.filter(([name]) => !varying.has(name)).map(([name, value]) => `  ${name} ${backquoted(value)}`),
      '}',
      'header @page {',
      ...page.filter(([name]) => varying.has(name)).map(([name, value]) => `  ${name} ${backquoted(value)}`),
      '}',
      ...workers.flatMap(([path, role], index) => [
        `@worker${index} path ${path}`,
        `header @worker${index} {`,
        ...headersOf(role)
          .filter(([name]) => varying.has(name))
          .map(([name, value]) => `  ${name} ${backquoted(value)}`),
        '}',
      ]),
    ],
  };
  return `${lines[host]().join('\n')}\n`;
}

/** Whether a file is a page or a worker. The runtime's .mjs files count, too, because they start threads. */
function isScript(name: string): boolean {
  return /\.(html|mjs)$|worker[^/]*\.js$/.test(name);
}

function valueOf(headers: readonly [string, string][], name: string): string {
  return headers.find(([other]) => other === name)?.[1] ?? '';
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
