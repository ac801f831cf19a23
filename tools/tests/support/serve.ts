// `tsx tools/tests/support/serve.ts CONFIG PORT`: serves a build for the browser tests, and exits when its parent
// process ends, so that a killed run leaves no server behind that would occupy the port.

import { preview } from 'vite';

const [configFile, port] = process.argv.slice(2);
const parent = process.ppid;
const LOOK_EVERY_MS = 500;

await preview({ configFile: configFile ?? false, preview: { port: Number(port), strictPort: true } });
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, LOOK_EVERY_MS);
