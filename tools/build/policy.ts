// A Vite plugin that sends the policy's headers with every response of the development and the preview server.
// DARKROOM_HOSTS adds weight hosts to those of the catalogue: origins separated by spaces.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Connect, Plugin } from 'vite';
import { policyHeaders } from '../../src/policy/headers.ts';
import { roleFiles, roleOf, type Role, type RoleFiles } from '../../src/policy/roles.ts';
import { weightHosts } from '../../src/policy/weight-hosts.ts';

interface Options {
  /** Files of a test's build that run in one of the app's roles, by the beginnings of their names. */
  also?: Record<string, Role>;
}

/** `catalogue` is the file that names the weight hosts. */
export function sendPolicy(catalogue: string, options: Options = {}): Plugin {
  return {
    name: 'send-policy',
    configureServer(server) {
      server.middlewares.use(developmentHandler(catalogue));
    },
    configurePreviewServer(server) {
      const { root, build } = server.config;
      server.middlewares.use(handler(catalogue, resolve(root, build.outDir), options));
    },
  };
}

function handler(catalogue: string, outDir: string, options: Options): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const files = builtRoles(outDir, options.also);
    const role = roleOf(pathname, files);
    const headers = policyHeaders(role, hostsOf(catalogue), files);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  };
}

/** The roles are read for each response, because a test may replace files while they are served. */
export function builtRoles(outDir: string, also: Record<string, Role> = {}): RoleFiles {
  if (!existsSync(outDir)) return new Map();
  const names = readdirSync(resolve(outDir, 'assets')).map((name) => `assets/${name}`);
  const files = new Map(roleFiles([...names, 'service-worker.js']));
  for (const name of names) {
    const [, begin = ''] = /^assets\/([\w.]+)-[\w-]+\.js$/.exec(name) ?? [];
    const role = also[begin];
    if (role !== undefined) files.set(`/${name}`, role);
  }
  return files;
}

/** The sources of the app's workers, by their exact paths in the repository. */
const SOURCE = /\/workers\/(inference|media|weights|hash|kernel)\.worker\.ts$/;

function developmentHandler(catalogue: string): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const role = (SOURCE.exec(pathname)?.[1] ?? 'page') as Role;
    const headers = policyHeaders(role, hostsOf(catalogue));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  };
}

/** The hosts are read for each response, so that a change of the catalogue needs no restart. */
export function hostsOf(catalogue: string): string[] {
  const named: unknown = JSON.parse(readFileSync(catalogue, 'utf8'));
  const more = weightHosts({ hosts: process.env.DARKROOM_HOSTS?.split(' ') });
  return [...weightHosts(named), ...more];
}
