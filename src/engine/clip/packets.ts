// The packets of a video track as a list: when each is shown, and which of them must be decoded for the
// frames that are wanted. Plain arithmetic; whole microseconds, as decoders name frames.

import { UNKNOWN_FPS } from './clip.ts';

/** By how much rounding may have changed the length of a video. */
const ROUNDED_SECONDS = 0.002;

/** In order of decoding. */
export interface Packet {
  time: number;
  /** 0: the file does not say. */
  duration: number;
  isKey: boolean;
}

/** Packets to decode one after the other, by their times: a key packet, and the last that is needed. */
export interface Span {
  from: number;
  to: number;
}

/** When each frame is shown, ascending. What ends before the start is there for others to be decoded with. */
export function frameTimes(packets: readonly Packet[]): number[] {
  return packets
    .filter(({ time, duration }) => time >= 0 || time + duration > 0)
    .map(({ time }) => time)
    .sort((a, b) => a - b);
}

/** Frames over the time they take together, as the average frame rate of a container is. */
export function averageFps(packets: readonly Packet[]): number {
  const times = frameTimes(packets);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const own = packets.find(({ time }) => time === last)?.duration ?? 0;
  // Where the last frame's own duration is unknown, it is as long as the others are on average.
  const duration = own > 0 ? own : (last - first) / Math.max(1, times.length - 1);
  // Times were cut to whole microseconds; less than ten of them are nothing.
  const seconds = Math.round((last + duration - first) / 10) / 1e5;
  return seconds > 0 ? usualFps(times.length, seconds) : UNKNOWN_FPS;
}

/**
 * WebM rounds times to milliseconds; the number of frames to show is cut, not rounded, and would be one too few
 * at 30.001 frames per second. So a rate that is nearly a usual one is that one, as in the reference's demuxer.
 */
function usualFps(frames: number, seconds: number): number {
  const fps = frames / seconds;
  const whole = Math.round(fps);
  const television = Math.round(fps * 1.001) / 1.001;
  const off = (rate: number): number => Math.abs(frames / rate - seconds);
  const nearest = off(television) < off(whole) ? television : whole;
  return off(nearest) <= ROUNDED_SECONDS ? nearest : fps;
}

/** `wanted`: times of frames, ascending. One that no key packet comes before is in no span. */
export function decodeSpans(packets: readonly Packet[], wanted: readonly number[]): Span[] {
  const positions = new Map(packets.map(({ time }, position) => [time, position]));
  const positionOf = (time: number): number => positions.get(time) ?? -1;
  const spans: Span[] = [];
  for (const time of wanted) {
    // A frame shown before the key frame that it is stored after is decoded with the one before that.
    const key = packets.findLast((one, at) => at <= positionOf(time) && one.isKey && one.time <= time);
    if (key === undefined) continue;
    const last = spans.at(-1);
    if (last?.from !== key.time) spans.push({ from: key.time, to: time });
    else if (positionOf(time) > positionOf(last.to)) last.to = time;
  }
  return spans;
}
