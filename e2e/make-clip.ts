// Makes real clips for tests. The browser under test encodes and muxes them frame by frame, so that the time and colour
// of every frame are known.

import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Recipe {
  container: 'webm' | 'mp4' | 'mov';
  /** A WebCodecs codec string. For HEVC, which Chromium does not encode here, the frames are nonsense bytes. */
  codec: string;
  frames: { at: number; colour: Rgb }[];
  /** The duration of the last frame, in seconds. */
  last: number;
  /** The distance between key frames, in frames. */
  keyEvery?: number;
  /** The number of degrees by which a player turns the clip clockwise. */
  rotation?: 0 | 90;
  /** Whether the left half of every frame is black. */
  halfBlack?: boolean;
  /** Whether the clip has a sound track and no video track. */
  soundOnly?: boolean;
}

export const WIDTH = 96;
export const HEIGHT = 64;

const LIBRARY = 'node_modules/mediabunny/dist/bundles/mediabunny.cjs';

/** One frame for each colour, at `fps` frames per second. */
export function evenly(colours: readonly Rgb[], fps: number): Pick<Recipe, 'frames' | 'last'> {
  return { frames: colours.map((colour, index) => ({ at: index / fps, colour })), last: 1 / fps };
}

/** Makes a clip. The page must be on localhost or https, because WebCodecs needs a secure context. */
export async function makeClip(page: Page, recipe: Recipe): Promise<Buffer> {
  const isThere = await page.evaluate(() => 'Mediabunny' in window);
  // The page's policy does not apply to a script that the test evaluates.
  if (!isThere) await page.evaluate(`${readFileSync(LIBRARY, 'utf8')}; window.Mediabunny = Mediabunny;`);
  const base64 = await page.evaluate(encode, { recipe, width: WIDTH, height: HEIGHT });
  return Buffer.from(base64, 'base64');
}

/** Makes an animation of these colours, lossless except for GIF's colour table. `delays`: milliseconds per frame. */
export async function makeAnimation(
  colours: readonly Rgb[],
  delays: number[],
  format: 'webp' | 'gif' | 'png',
): Promise<Buffer> {
  const frames = colours.map((colour) => Buffer.alloc(WIDTH * HEIGHT * 3, Uint8Array.from(colour)));
  if (format === 'png') return animatedPng(frames, delays);
  const raw = { width: WIDTH, height: HEIGHT * colours.length, channels: 3, pageHeight: HEIGHT } as const;
  const image = sharp(Buffer.concat(frames), { raw });
  const written =
    format === 'gif' ? image.gif({ delay: delays }) : image.webp({ lossless: true, delay: delays });
  return written.toBuffer();
}

/** Source: https://www.w3.org/TR/png-3/#apng-frame-based-animation */
function animatedPng(frames: readonly Buffer[], delays: readonly number[]): Buffer {
  const chunk = (type: string, ...data: Buffer[]): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), ...data]);
    return Buffer.concat([uint32(body.length - 4), body, uint32(crc32(body))]);
  };
  let sequence = 0;
  const chunks = frames.flatMap((frame, index) => {
    const delay = Buffer.from([delays[index]! >> 8, delays[index]! & 255, 1000 >> 8, 1000 & 255, 0, 0]);
    const control = chunk('fcTL', uint32(sequence++, WIDTH, HEIGHT, 0, 0), delay);
    const rows = Array.from({ length: HEIGHT }, (_, y) =>
      Buffer.concat([Buffer.alloc(1), frame.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3)]),
    );
    const pixels = deflateSync(Buffer.concat(rows));
    return [control, index === 0 ? chunk('IDAT', pixels) : chunk('fdAT', uint32(sequence++), pixels)];
  });
  const header = chunk('IHDR', uint32(WIDTH, HEIGHT), Buffer.from([8, 2, 0, 0, 0]));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    header,
    chunk('acTL', uint32(frames.length, 0)),
    ...chunks,
    chunk('IEND'),
  ]);
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => bytes.writeUInt32BE(value, at * 4));
  return bytes;
}

/** Runs in the page. */
async function encode({
  recipe,
  width,
  height,
}: {
  recipe: Recipe;
  width: number;
  height: number;
}): Promise<string> {
  const lib = (window as unknown as { Mediabunny: typeof import('mediabunny') }).Mediabunny;
  const {
    codec,
    container,
    frames,
    last,
    keyEvery = 1000,
    rotation = 0,
    halfBlack = false,
    soundOnly = false,
  } = recipe;
  const target = new lib.BufferTarget();
  const formats = { webm: lib.WebMOutputFormat, mp4: lib.Mp4OutputFormat, mov: lib.MovOutputFormat };
  const format = new formats[container]({ fastStart: 'in-memory' });
  const output = new lib.Output({ format, target });
  const family = codec.startsWith('hvc1')
    ? 'hevc'
    : codec.startsWith('avc1')
      ? 'avc'
      : codec.startsWith('vp09')
        ? 'vp9'
        : 'vp8';
  const video = new lib.EncodedVideoPacketSource(family);
  const sound = new lib.EncodedAudioPacketSource('opus');
  if (soundOnly) output.addAudioTrack(sound);
  else output.addVideoTrack(video, { rotation });
  await output.start();

  const duration = (index: number): number =>
    (frames[index + 1]?.at ?? frames[index]!.at + last) - frames[index]!.at;
  const chunks: [EncodedVideoChunk, EncodedVideoChunkMetadata | undefined][] = [];
  if (soundOnly) {
    const packet = new lib.EncodedPacket(new Uint8Array([0xfc, 0xff, 0xfe]), 'key', 0, 0.02);
    const decoderConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000 };
    await sound.add(packet, { decoderConfig });
  } else if (family === 'hevc') {
    // The browser cannot encode HEVC. Nonsense bytes suffice, because a browser that cannot decode HEVC does not read
    // them.
    const description = new Uint8Array(23).fill(1);
    const decoderConfig = { codec, description, codedWidth: width, codedHeight: height };
    for (const [index, { at }] of frames.entries()) {
      const packet = new lib.EncodedPacket(new Uint8Array([0, 0, 0, 2, 0x26, 1]), 'key', at, duration(index));
      await video.add(packet, { decoderConfig });
    }
  } else {
    const encoder = new VideoEncoder({
      output: (chunk, meta) => chunks.push([chunk, meta]),
      error: (error) => console.error(error),
    });
    const bitrate = 4e6;
    encoder.configure({ codec, width, height, bitrate, latencyMode: 'quality' });
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    for (const [index, { at, colour }] of frames.entries()) {
      context.fillStyle = `rgb(${colour.join()})`;
      context.fillRect(0, 0, width, height);
      if (halfBlack) context.clearRect(0, 0, width / 2, height);
      const frame = new VideoFrame(canvas, {
        timestamp: Math.round(at * 1e6),
        duration: Math.round(duration(index) * 1e6),
        alpha: 'discard',
      });
      encoder.encode(frame, { keyFrame: index % keyEvery === 0 });
      frame.close();
    }
    await encoder.flush();
    for (const [index, [chunk, meta]] of chunks.entries()) {
      // The encoder only estimates the durations, so set the exact ones.
      const packet = lib.EncodedPacket.fromEncodedChunk(chunk).clone({ duration: duration(index) });
      await video.add(packet, meta);
    }
  }
  await output.finalize();
  const bytes = new Uint8Array(target.buffer!);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
