// npm run kiosk: serves the built app, opens it in Chromium as a kiosk, and restarts Chromium when needed.
// --url ADDRESS       show this page instead of serving the build
// --profile FOLDER    folder in which the browser stores models (.cache/kiosk)
// --headless          run without a screen
// --restart-hour H    hour at which an idle browser is restarted (4; 'never')
// --hash-pin PIN      print the PIN's hash in the catalogue's format, and exit
// --minutes N         run a trial and exit: scripted visitors, two GPU crashes, one killed browser
// --backend B         backend of the trial: auto, webgpu or wasm

import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { hashPin } from '../../../src/ui/kiosk/pin.ts';
import { serveBuiltApp } from '../../build/built-app.ts';
import { Supervisor } from './supervisor.ts';
import { trial } from './trial.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    profile: { type: 'string', default: '.cache/kiosk' },
    headless: { type: 'boolean', default: false },
    'restart-hour': { type: 'string', default: '4' },
    'hash-pin': { type: 'string' },
    minutes: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
  },
});

async function main(): Promise<void> {
  if (values['hash-pin'] !== undefined) {
    console.log(await hashPin(values['hash-pin']));
    return;
  }
  const app =
    values.url === undefined ? await serveBuiltApp(values.minutes === undefined ? 4173 : 0) : undefined;
  const url = new URL(values.url ?? app?.origin ?? '');
  url.searchParams.set('kiosk', '');
  const profile = resolve(values.profile);
  if (values.minutes !== undefined) rmSync(profile, { recursive: true, force: true });
  mkdirSync(profile, { recursive: true });
  const supervisor = new Supervisor({
    url: url.href,
    profile,
    headless: values.headless,
    // A trial uses a fake camera that shows a pattern.
    args: values.minutes === undefined ? [] : ['--use-fake-device-for-media-stream', '--lang=en'],
    restartHour: values['restart-hour'] === 'never' ? null : Number(values['restart-hour']),
    log: (line) => console.log(`${new Date().toISOString()} ${line}`),
  });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const running = supervisor.run(stop.signal);
  try {
    if (values.minutes === undefined) await running;
    else process.exitCode = (await trial(supervisor, Number(values.minutes), values.backend)) ? 0 : 1;
  } finally {
    stop.abort();
    await running;
    await app?.stop();
  }
}

await main();
process.exit();
