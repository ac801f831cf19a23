// Checks whether the model can take the attached pictures together with those of the conversation.

import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Models } from '../models/models.svelte.ts';
import { pictureLimit, type PictureLimit } from '../photos/picture-limit.ts';
import type { Attachments } from '../photos/attachments.svelte.ts';
import { DETAILS, type Settings } from '../settings/settings.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'turns'>;
  attachments: Pick<Attachments, 'photos'>;
  models: Pick<Models, 'chosen'>;
  settings: Pick<Settings, 'detail' | 'maxTokens'>;
}

/** Returns null if all pictures fit, or if none is attached. */
export function limitOf({ conversation, attachments, models, settings }: Parts): PictureLimit | null {
  if (attachments.photos.length === 0) return null;
  const earlier = new Set(conversation.turns.flatMap(({ photos }) => photos));
  const fresh = attachments.photos.filter((photo) => !earlier.has(photo));
  const { isBuiltIn, loaded } = models.chosen;
  const maxPictureTokens = DETAILS[settings.detail];
  return pictureLimit([...earlier], fresh, isBuiltIn, loaded, {
    maxTokens: settings.maxTokens,
    ...(maxPictureTokens === null ? {} : { maxPictureTokens }),
  });
}
