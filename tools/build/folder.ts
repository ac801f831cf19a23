// A Vite plugin that serves a folder outside the build under a path, in development and in preview: local packages for
// the page, fixtures for the tests. It serves only files, and none outside the folder, not even through a link. With
// `listed`, `<path>/index.json` is a catalogue of the packages in the folder.

import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, normalize, sep } from 'node:path';
import type { Connect, Plugin, PreviewServer, ViteDevServer } from 'vite';

export interface ServedFolder {
  /** URL path that begins and ends with a slash. */
  path: string;
  folder: string;
  listed?: boolean;
}

export function serveFolder(served: ServedFolder): Plugin {
  const install = (server: ViteDevServer | PreviewServer): void => {
    server.middlewares.use(handler(served));
  };
  return { name: `serve-folder:${served.path}`, configureServer: install, configurePreviewServer: install };
}

function handler({ path, folder, listed }: ServedFolder): Connect.NextHandleFunction {
  return (request, response, next) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith(path)) {
      next();
      return;
    }
    const name = decodeName(url.pathname.slice(path.length));
    const answer = async (): Promise<void> => {
      if (listed === true && name === 'index.json') {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify({ packages: await packagesIn(folder, path) }));
        return;
      }
      const file = name === undefined ? undefined : await fileInside(folder, name);
      const bytes = file === undefined ? undefined : await fileLength(file);
      if (file === undefined || bytes === undefined) {
        response.statusCode = 404;
        response.end('Not found');
        return;
      }
      response.setHeader('Content-Length', bytes);
      response.setHeader(
        'Content-Type',
        file.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      );
      createReadStream(file).on('error', next).pipe(response);
    };
    answer().catch(next);
  };
}

/** A relative file name; undefined if it leaves the folder or does not decode. */
function decodeName(escaped: string): string | undefined {
  let name: string;
  try {
    name = normalize(decodeURIComponent(escaped));
  } catch {
    return undefined;
  }
  const leaves = name.includes('\0') || name.split(sep).includes('..');
  return leaves ? undefined : name;
}

/** The file's real path; undefined if the file does not exist, or if a link leads out of the folder. */
async function fileInside(folder: string, name: string): Promise<string | undefined> {
  try {
    // The folder itself may be a link, because the caller chose it.
    const [inside, file] = await Promise.all([realpath(folder), realpath(join(folder, name))]);
    return file.startsWith(inside + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

async function fileLength(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}

async function packagesIn(folder: string, path: string): Promise<{ name: string; url: string }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    const manifest = await fileInside(folder, join(entry.name, 'manifest.json'));
    if (manifest !== undefined && (await fileLength(manifest)) !== undefined) names.push(entry.name);
  }
  return names.sort().map((name) => ({ name, url: `${path}${encodeURIComponent(name)}/` }));
}
