// Vite plugins that compress the files of a build once, and let the preview server send the compressed files. It sends
// Brotli from the file beside the original, and gzip to browsers without Brotli. Range requests and files outside the
// build are handled by the server behind this middleware.

import { createReadStream, readdirSync, statSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, createGzip } from 'node:zlib';
import type { Connect, Plugin } from 'vite';

/** Suffix of the compressed file, which lies beside the original. */
const SUFFIX = '.br';

/**
 * The extensions of files worth compressing, with their content types. Pictures and WOFF2 fonts are already compressed.
 */
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.jinja': 'text/plain',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.safetensors': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Files smaller than this are not compressed, because they fit into one packet anyway. */
const LEAST_BYTES = 1000;
/** A file is sent uncompressed if compression saves less than this share. */
const LEAST_GAIN = 0.05;
/**
 * Larger files are compressed at a lower level, because the best level takes a minute and saves only another fiftieth
 * of the file.
 */
const SMALL_BYTES = 1e6;

const FOR_GOOD = 'public, max-age=31536000, immutable';

export function precompress(outDir: string): Plugin[] {
  return [
    {
      name: 'compress-build',
      apply: 'build',
      closeBundle: { sequential: true, handler: () => compressAll(outDir) },
    },
    {
      name: 'send-compressed',
      configurePreviewServer(server) {
        const { root, build } = server.config;
        server.middlewares.use(sendCompressed(resolve(root, build.outDir)));
      },
    },
  ];
}

async function compressAll(folder: string): Promise<void> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      if (!(extname(name) in TYPES) || statSync(file).size < LEAST_BYTES) return;
      const bytes = await readFile(file);
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > SMALL_BYTES ? 5 : 9,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      const packed = await promisify(brotliCompress)(bytes, { params });
      if (packed.length < bytes.length * (1 - LEAST_GAIN)) await writeFile(file + SUFFIX, packed);
    }),
  );
}

function sendCompressed(folder: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const answer = async (): Promise<void> => {
      const { method, headers } = request;
      const file = fileAt(folder, request);
      const found = file === undefined ? undefined : await packedFile(file);
      if (file === undefined || found === undefined || (method !== 'GET' && method !== 'HEAD')) {
        next();
        return;
      }
      // The response depends on the accepted encodings, even if it is sent uncompressed.
      response.appendHeader('Vary', 'Accept-Encoding');
      const coding = codingFor(headers['accept-encoding']);
      if (coding === undefined || headers.range !== undefined) {
        next();
        return;
      }
      // The server behind this one uses the same ETag, so an interrupted transfer can resume there.
      const etag = `W/"${found.bytes}-${found.changedMs}"`;
      response.setHeader('ETag', etag);
      response.setHeader('Cache-Control', isNamedByContent(request) ? FOR_GOOD : 'no-cache');
      if (headers['if-none-match'] === etag) {
        response.writeHead(304).end();
        return;
      }
      response.setHeader('Content-Type', TYPES[extname(file)] ?? '');
      response.setHeader('Content-Encoding', coding);
      if (coding === 'br') response.setHeader('Content-Length', found.packedBytes);
      if (method === 'HEAD') response.end();
      else if (coding === 'br') await pipeline(createReadStream(file + SUFFIX), response);
      else await pipeline(createReadStream(file), createGzip(), response);
    };
    // If the browser disconnects midway, it is too late for an error response.
    answer().catch((error: unknown) => (response.headersSent ? response.destroy() : next(error)));
  };
}

/** Whether the file's name contains a content hash, which the build inserts. */
function isNamedByContent({ url = '/' }: IncomingMessage): boolean {
  return url.startsWith('/assets/');
}

/** Returns undefined if the URL does not decode or points outside the folder. */
function fileAt(folder: string, { url = '/' }: IncomingMessage): string | undefined {
  try {
    const { pathname } = new URL(url, 'http://localhost');
    const name = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const file = resolve(folder, `.${name}`);
    return !name.includes('\0') && file.startsWith(folder + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Returns undefined if the file has no compressed copy, or has changed since the copy was made. */
async function packedFile(
  file: string,
): Promise<{ bytes: number; changedMs: number; packedBytes: number } | undefined> {
  if (!(extname(file) in TYPES)) return undefined;
  const [plain, packed] = await Promise.all(
    [file, file + SUFFIX].map((one) => stat(one).catch(() => undefined)),
  );
  if (!plain?.isFile() || !packed?.isFile() || packed.mtimeMs < plain.mtimeMs) return undefined;
  return { bytes: plain.size, changedMs: plain.mtime.getTime(), packedBytes: packed.size };
}

/** The better of the two supported encodings; undefined if the browser accepts neither. */
function codingFor(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const codings = String(accepted ?? '')
    .split(',')
    .map((one) => one.trim().split(';'))
    .filter(([, quality]) => !/^\s*q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((coding) => codings.includes(coding));
}
