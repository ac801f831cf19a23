// The parts of the page: long-lived objects that main.ts creates once. The objects stay the same; their state changes.
// A kiosk has all parts of `PageParts` and a few more (kiosk/kiosk-parts.ts).

import type { ReadAloud } from '../aloud/read-aloud.svelte.ts';
import type { DrawQueue } from '../answer/draw-queue.ts';
import type { Back } from '../kit/back.ts';
import type { Draft } from '../composer/draft.svelte.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { ExpertActivity } from '../experts/expert-activity.svelte.ts';
import type { PagingWatch } from '../experts/paging-watch.svelte.ts';
import type { History } from '../history/history.svelte.ts';
import type { Install } from '../install/install.svelte.ts';
import type { Language } from '../kit/language.svelte.ts';
import type { Library } from '../library/library.svelte.ts';
import type { Models } from '../models/models.svelte.ts';
import type { OfflineCopy } from '../offline/offline-copy.svelte.ts';
import type { OpenMedia } from '../media/open-media.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import type { Privacy } from '../privacy/privacy.svelte.ts';
import type { Samples } from '../samples/samples.svelte.ts';
import type { Settings } from '../settings/settings.svelte.ts';
import type { Stage } from '../stage/stage.svelte.ts';
import type { KeptTab } from '../tab/kept-tab.svelte.ts';
import type { AppUpdate } from '../update/app-update.svelte.ts';
import type { MissingParts } from '../update/missing-parts.svelte.ts';

export interface PageParts {
  back: Back;
  drawing: DrawQueue;
  language: Language;
  models: Models;
  library: Library;
  settings: Settings;
  conversation: Conversation;
  attachments: Attachments;
  openMedia: OpenMedia;
  stage: Stage;
  samples: Samples;
  aloud: ReadAloud;
  privacy: Privacy;
  offline: OfflineCopy;
  missing: MissingParts;
}

export interface AppParts extends PageParts {
  experts: ExpertActivity;
  paging: PagingWatch;
  history: History;
  update: AppUpdate;
  install: Install;
  /** The files and words that another app of the device has shared with this page. */
  shared: Promise<{ files: File[]; words: string }>;
  draft: Draft;
  keptTab: KeptTab;
}
