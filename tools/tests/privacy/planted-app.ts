// A copy of the built app in which each worker's script ends with an attacker's code, like the code of a compromised
// dependency. Each realm tries the channels that a message names, under the headers of its own script.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preview } from 'vite';
import { roleFiles, type Role } from '../../../src/policy/roles.ts';
import type { BuiltApp } from '../../build/built-app.ts';
import { changing, withoutPolicy, withoutTrustedTypes } from './changed-app.ts';
import type { Channel } from './channel.ts';

/** The realms that have their own scripts; 'service' is the service worker. */
export type WorkerRealm = Exclude<Role, 'page'> | 'service';

/** The message to a realm: the addresses by channel name, or an order to pass on to a nested worker. */
export type Order = { leak: [name: string, url: string][] } | { nested: { script: string; order: Order } };

export interface PlantedApp {
  outDir: string;
  /** The scripts' paths by realm. */
  scripts: ReadonlyMap<WorkerRealm, string>;
}

/** A directive of the policy that the service worker adds. */
const NO_TEXT = "require-trusted-types-for 'script'";

/** Copies `dist/` to `outDir` without Trusted Types, which would keep an attacker's code from trying its channels. */
export function plantApp(outDir: string, channelsOf: (realm: WorkerRealm) => readonly Channel[]): PlantedApp {
  cpSync('dist', outDir, { recursive: true });
  const names = readdirSync(outDir, { recursive: true, encoding: 'utf8' });
  const scripts = new Map<WorkerRealm, string>();
  for (const [path, role] of roleFiles(names)) {
    const realm = role === 'page' ? 'service' : role;
    const file = join(outDir, path);
    const script = readFileSync(file, 'utf8').replaceAll(NO_TEXT, '');
    writeFileSync(file, `${script}\n${planted(channelsOf(realm))}`);
    // Otherwise the server would send the compressed, unchanged script.
    rmSync(`${file}.br`, { force: true });
    if (!scripts.has(realm)) scripts.set(realm, path);
  }
  return { outDir, scripts };
}

/** Serves the copy as `npm start` serves the build, but without Trusted Types, or without any policy at all. */
export async function servePlanted({ outDir }: PlantedApp, sendsPolicy: boolean): Promise<BuiltApp> {
  const server = await preview({
    preview: { port: 0 },
    build: { outDir },
    logLevel: 'silent',
    plugins: [changing(sendsPolicy ? withoutTrustedTypes : withoutPolicy)],
  });
  const origin = server.resolvedUrls?.local[0];
  if (origin === undefined) throw new Error('The preview server has no address.');
  return { origin, stop: () => server.close() };
}

/** Code that tries the channels and replies with `{ tried }`, the number of channels that it tried. */
function planted(channels: readonly Channel[]): string {
  const ways = channels.map(({ name, run }) => `${JSON.stringify(name)}: ${run.toString()}`);
  return `;(() => {
    const ways = { ${ways.join(',\n')} };
    self.addEventListener('message', ({ data, source }) => {
      if (typeof data !== 'object' || data === null) return;
      if ('nested' in data) {
        const worker = new Worker(data.nested.script, { type: 'module' });
        worker.addEventListener('message', (said) => {
          if (typeof said.data === 'object' && said.data !== null && 'tried' in said.data) self.postMessage(said.data);
        });
        worker.postMessage(data.nested.order);
      }
      if (!('leak' in data)) return;
      let tried = 0;
      for (const [name, url] of data.leak) {
        try {
          void Promise.resolve(ways[name](url)).catch(() => undefined);
        } catch {}
        tried++;
      }
      (source ?? self).postMessage({ tried });
    });
  })();\n`;
}
