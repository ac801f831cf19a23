// Whether the model at hand can take the pictures of a question together: known when they are added, before
// anything is computed.

import type { LoadedModel } from '../../contract/inference.ts';
import type { Photo } from './photo.ts';

/** `all`: with the `earlier` ones, which earlier questions of the conversation brought. */
export type PictureLimit =
  /** The model was made for so many pictures. */
  | { kind: 'madeFor'; most: number; all: number; earlier: number }
  /** Of all pictures, the first so many fit the context. */
  | { kind: 'context'; fitting: number; all: number; earlier: number };

/** The built-in model has learned to compare two pictures; of more it says nothing. */
export const BUILT_IN_PICTURES = 2;

/** Pixels that become one token: two patches of 16 on each side. */
const TOKEN_SIDE = 32;
/** Of one picture or clip, if nothing limits it: 16,777,216 pixels, and 24,576 tokens of frames in pairs. */
const MOST_PICTURE_TOKENS = 16_384;
const MOST_CLIP_TOKENS = 12_288;
/** Two frames a second are read, in pairs. */
const LEAST_GROUPS = 2;

type Seen = Pick<Photo, 'width' | 'height' | 'clipSeconds'>;

/** null: all fit, or nothing is known of the model yet. `maxTokens`: of the answer. */
export function pictureLimit(
  earlier: readonly Seen[],
  fresh: readonly Seen[],
  isBuiltIn: boolean,
  model: Pick<LoadedModel, 'contextTokens'> | null,
  { maxTokens, maxPictureTokens = MOST_PICTURE_TOKENS }: { maxTokens: number; maxPictureTokens?: number },
): PictureLimit | null {
  const photos = [...earlier, ...fresh];
  const counts = { all: photos.length, earlier: earlier.length };
  if (isBuiltIn) {
    return photos.length > BUILT_IN_PICTURES ? { kind: 'madeFor', most: BUILT_IN_PICTURES, ...counts } : null;
  }
  if (model === null) return null;
  // The engine keeps as much free for the answer.
  const room = model.contextTokens - Math.min(maxTokens, Math.floor(model.contextTokens / 4));
  let tokens = 0;
  for (const [index, photo] of photos.entries()) {
    tokens += tokensOf(photo, maxPictureTokens);
    if (tokens > room) return { kind: 'context', fitting: index, ...counts };
  }
  return null;
}

function tokensOf({ width, height, clipSeconds }: Seen, most: number): number {
  const picture = Math.min(most, Math.ceil(width / TOKEN_SIDE) * Math.ceil(height / TOKEN_SIDE));
  if (clipSeconds === null) return picture;
  return Math.min(MOST_CLIP_TOKENS, picture * Math.max(LEAST_GROUPS, Math.ceil(clipSeconds)));
}
