// One row of bench:peers: wllama in Chromium, on a cross-origin isolated page.

import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import sharp from 'sharp';
import { Field } from '../../../src/format/json-field.ts';
import { BrowserProcess } from '../../tests/weights/browser-process.ts';
import { peakResident } from '../browser-memory.ts';
import { PEERS } from './install.ts';
import { rendererMs } from './renderer-time.ts';
import { between, promptOf, readTask, type Moment, type Row } from './row.ts';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

const { folder, threads, prompt, tokens, side } = readTask();
const profile = mkdtempSync(join(tmpdir(), 'peers-'));
const server = serve();
await new Promise<void>((done) => server.listen(0, 'localhost', done));
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
const browser = await BrowserProcess.start(profile);
try {
  const page = await browser.page(`http://localhost:${port}/`);
  let moments: Moment[] = [];
  await page.exposeFunction('stamp', () => {
    moments.push({ wallMs: performance.now(), cpuMs: rendererMs(profile) });
  });
  const loadMs = await page.evaluate(loadScript(['model.gguf', ...(side > 0 ? ['mmproj.gguf'] : [])]));
  const ask = async (call: string, maxTokens: number): Promise<{ moments: Moment[]; count: number }> => {
    moments = [];
    const count = await page.evaluate(askScript(call, maxTokens));
    return { moments, count: new Field(count, 'tokens', 'bug').number() };
  };
  const completion = (count: number, salt: string): string =>
    `createCompletion({ prompt: ${JSON.stringify(promptOf(count, salt))}, `;
  await ask(completion(16, 'warm'), 3);
  const asked = await ask(completion(prompt, 'cold'), tokens);
  const [begun, first] = asked.moments;
  const row: Row = {
    loadMs: new Field(loadMs, 'load', 'bug').number(),
    prefill: between(begun!, first!, asked.count),
    decode: between(first!, asked.moments.at(-1)!, asked.moments.length - 2),
    peakBytes: 0,
  };
  if (side > 0) {
    const content = `[{ type: 'image', data: await (await fetch('picture.png')).arrayBuffer() }, { type: 'text', text: 'Describe.' }]`;
    const { moments: seen, count } = await ask(
      `createChatCompletion({ messages: [{ role: 'user', content: ${content} }], `,
      1,
    );
    row.picture = between(seen[0]!, seen[1]!, count);
  }
  row.peakBytes = peakResident(profile, 'renderer') ?? 0;
  console.log(JSON.stringify(row));
} finally {
  await browser.kill();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);

/** A script that loads the files, which the page has already fetched, and returns the milliseconds. */
function loadScript(files: readonly string[]): string {
  return `(async () => {
    const { Wllama } = await import('/esm/index.js');
    const files = await Promise.all(${JSON.stringify(files)}.map(async (name) => (await fetch(name)).blob()));
    const start = performance.now();
    window.wllama = new Wllama({ default: '/esm/wasm/wllama.wasm' }, { suppressNativeLog: true });
    await window.wllama.loadModel(files, { n_threads: ${threads}, n_gpu_layers: 0, n_ctx: 2048, n_parallel: 1 });
    return performance.now() - start;
  })()`;
}

/** A script that records the times of the start and of each token, and returns the number of tokens of the prompt. */
function askScript(call: string, maxTokens: number): string {
  return `(async () => {
    await window.stamp();
    let count = 0;
    const stream = await window.wllama.${call}
      max_tokens: ${maxTokens}, temperature: 0, ignore_eos: true, stream: true, timings_per_token: true });
    for await (const chunk of stream) {
      const { timings, choices } = chunk;
      if (timings !== undefined) count = timings.prompt_n;
      const text = choices[0]?.text ?? choices[0]?.delta?.content;
      if (text) await window.stamp();
    }
    return count;
  })()`;
}

/** Serves wllama, the weights, a picture and an empty page, with the headers that isolate the page. */
function serve(): Server {
  return createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>wllama</title>');
      return;
    }
    if (path === '/picture.png') {
      void noise(side).then((png) => response.end(png));
      return;
    }
    const file = path.startsWith('/esm/')
      ? resolve(PEERS, `node_modules/@wllama/wllama${path}`)
      : join(folder, path);
    const bytes = statSync(file, { throwIfNoEntry: false })?.size;
    if (bytes === undefined) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', bytes);
    createReadStream(file).pipe(response);
  });
}

async function noise(pixels: number): Promise<Buffer> {
  const create = {
    ...{ width: pixels, height: pixels, channels: 3 as const, background: 'grey' },
    noise: { type: 'gaussian' as const, mean: 128, sigma: 40 },
  };
  return sharp({ create }).png().toBuffer();
}
