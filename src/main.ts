// The entry page: makes the long-lived objects (worker client, session, photos) and hands them to the UI.

import { mount } from 'svelte';
import { InferenceClient } from './client/inference-client.ts';
import { WeightsClient } from './client/weights-client.ts';
import App from './ui/App.svelte';
import { Photos } from './ui/photos.svelte.ts';
import { Session } from './ui/session.svelte.ts';
import './ui/theme.css';

const client = new InferenceClient(
  () => new Worker(new URL('../workers/inference.worker.ts', import.meta.url), { type: 'module' }),
);
const weights = new WeightsClient(
  () => new Worker(new URL('../workers/weights.worker.ts', import.meta.url), { type: 'module' }),
);

mount(App, {
  target: document.body,
  props: {
    session: new Session(client, weights),
    photos: new Photos(),
    hasWebGpu: 'gpu' in navigator,
  },
});
