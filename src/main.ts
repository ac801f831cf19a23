// The entry page: makes the long-lived objects (worker client, session, photos) and hands them to the UI,
// once the page is under its policy.

import { mount } from 'svelte';
import { AppCache } from './client/app-cache.ts';
import { InferenceClient } from './client/inference-client.ts';
import { CLOCK, RecoveringInference } from './client/recovering-inference.ts';
import { WeightsClient } from './client/weights-client.ts';
import App from './ui/App.svelte';
import { Language } from './ui/language.svelte.ts';
import { Photos } from './ui/photos.svelte.ts';
import { protect, stayHere } from './ui/protection.ts';
import { LocalRemembered } from './ui/remembered.ts';
import { Session } from './ui/session.svelte.ts';
import Unprotected from './ui/Unprotected.svelte';
import './ui/theme.css';

const client = new RecoveringInference(
  new InferenceClient(
    () => new Worker(new URL('../workers/inference.worker.ts', import.meta.url), { type: 'module' }),
  ),
  CLOCK,
);
const weights = new WeightsClient(
  () => new Worker(new URL('../workers/weights.worker.ts', import.meta.url), { type: 'module' }),
);

const remembered = new LocalRemembered();
const language = new Language(navigator.languages, remembered, document.documentElement);
const appCache = new AppCache(new URL('service-worker.js', document.baseURI));

const protection = await protect(appCache);
if (protection.kind === 'reload') {
  location.reload();
} else if (protection.kind === 'none') {
  mount(Unprotected, { target: document.body, props: { reason: protection.reason, language } });
} else {
  stayHere();
  start();
  // The development server has none, and needs none: it sends the policy.
  if (import.meta.env.PROD) void appCache.keepTheApp();
}

function start(): void {
  mount(App, {
    target: document.body,
    props: {
      session: new Session(client, weights),
      photos: new Photos(),
      language,
      hasWebGpu: 'gpu' in navigator,
    },
  });
}
