// Runs Debian's versions of the three web servers for which `npm run headers` prints rules, each configured only with
// these rules.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installed, onPath, type Found } from '../support/packages.ts';

export const SERVERS = ['nginx', 'apache', 'caddy'] as const;
export type ServerName = (typeof SERVERS)[number];

const COMMANDS: Record<ServerName, { command: string; packages: string }> = {
  nginx: { command: 'nginx', packages: 'nginx-light' },
  apache: { command: 'apache2', packages: 'apache2' },
  caddy: { command: 'caddy', packages: 'caddy' },
};

/** Debian's folder of Apache modules. */
const APACHE_MODULES = '/usr/lib/apache2/modules';

export function findServer(name: ServerName): Found<string> {
  const { command, packages } = COMMANDS[name];
  const look = (): string | undefined => onPath(command);
  const found = look() ?? installed(packages, look);
  return found === undefined
    ? { lacking: `There is no ${name}: install Debian's ${packages}, and this test runs with it.` }
    : { files: found };
}

/** A server that serves a copy of the built app at `address` until it is stopped. */
export class WebServer {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(address: string, child: ChildProcess, folder: string) {
    this.address = address;
    this.#child = child;
    this.#folder = folder;
  }

  /** Fails with the server's output if the server does not respond. */
  static async start(name: ServerName, executable: string, port: number): Promise<WebServer> {
    // Use a folder outside the checkout, because the server's own user may be unable to read the checkout.
    const folder = mkdtempSync(join(tmpdir(), `hosting-${name}-`));
    chmodSync(folder, 0o755);
    cpSync('dist', join(folder, 'site'), { recursive: true });
    const config = join(folder, 'config');
    writeFileSync(config, CONFIGS[name](folder, port, printedRules(name)));
    const child = spawn(executable, ARGUMENTS[name](folder, config), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
    let written = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (written += String(text)));
    const server = new WebServer(`http://localhost:${port}/`, child, folder);
    while (child.exitCode === null) {
      if (await fetch(server.address).catch(() => undefined)) return server;
      await sleep(100);
    }
    await server.stop();
    throw new Error(`${name} did not start:\n${written}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The rules that the command prints for operators who host the app. */
function printedRules(name: ServerName): string {
  const script = ['--import', 'tsx', 'tools/cli/print-headers.ts', name];
  return execFileSync(process.execPath, script, { encoding: 'utf8' });
}

const ARGUMENTS: Record<ServerName, (folder: string, config: string) => string[]> = {
  nginx: (folder, config) => ['-p', folder, '-e', 'stderr', '-c', config],
  apache: (folder, config) => ['-d', folder, '-f', config, '-DFOREGROUND'],
  caddy: (_, config) => ['run', '--adapter', 'caddyfile', '--config', config],
};

const CONFIGS: Record<ServerName, (folder: string, port: number, rules: string) => string> = {
  nginx: (folder, port, rules) => `
daemon off;
error_log stderr;
pid ${folder}/pid;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `  ${of}_temp_path ${folder}/${of};`).join('\n')}
${rules.replace('server {', `server {\n  listen ${port};\n  root ${folder}/site;`)}
}
`,
  apache: (folder, port, rules) => `
${['mpm_event', 'authz_core', 'dir', 'mime', 'headers', 'filter', 'deflate']
  .map((module) => `LoadModule ${module}_module ${APACHE_MODULES}/mod_${module}.so`)
  .join('\n')}
ServerName localhost
Listen ${port}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/errors
TypesConfig /etc/mime.types
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
DocumentRoot ${folder}/site
<Directory ${resolve(folder, 'site')}>
  Require all granted
  DirectoryIndex index.html
</Directory>
${rules}
`,
  caddy: (folder, port, rules) => `
{
  admin off
  auto_https off
  grace_period 1s
}
http://localhost:${port} {
  root * ${folder}/site
  file_server
${rules}
}
`,
};
