// Puts a given answer on the page by opening a saved conversation, as a user can.

import { expect, type Locator, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { answers, PICTURES } from './person.ts';

export interface Imported {
  answer: string;
  /** Names of files in `PICTURES`. */
  pictures?: string[];
  thoughtMs?: number;
}

/** Opens a saved conversation of one turn. Returns the element of its answer. */
export async function openSaved(
  page: Page,
  { answer, pictures = [], thoughtMs }: Imported,
): Promise<Locator> {
  const photos = pictures.map((name, index) => ({
    id: `p${index}`,
    name,
    type: 'image/png',
    part: null,
    data: readFileSync(`${PICTURES}/${name}`).toString('base64'),
  }));
  const turn = {
    id: 't',
    question: 'What is there?',
    photos: photos.map(({ id }) => id),
    answer,
    thoughtMs: thoughtMs ?? null,
    answerer: { id: 'saved', backend: 'wasm', precision: 'f32', thinks: thoughtMs !== undefined },
    options: null,
    ending: {
      kind: 'answered',
      facts: {
        tokens: 9,
        promptTokens: 9,
        cachedTokens: 0,
        reason: 'eos',
        timings: { decodingMs: 1, visionMs: 1, prefillMs: 1, answeringMs: 1 },
      },
    },
  };
  const file = { format: 'darkroom-conversation', version: 1, id: 'c', photos, turns: [turn] };
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.getByLabel('Open a saved JSON file').setInputFiles({
    name: 'conversation.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(file)),
  });
  await expect(answers(page)).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  return answers(page);
}
