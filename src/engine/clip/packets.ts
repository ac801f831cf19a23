// The packets of a video track as a list: when each is shown, and which of them must be decoded for the
// frames that are wanted. Plain arithmetic; whole microseconds, as decoders name frames.

import { UNKNOWN_FPS } from './clip.ts';

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

/** Frames over the time they take together, as a container's average frame rate is. */
export function averageFps(packets: readonly Packet[]): number {
  const times = frameTimes(packets);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const own = packets.find(({ time }) => time === last)?.duration ?? 0;
  // Where the last frame's own duration is unknown, it is as long as the others are on average.
  const duration = own > 0 ? own : (last - first) / Math.max(1, times.length - 1);
  const microseconds = last + duration - first;
  return microseconds > 0 ? (times.length / microseconds) * 1e6 : UNKNOWN_FPS;
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
