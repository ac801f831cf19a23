// A Vite plugin that sends the policy's headers with every response of the development and the preview
// server. More weight hosts than the catalogue names: DARKROOM_HOSTS, origins with spaces between.

import { readFileSync } from 'node:fs';
import type { Connect, Plugin, PreviewServer, ViteDevServer } from 'vite';
import { policyHeaders, roleOf } from '../../src/policy/headers.ts';
import { weightHosts } from '../../src/policy/weight-hosts.ts';

/** `catalogue`: the file that names the weight hosts. */
export function sendPolicy(catalogue: string): Plugin {
  const install = (server: ViteDevServer | PreviewServer): void => {
    // A test takes the policy away to show that it is what holds.
    if (process.env.DARKROOM_POLICY !== 'none') server.middlewares.use(handler(catalogue));
  };
  return { name: 'send-policy', configureServer: install, configurePreviewServer: install };
}

function handler(catalogue: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const headers = policyHeaders(roleOf(pathname), hostsOf(catalogue));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  };
}

/** Read anew for each response: whoever edits the catalogue need not restart the server. */
export function hostsOf(catalogue: string): string[] {
  const named: unknown = JSON.parse(readFileSync(catalogue, 'utf8'));
  const more = weightHosts({ hosts: process.env.DARKROOM_HOSTS?.split(' ') });
  return [...weightHosts(named), ...more];
}
