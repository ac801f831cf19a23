// The entry of the page: creates the long-lived objects (worker clients, models, conversation) and passes them to the
// UI once the page is protected by its policy.

import { mount } from 'svelte';
import inferenceScript from '../workers/inference.worker.ts?worker&url';
import mediaScript from '../workers/media.worker.ts?worker&url';
import weightsScript from '../workers/weights.worker.ts?worker&url';
import { AppCache } from './client/app-cache.ts';
import { GuardedMedia } from './client/guarded-media.ts';
import { InferenceClient } from './client/inference-client.ts';
import { StoredLoadNotes } from './client/load-notes.ts';
import { NotedInference } from './client/noted-inference.ts';
import { MediaClient } from './client/media-client.ts';
import { CLOCK, RecoveringInference } from './client/recovering-inference.ts';
import { WeightsClient } from './client/weights-client.ts';
import type { WallReport } from './policy/walls.ts';
import { takeShared } from './shared-files.ts';
import App from './ui/shell/App.svelte';
import { ReadAloud } from './ui/aloud/read-aloud.svelte.ts';
import { DrawQueue } from './ui/answer/draw-queue.ts';
import { Back } from './ui/kit/back.ts';
import { Draft } from './ui/composer/draft.svelte.ts';
import { Conversation } from './ui/conversation/conversation.svelte.ts';
import { ExpertActivity } from './ui/experts/expert-activity.svelte.ts';
import { PagingWatch } from './ui/experts/paging-watch.svelte.ts';
import { HistoryStore } from './ui/history/history-store.ts';
import { History } from './ui/history/history.svelte.ts';
import { Install } from './ui/install/install.svelte.ts';
import Kiosk from './ui/kiosk/Kiosk.svelte';
import { kioskSettings, type KioskSettings } from './ui/kiosk/kiosk-settings.ts';
import { PinLock } from './ui/kiosk/pin.ts';
import { Statistics } from './ui/kiosk/statistics.svelte.ts';
import { Language } from './ui/kit/language.svelte.ts';
import { Library } from './ui/library/library.svelte.ts';
import { Models } from './ui/models/models.svelte.ts';
import type { Phase } from './ui/models/phase.ts';
import { OfflineCopy } from './ui/offline/offline-copy.svelte.ts';
import { OpenMedia } from './ui/media/open-media.ts';
import { Attachments } from './ui/media/attachments.svelte.ts';
import { eraseIfWished } from './ui/privacy/erase.ts';
import { Privacy, type PolicySource } from './ui/privacy/privacy.svelte.ts';
import { RequestLog } from './ui/privacy/request-log.svelte.ts';
import { StoppedLog } from './ui/privacy/stopped-log.svelte.ts';
import { Walls, type Realm } from './ui/privacy/walls.svelte.ts';
import { protect, stayHere, trustOwnScripts } from './ui/privacy/protection.ts';
import { LocalRemembered } from './ui/kit/remembered.ts';
import { Samples } from './ui/samples/samples.svelte.ts';
import { Settings } from './ui/settings/settings.svelte.ts';
import { Stage } from './ui/stage/stage.svelte.ts';
import { tabMemory } from './ui/kit/tab-memory.ts';
import { KeptTab } from './ui/tab/kept-tab.svelte.ts';
import { TabPresence } from './ui/tab/tab-presence.ts';
import { TabStore } from './ui/tab/tab-store.ts';
import { TabWords } from './ui/tab/tab-words.ts';
import { AppUpdate } from './ui/update/app-update.svelte.ts';
import { MissingParts } from './ui/update/missing-parts.svelte.ts';
import Unprotected from './ui/privacy/Unprotected.svelte';
import './ui/kit/theme.css';

/** Phases in which the user waits for the model, so that the page must not fetch anything else. */
const BUSY: ReadonlySet<Phase['kind']> = new Set(['looking', 'downloading', 'loading']);

const requests = new RequestLog();
const stopped = new StoppedLog();
const appScript = new URL('service-worker.js', document.baseURI).href;
const trust = trustOwnScripts([inferenceScript, mediaScript, weightsScript, appScript]);
/** Starts a worker, and logs its requests and the violations of the policy in it. */
const begin = (realm: Realm, script: string): Worker =>
  stopped.hear(realm, requests.hear(new Worker(trust(script), { type: 'module' })));
const missing = new MissingParts();
const noteMissing = (): void => missing.note();
const notes = new StoredLoadNotes({
  storage: () => localStorage,
  locks: navigator.locks,
  onLeave: (callback) => addEventListener('pagehide', callback),
});
const weights = new WeightsClient(() => begin('weights', weightsScript), noteMissing);
const inferenceClient = new InferenceClient(
  () => begin('inference', inferenceScript),
  async (model) => {
    const held = await weights.held(model);
    return held.kind === 'done' ? held.value : [];
  },
  noteMissing,
);
const inference = new RecoveringInference(new NotedInference(inferenceClient, notes), CLOCK);
const mediaClient = new MediaClient(() => begin('media', mediaScript), noteMissing);

const remembered = new LocalRemembered();
const language = new Language(navigator.languages, remembered, document.documentElement);
const install = new Install(window);
const appCache = new AppCache(trust(appScript));
appCache.onMessage((event) => requests.hearMessage(event));

await eraseIfWished();
const protecting = protect(appCache, trust);
stopped.watchPage(protecting);
const protection = await protecting;
if (protection.kind === 'reload') {
  location.reload();
} else if (protection.kind === 'none') {
  mount(Unprotected, {
    target: document.body,
    props: { reason: protection.reason, open: protection.open, language },
  });
} else {
  stayHere();
  start(protection.kind, protection.report, await kioskSettings(location.href, remembered));
}

function start(policy: PolicySource, report: WallReport, kiosk: KioskSettings | null): void {
  const walls = new Walls(report, {
    media: () => mediaClient.walls(),
    inference: () => inferenceClient.walls(),
    weights: () => weights.walls(),
  });
  void walls.prove();
  const media = new GuardedMedia(mediaClient, () => walls.mayTake());
  const models = new Models({ weights, inference, remembered, notes, hasWebGpu: 'gpu' in navigator });
  window.addEventListener('storage', ({ key }) => {
    if (key === 'darkroom.next') void models.background.follow();
  });
  const library = new Library(models, weights, document.baseURI);
  const settings = new Settings(remembered);
  const openMedia = new OpenMedia(media);
  const attachments = new Attachments(openMedia);
  const experts = new ExpertActivity();
  const paging = new PagingWatch();
  const drawing = new DrawQueue((job) => requestAnimationFrame(job));
  const conversation = new Conversation({
    client: inference,
    models,
    openMedia,
    options: (model) => {
      experts.begin();
      return settings.options(model);
    },
    onExperts: (chosen, model) => experts.add(chosen, model),
    onPaging: (report) => paging.add(report),
    drawing,
  });
  const stage = new Stage(conversation, attachments);
  const samples = new Samples(document.baseURI);
  const aloud = new ReadAloud('speechSynthesis' in window ? speechSynthesis : null);
  const offline = new OfflineCopy({
    cache: appCache,
    used: () => requests.runtime,
    hasAnswered: () => conversation.turns.some(({ ending }) => ending?.kind === 'answered'),
    isBusy: () => conversation.busy || BUSY.has(models.chosen.phase.kind),
  });
  // The development server has no service worker, and needs none, because it sends the policy itself.
  if (import.meta.env.PROD) offline.watch();
  const tabStore = new TabStore();
  const historyStore = new HistoryStore();
  const privacy = new Privacy(policy, walls, { requests, stopped }, weights, {
    tabs: tabStore,
    history: historyStore,
  });
  const back = new Back(window);
  const parts = {
    ...{
      back,
      drawing,
      language,
      models,
      library,
      settings,
      conversation,
      attachments,
      openMedia,
      stage,
      samples,
      aloud,
      privacy,
      offline,
    },
    missing,
  };
  prepareProgram(models);
  if (kiosk !== null) {
    void models.start(document.baseURI, { unattended: true });
    void samples.start();
    // A kiosk stores nothing of its visitors, and shows them nothing that was stored before it became a kiosk.
    tabStore.clear().catch((error: unknown) => console.warn('What tabs held could not be erased.', error));
    const lock = new PinLock(remembered, kiosk.pin);
    const statistics = new Statistics(remembered);
    const forget = (): void => void inference.forget();
    mount(Kiosk, { target: document.body, props: { ...parts, kiosk, lock, statistics, forget } });
    return;
  }
  const history = new History({
    conversation,
    store: historyStore,
    openFile: (file) => media.open(file, new AbortController().signal),
    remembered,
  });
  const draft = new Draft();
  const keptTab = new KeptTab({
    ...{ conversation, attachments, draft, openMedia, store: tabStore },
    presence: new TabPresence(tabMemory(), remembered),
    words: new TabWords(tabMemory()),
  });
  const update = new AppUpdate({ cache: appCache, kept: keptTab, missing, address: document.baseURI });

  const link = new URL(document.baseURI).searchParams.get('model');
  void models.start(document.baseURI).then(() => library.welcome(link));
  // The link is followed once; a reload or a bookmark should use the address without it.
  if (link !== null) window.history.replaceState(null, '', location.pathname);
  void samples.start();
  void keptTab.arrive();
  void update.watch();
  const shared = takeShared().catch(() => ({ files: [], words: '' }));
  mount(App, {
    target: document.body,
    props: { ...parts, experts, paging, history, update, install, shared, draft, keptTab },
  });
}

/** Begins to fetch the program that runs the first model, while the model itself is being fetched. */
function prepareProgram(models: Models): void {
  const hardwareOnly = models.runSettings.backend === 'auto';
  void inferenceClient.prepare(models.firstBackends, hardwareOnly, (event) =>
    models.chosen.hearRuntime(event),
  );
}
