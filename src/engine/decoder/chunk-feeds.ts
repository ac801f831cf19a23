// The feeds of the decoder's graphs for a chunk of tokens: the inputs that graph/ports.ts lists, without the
// cache.

import type { ModelConfig } from '../../format/model-config.ts';
import { deepstackFeatures, FEATURES, TEXT } from '../../graph/ports.ts';
import { fail } from '../../failure.ts';
import { TensorBlock } from '../vision/tensor-block.ts';
import type { Chunk } from './decoder.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import type { Feeds, Tensor } from '../runtime/tensor.ts';

/** `past`: the number of tokens in the cache. `noFeatures`: one zero row, for a chunk without pictures. */
export function chunkFeeds(
  chunk: Chunk,
  past: number,
  { text, vision }: ModelConfig,
  { tensor }: Pick<Runtime, 'tensor'>,
  noFeatures: Tensor,
): Feeds {
  const n = chunk.ids.length;
  const features = tensorsOf(chunk);
  const isText = Float32Array.from(chunk.featureRows, (row) => (row === 0 ? 1 : 0));
  const feeds: Feeds = {
    [TEXT.inputIds]: tensor('int32', chunk.ids, [n]),
    [TEXT.isText]: tensor('float32', isText, [n, 1]),
    [TEXT.featureRows]: tensor('int32', chunk.featureRows, [n]),
    [FEATURES]: features?.main ?? noFeatures,
    [TEXT.cos]: tensor('float32', chunk.cos, [n, text.headDim / 2]),
    [TEXT.sin]: tensor('float32', chunk.sin, [n, text.headDim / 2]),
    [TEXT.pastLength]: tensor('int32', Int32Array.of(past + n - 1), [1]),
    [TEXT.totalLength]: tensor('int32', Int32Array.of(past + n), [1]),
  };
  for (const k of vision.deepstackLayers.keys()) {
    feeds[deepstackFeatures(k)] = features?.deepstack[k] ?? noFeatures;
  }
  return feeds;
}

function tensorsOf({ features }: Chunk): TensorBlock | undefined {
  if (features === undefined || features instanceof TensorBlock) return features;
  return fail('bug', 'The features lie in the memory of another engine.');
}

/** Returns the feeds that are inputs of a session. */
export function feedsOf(feeds: Feeds, session: Pick<Session, 'inputs'>): Feeds {
  const own: Feeds = {};
  for (const name of session.inputs) if (feeds[name] !== undefined) own[name] = feeds[name];
  return own;
}
