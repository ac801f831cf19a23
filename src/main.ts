// The entry page: makes the long-lived objects (worker client, session, photos) and hands them to the UI.

import { mount } from 'svelte';
import { InferenceClient } from './client/inference-client.ts';
import { WeightsClient } from './client/weights-client.ts';
import App from './ui/App.svelte';
import { Language } from './ui/language.svelte.ts';
import { Photos } from './ui/photos.svelte.ts';
import { LocalRemembered } from './ui/remembered.ts';
import { Session } from './ui/session.svelte.ts';
import './ui/theme.css';

const client = new InferenceClient(
  () => new Worker(new URL('../workers/inference.worker.ts', import.meta.url), { type: 'module' }),
);
const weights = new WeightsClient(
  () => new Worker(new URL('../workers/weights.worker.ts', import.meta.url), { type: 'module' }),
);

const remembered = new LocalRemembered();
const language = new Language(navigator.languages, remembered, document.documentElement);

mount(App, {
  target: document.body,
  props: {
    session: new Session(client, weights),
    photos: new Photos(),
    language,
    hasWebGpu: 'gpu' in navigator,
  },
});
