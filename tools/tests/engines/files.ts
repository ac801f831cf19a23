// The files that a user adds in the walks, made from samples whose right answers are known. They are saved in other
// formats, so that the page does not recognise them as samples.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launch } from 'puppeteer-core';
import sharp from 'sharp';

const FOLDER = resolve('.cache/engines');
const LIBRARY = 'node_modules/mediabunny/dist/bundles/mediabunny.cjs';

export interface OwnFiles {
  /** A picture of a road sign, as PNG and JPEG. */
  png: string;
  jpeg: string;
  /** Two drawings. */
  pair: [string, string];
  /** A moving ball, as a video and as an animated picture. */
  webm: string;
  gif: string;
  /** A text file, despite its file name. */
  broken: string;
}

const sample = (name: string): string => join('public/samples', name);

/** Makes the files. `chromium`: the browser that encodes the video. `origin`: any page on this machine. */
export async function makeFiles(chromium: string, origin: string): Promise<OwnFiles> {
  mkdirSync(FOLDER, { recursive: true });
  const at = (name: string): string => join(FOLDER, name);
  const saved = async (name: string, bytes: Buffer | Promise<Buffer>): Promise<string> => {
    writeFileSync(at(name), await bytes);
    return at(name);
  };
  const still = (name: string) => sharp(sample(name));
  return {
    png: await saved('sign.png', still('signs-2.webp').png().toBuffer()),
    jpeg: await saved('sign.jpg', still('signs-4.webp').jpeg({ quality: 95 }).toBuffer()),
    pair: [
      await saved('before.png', still('pairs-3.webp').png().toBuffer()),
      await saved('after.png', still('pairs-3-2.webp').png().toBuffer()),
    ],
    webm: await saved('ball.webm', filmed(chromium, origin, sample('clips-1.webp'))),
    gif: await saved('ball.gif', sharp(sample('clips-1.webp'), { animated: true }).gif().toBuffer()),
    broken: await saved('broken.jpg', Buffer.from('This is no picture.')),
  };
}

/** Converts an animated picture to a WebM video (VP8). */
async function filmed(executablePath: string, origin: string, picture: string): Promise<Buffer> {
  const browser = await launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    // The library is evaluated as a script of the test, which the page's policy does not block.
    await page.evaluate(`${readFileSync(LIBRARY, 'utf8')}; window.Mediabunny = Mediabunny;`);
    return Buffer.from(await page.evaluate(film, readFileSync(picture).toString('base64')), 'base64');
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function film(base64: string): Promise<string> {
  const lib = (window as unknown as { Mediabunny: typeof import('mediabunny') }).Mediabunny;
  const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type: 'image/webp' });
  await Promise.all([decoder.tracks.ready, decoder.completed]);
  const frames: VideoFrame[] = [];
  for (let index = 0; index < (decoder.tracks.selectedTrack?.frameCount ?? 0); index++) {
    frames.push((await decoder.decode({ frameIndex: index })).image);
  }
  const canvas = new OffscreenCanvas(frames[0]!.displayWidth, frames[0]!.displayHeight);
  const context = canvas.getContext('2d')!;
  const target = new lib.BufferTarget();
  const output = new lib.Output({ format: new lib.WebMOutputFormat(), target });
  const source = new lib.CanvasSource(canvas, { codec: 'vp8', quality: new lib.Quality('high') });
  output.addVideoTrack(source);
  await output.start();
  for (const frame of frames) {
    context.drawImage(frame, 0, 0);
    await source.add(frame.timestamp / 1e6, (frame.duration ?? 0) / 1e6);
    frame.close();
  }
  await output.finalize();
  return btoa(Array.from(new Uint8Array(target.buffer!), (byte) => String.fromCharCode(byte)).join(''));
}
