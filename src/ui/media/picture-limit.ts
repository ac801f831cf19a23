// Estimates whether the model can take all pictures of a question together. The page needs the estimate as soon as the
// user adds pictures, before anything is computed.

import type { LoadedModel } from '../../contract/inference.ts';
import type { MediaItem } from './media-item.ts';

/** `all`: the number of pictures. `earlier`: how many of them belong to earlier questions of the conversation. */
export type PictureLimit =
  /** The model was made for at most `most` pictures. */
  | { kind: 'madeFor'; most: number; all: number; earlier: number }
  /** Only the first `fitting` of all pictures fit the context. */
  | { kind: 'context'; fitting: number; all: number; earlier: number };

/** The built-in model was trained to compare two pictures, and cannot answer about more. */
export const BUILT_IN_PICTURES = 2;

/** The side, in pixels, of the square that becomes one token: two patches of 16 pixels each. */
const TOKEN_SIDE = 32;
/** Token limits of one picture (16,777,216 pixels) and of one clip (24,576 tokens of frames, merged in pairs). */
const MOST_PICTURE_TOKENS = 16_384;
const MOST_CLIP_TOKENS = 12_288;
/** The smallest number of frame pairs of a clip. The model reads two frames per second, so each second is one pair. */
const LEAST_GROUPS = 2;

type Seen = Pick<MediaItem, 'width' | 'height' | 'clipSeconds'>;

/** Returns null if all pictures fit, or if no model is loaded yet. `maxTokens`: the length limit of the answer. */
export function pictureLimit(
  earlier: readonly Seen[],
  fresh: readonly Seen[],
  isBuiltIn: boolean,
  model: Pick<LoadedModel, 'contextTokens'> | null,
  { maxTokens, maxPictureTokens = MOST_PICTURE_TOKENS }: { maxTokens: number; maxPictureTokens?: number },
): PictureLimit | null {
  const media = [...earlier, ...fresh];
  const counts = { all: media.length, earlier: earlier.length };
  if (isBuiltIn) {
    return media.length > BUILT_IN_PICTURES ? { kind: 'madeFor', most: BUILT_IN_PICTURES, ...counts } : null;
  }
  if (model === null) return null;
  // The engine keeps the same number of tokens free for the answer.
  const freeTokens = model.contextTokens - Math.min(maxTokens, Math.floor(model.contextTokens / 4));
  let tokens = 0;
  for (const [index, item] of media.entries()) {
    tokens += tokensOf(item, maxPictureTokens);
    if (tokens > freeTokens) return { kind: 'context', fitting: index, ...counts };
  }
  return null;
}

function tokensOf({ width, height, clipSeconds }: Seen, most: number): number {
  const picture = Math.min(most, Math.ceil(width / TOKEN_SIDE) * Math.ceil(height / TOKEN_SIDE));
  if (clipSeconds === null) return picture;
  return Math.min(MOST_CLIP_TOKENS, picture * Math.max(LEAST_GROUPS, Math.ceil(clipSeconds)));
}
