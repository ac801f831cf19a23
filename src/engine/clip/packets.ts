// The packets of a video track as a list: when each is shown, and which of them must be decoded for the requested
// frames. All times are whole microseconds, with which decoders identify frames.

import { UNKNOWN_FPS } from './clip.ts';

/** Rounding may have changed the length of a video by this many seconds. */
const ROUNDED_SECONDS = 0.002;

/** One packet; times are in microseconds. Lists of packets are in decoding order. */
export interface Packet {
  time: number;
  /** 0 if the file does not say. */
  duration: number;
  isKey: boolean;
}

/** Packets to decode one after the other, named by their times: from a key packet to the last one needed. */
export interface Span {
  from: number;
  to: number;
}

/**
 * The times at which frames are shown, ascending. Leaves out packets that end before the start, since they exist only
 * for decoding others.
 */
export function frameTimes(packets: readonly Packet[]): number[] {
  return packets
    .filter(({ time, duration }) => time >= 0 || time + duration > 0)
    .map(({ time }) => time)
    .sort((a, b) => a - b);
}

/**
 * The number of frames divided by the sum of their durations, which is how containers compute their average frame rate.
 */
export function averageFps(packets: readonly Packet[]): number {
  const times = frameTimes(packets);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const own = packets.find(({ time }) => time === last)?.duration ?? 0;
  // If the last frame's own duration is unknown, it gets the average of the others.
  const duration = own > 0 ? own : (last - first) / Math.max(1, times.length - 1);
  // Times are truncated to whole microseconds; rounding to 10 µs absorbs that.
  const seconds = Math.round((last + duration - first) / 10) / 1e5;
  return seconds > 0 ? usualFps(times.length, seconds) : UNKNOWN_FPS;
}

/**
 * Snaps to the nearest standard rate, like the reference's demuxer, because WebM rounds times to milliseconds. The
 * number of frames to sample is truncated, so a rate of 30.001 would give one frame too few.
 */
function usualFps(frames: number, seconds: number): number {
  const fps = frames / seconds;
  const whole = Math.round(fps);
  const television = Math.round(fps * 1.001) / 1.001;
  const off = (rate: number): number => Math.abs(frames / rate - seconds);
  const nearest = off(television) < off(whole) ? television : whole;
  return off(nearest) <= ROUNDED_SECONDS ? nearest : fps;
}

/** `wanted`: times of frames, ascending. A frame that no key packet precedes is in no span. */
export function decodeSpans(packets: readonly Packet[], wanted: readonly number[]): Span[] {
  const positions = new Map(packets.map(({ time }, position) => [time, position]));
  const positionOf = (time: number): number => positions.get(time) ?? -1;
  const spans: Span[] = [];
  for (const time of wanted) {
    // A frame may be stored after a key frame but shown before it. Such a frame needs the previous key frame.
    const key = packets.findLast((one, at) => at <= positionOf(time) && one.isKey && one.time <= time);
    if (key === undefined) continue;
    const last = spans.at(-1);
    if (last?.from !== key.time) spans.push({ from: key.time, to: time });
    else if (positionOf(time) > positionOf(last.to)) last.to = time;
  }
  return spans;
}
