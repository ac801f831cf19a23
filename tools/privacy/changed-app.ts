// The built app on a server that changes what the policy says: a wall is taken away, to see what then no longer holds.

import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { preview, type Plugin } from 'vite';
import type { BuiltApp } from '../serve/built-app.ts';

/** The new value of a header of the policy for this path; undefined: it is not sent. */
export type Change = (value: string, header: string, path: string) => string | undefined;

const POLICY = /^(content-security-policy|connection-allowlist|cross-origin-|permissions-policy)/i;

/** None of the policy's headers is sent. */
export const withoutPolicy: Change = () => undefined;

/** `project`: a folder with a configuration and a build of its own; this one, if there is none. */
export async function serveChanged(change: Change, project?: string): Promise<BuiltApp> {
  const server = await preview({
    preview: { port: 0 },
    ...(project === undefined ? {} : { configFile: join(project, 'vite.config.ts') }),
    logLevel: 'silent',
    plugins: [changing(change)],
  });
  const origin = server.resolvedUrls?.local[0];
  if (origin === undefined) throw new Error('The preview server has no address.');
  return {
    origin,
    async stop() {
      if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
      await server.close();
    },
  };
}

/** A server with this plugin changes the policy. */
export function changing(change: Change): Plugin {
  return {
    name: 'change-policy',
    // Before the plugin that sends the policy.
    enforce: 'pre',
    configurePreviewServer(server) {
      server.middlewares.use((request, response: ServerResponse, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        const set = response.setHeader.bind(response);
        response.setHeader = (name, value) => {
          if (!POLICY.test(name) || typeof value !== 'string') return set(name, value);
          const changed = change(value, name, pathname);
          return changed === undefined ? response : set(name, changed);
        };
        next();
      });
    },
  };
}

/**
 * Trusted Types are not required: a test that writes markup or starts workers by strings, as a script that got in would,
 * has the other walls alone before it.
 */
export const withoutTrustedTypes: Change = butTrustedTypes((value) => value);

/** The same change, and Trusted Types are not required. */
export function butTrustedTypes(change: Change): Change {
  return (value, header, path) => {
    const changed = change(value, header, path);
    if (changed === undefined || header !== 'Content-Security-Policy') return changed;
    return withDirective(changed, 'require-trusted-types-for', undefined);
  };
}

/** With another value of one directive of a content security policy, or without it. */
export function withDirective(policy: string, name: string, value: string | undefined): string {
  const others = policy.split('; ').filter((directive) => directive.split(' ')[0] !== name);
  return [...others, ...(value === undefined ? [] : [value === '' ? name : `${name} ${value}`])].join('; ');
}

/** A change of the content security policy alone, of the paths that match. */
export function changePolicy(path: RegExp, change: (policy: string) => string | undefined): Change {
  return (value, header, pathname) =>
    header === 'Content-Security-Policy' && path.test(pathname) ? change(value) : value;
}
