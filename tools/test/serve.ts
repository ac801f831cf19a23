// `tsx tools/test/serve.ts CONFIG PORT`: serves a build for the browser tests, for as long as the process lives that
// started this one. A run that is killed leaves no server behind that would keep the port from the next.

import { preview } from 'vite';

const [configFile, port] = process.argv.slice(2);
const parent = process.ppid;
const LOOK_EVERY_MS = 500;

await preview({ configFile: configFile ?? false, preview: { port: Number(port), strictPort: true } });
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, LOOK_EVERY_MS);
