// Checks whether the model can take the attached pictures together with those of the conversation.

import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Models } from '../models/models.svelte.ts';
import { pictureLimit, type PictureLimit } from '../media/picture-limit.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import { DETAILS, type Settings } from '../settings/settings.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'turns'>;
  attachments: Pick<Attachments, 'media'>;
  models: Pick<Models, 'chosen'>;
  settings: Pick<Settings, 'detail' | 'maxTokens'>;
}

/** Returns null if all pictures fit, or if none is attached. */
export function limitOf({ conversation, attachments, models, settings }: Parts): PictureLimit | null {
  if (attachments.media.length === 0) return null;
  const earlier = new Set(conversation.turns.flatMap(({ media }) => media));
  const fresh = attachments.media.filter((item) => !earlier.has(item));
  const { isBuiltIn, loaded } = models.chosen;
  const maxPictureTokens = DETAILS[settings.detail];
  return pictureLimit([...earlier], fresh, isBuiltIn, loaded, {
    maxTokens: settings.maxTokens,
    ...(maxPictureTokens === null ? {} : { maxPictureTokens }),
  });
}
