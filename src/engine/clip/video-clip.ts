// Video files: mediabunny finds the packets in the container, and the browser's VideoDecoder makes frames of them. The
// library's own decoder is not used, because it starts a worker from a blob to handle transparency: the content
// security policy forbids such workers, and the reference ignores transparency.

import {
  BlobSource,
  EncodedPacketSink,
  Input,
  MATROSKA,
  MP4,
  QTFF,
  VideoSample,
  WEBM,
  type InputVideoTrack,
} from 'mediabunny';
import { fail, Failure } from '../../failure.ts';
import type { RgbImage } from '../photo/photo.ts';
import { pixelReader } from '../photo/rgb-pixels.ts';
import type { ClipReader } from './clip.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { averageFps, decodeSpans, frameTimes, type Packet, type Span } from './packets.ts';
import { within } from './time-limit.ts';
import { withLevels } from './vp9-level.ts';

const PROBE_MS = 20_000;
const CUT_OFF = 'The file ends before its last frame.';

/** Fails with 'bad-clip', or with 'unplayable-clip' if this browser has no decoder for the video. */
export async function openVideo(file: Blob): Promise<ClipReader> {
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    return await within(PROBE_MS, probe(input));
  } catch (error) {
    input.dispose();
    throw asBadClip(error);
  }
}

async function probe(input: Input): Promise<ClipReader> {
  const track = await input.getPrimaryVideoTrack();
  if (track === null) fail('bad-clip', 'There is no video in the file.');
  const config = await playable(track);
  const sink = new EncodedPacketSink(track);
  const packets = await listPackets(sink);
  // The list of packets may name more than the file holds. This refuses a file that was cut off before the first
  // question about it.
  if (packets.length > 0 && (await sink.getPacket(Infinity)) === null) fail('bad-clip', CUT_OFF);
  const times = frameTimes(packets);
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const turn = { rotation: await track.getRotation(), flip: await track.getFlip() };
  const { read } = await pixelReader();
  const toPixels = async (frame: VideoFrame): Promise<RgbImage> => {
    const sample = new VideoSample(frame, turn);
    try {
      return await read(width, height, (context) => sample.draw(context, 0, 0, width, height));
    } finally {
      sample.close();
    }
  };
  const { mimeType } = await input.getFormat();
  return {
    ...{ type: mimeType, width, height },
    frameCount: times.length,
    fps: averageFps(packets),
    starts: times.map((time) => (time - times[0]!) / 1e6),
    async *read(indices, signal) {
      const wanted = indices.map((index) => times[index]!);
      const decoder = new FrameDecoder(config, wanted, toPixels);
      try {
        let given = 0;
        for (const span of decodeSpans(packets, wanted)) {
          for await (const image of decodeSpan(sink, decoder, span, signal)) {
            given++;
            yield image;
          }
        }
        if (given < wanted.length) fail('bad-clip', `Of ${wanted.length} frames ${given} could be decoded.`);
      } catch (error) {
        throw asBadClip(error);
      } finally {
        decoder.close();
      }
    },
    close: () => input.dispose(),
  };
}

async function playable(track: InputVideoTrack): Promise<VideoDecoderConfig> {
  const config = await track.getDecoderConfig();
  if (config !== null && typeof VideoDecoder !== 'undefined') {
    for (const codec of [config.codec, ...withLevels(config.codec)]) {
      const named = { ...config, codec };
      if ((await VideoDecoder.isConfigSupported(named)).supported === true) return named;
    }
  }
  return fail('unplayable-clip', `This browser does not decode ${config?.codec ?? 'a video of this kind'}.`);
}

/** Returns the packets in the order of decoding. Reads only their metadata. */
async function listPackets(sink: EncodedPacketSink): Promise<Packet[]> {
  const packets: Packet[] = [];
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: true })) {
    const { microsecondTimestamp: time, microsecondDuration: duration, type } = packet;
    packets.push({ time, duration, isKey: type === 'key' });
  }
  return packets;
}

async function* decodeSpan(
  sink: EncodedPacketSink,
  decoder: FrameDecoder,
  { from, to }: Span,
  signal: AbortSignal,
): AsyncGenerator<RgbImage> {
  // Times are truncated to whole microseconds, so the search starts one microsecond later. A packet that the container
  // calls a key packet may not be one, so it is verified.
  let packet = await sink.getKeyPacket((from + 1) / 1e6, { verifyKeyPackets: true });
  for (;;) {
    signal.throwIfAborted();
    if (packet === null) fail('bad-clip', CUT_OFF);
    yield* decoder.decode(packet.toEncodedVideoChunk());
    if (packet.microsecondTimestamp === to) break;
    packet = await sink.getNextPacket(packet);
  }
  yield* decoder.flush();
}

/**
 * Turns every error that the demuxer and the decoder throw at a damaged file into 'bad-clip'; an AbortError stays one.
 */
function asBadClip(error: unknown): unknown {
  const isStop = error instanceof DOMException && error.name === 'AbortError';
  if (error instanceof Failure || isStop) return error;
  return new Failure('bad-clip', 'The video cannot be decoded.', { cause: error });
}
