// Serves the built app with a changed policy, so that a test can remove a wall and see what data then leaves the app.

import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { preview, type Plugin } from 'vite';
import type { BuiltApp } from '../../build/built-app.ts';

/** The new value of a policy header for this path; undefined to omit the header. */
export type Change = (value: string, header: string, path: string) => string | undefined;

const POLICY = /^(content-security-policy|connection-allowlist|cross-origin-|permissions-policy)/i;

/** Omits all policy headers. */
export const withoutPolicy: Change = () => undefined;

/** `project`: a folder with its own configuration and build; if omitted, this project. */
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

/** A plugin with which a server changes the policy. */
export function changing(change: Change): Plugin {
  return {
    name: 'change-policy',
    // Runs before the plugin that sends the policy.
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
 * Omits the requirement of Trusted Types. A test that writes markup or starts workers from strings, as an injected
 * script would, then faces only the other walls.
 */
export const withoutTrustedTypes: Change = butTrustedTypes((value) => value);

/** Applies the change, and also omits the requirement of Trusted Types. */
export function butTrustedTypes(change: Change): Change {
  return (value, header, path) => {
    const changed = change(value, header, path);
    if (changed === undefined || header !== 'Content-Security-Policy') return changed;
    return withDirective(changed, 'require-trusted-types-for', undefined);
  };
}

/** Returns the policy with one directive replaced, or without it if `value` is undefined. */
export function withDirective(policy: string, name: string, value: string | undefined): string {
  const others = policy.split('; ').filter((directive) => directive.split(' ')[0] !== name);
  return [...others, ...(value === undefined ? [] : [value === '' ? name : `${name} ${value}`])].join('; ');
}

/** Changes only the content security policy, and only for paths that match. */
export function changePolicy(path: RegExp, change: (policy: string) => string | undefined): Change {
  return (value, header, pathname) =>
    header === 'Content-Security-Policy' && path.test(pathname) ? change(value) : value;
}
