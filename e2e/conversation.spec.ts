// Tests a conversation in which the built-in model really runs: the first minute, follow-ups, second thoughts.

import { expect, test } from '@playwright/test';
import { expectDrawn } from './marks.ts';
import { addPictures, answered, answers, arrive, ask, figures, question, said } from './person.ts';
import { boxesOf, sampleOf } from './samples.ts';

const [FIRST, SECOND, THIRD] = sampleOf('signs').questions;
const PAIR = sampleOf('pairs');

test('a first visit explains the page, makes the model ready by itself, and ends with an answer @main', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(
    'Ask about a picture. It is read on this device and stays here.',
  );
  await expect(page.getByRole('button', { name: /^Built-in/ })).toBeVisible();
  // Run the model on the processor: a software adapter takes minutes for work that a graphics processor does at once.
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('For experts', { exact: true }).click();
  await page.getByLabel('Runs on').selectOption('Processor');
  await page.getByLabel('Longest answer, in tokens').fill('24');
  await page.keyboard.press('Escape');
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const first = await answered(page, 1);
  expect((await said(first)).length).toBeGreaterThan(0);

  await ask(page, 'Which colour is it?');
  const second = await answered(page, 2);
  await expect(await figures(second)).toHaveText(/picture already read/);
  // The requests of the wall test, which the policy stops, must not count as missing files of the page.
  await expect(page.getByText(/could not be loaded/)).toHaveCount(0);
});

test('the model answers rightly when the user clicks a sample and one of its questions @main', async ({
  page,
}) => {
  await page.goto('/');
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page.getByRole('button', { name: FIRST.words, exact: true }).click();
  expect(await said(await answered(page, 1))).toBe(FIRST.answer);
});

test('the built-in model says where a shape is, and the page draws the box there', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 200 });
  const { index, questions } = sampleOf('grounding');
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .nth(index)
    .click();
  await page.getByRole('button', { name: questions[0].words, exact: true }).click();
  const answer = await answered(page, 1);
  await answer.getByRole('button', { name: 'Copy the answer' }).click();
  const [named, boxes] = [
    boxesOf(await page.evaluate(() => navigator.clipboard.readText())),
    boxesOf(questions[0].answer),
  ];
  expect(named).toHaveLength(boxes.length);
  for (const [i, edge] of named.flat().entries()) expect(Math.abs(edge - boxes.flat()[i]!)).toBeLessThan(80);
  await expectDrawn(page, page.getByRole('img', { name: /grounding/ }), named);
  await expect(answer.getByRole('columnheader').first()).toBeVisible();
});

for (const backend of ['wasm', 'webgpu'] as const) {
  test(`right answers, a follow-up, second thoughts and two pictures on ${backend}${backend === 'wasm' ? ' @main' : ''}`, async ({
    page,
  }) => {
    test.skip(
      backend === 'webgpu' && process.env.LONG !== '1',
      'A software adapter takes long: LONG=1 runs it. The shortest answers on WebGPU are in ask.spec.ts.',
    );
    // A software adapter takes minutes to compile its shaders and to pass the engine's checks. The test chooses the
    // adapter explicitly, because the page prefers the processor.
    const patience = backend === 'webgpu' ? 420_000 : 100_000;
    test.setTimeout(3 * patience);
    await arrive(page, { model: 'demo', backend, maxTokens: 32 });
    await page
      .getByRole('button', { name: /^Sample picture/ })
      .first()
      .click();
    await page.getByRole('button', { name: FIRST.words, exact: true }).click();
    expect(await said(await answered(page, 1, patience))).toBe(FIRST.answer);

    await ask(page, SECOND.words);
    const second = await answered(page, 2, patience);
    expect(await said(second)).toBe(SECOND.answer);
    await expect(await figures(second)).toHaveText(/picture already read/);

    await second.getByRole('button', { name: 'Answer again' }).click();
    await expect(page.getByText('The earlier version was set aside.')).toBeVisible();
    expect(await said(await answered(page, 2, patience)), 'exact is exact').toBe(SECOND.answer);

    const asked = page.getByRole('article', { name: 'You asked' });
    await asked.nth(1).getByRole('button', { name: 'Edit the question' }).click();
    await page.getByRole('textbox', { name: 'Edit the question' }).fill(THIRD.words);
    await page.getByRole('button', { name: 'Ask again' }).click();
    await expect(asked.nth(1)).toContainText(THIRD.words);
    expect(await said(await answered(page, 2, patience))).toBe(THIRD.answer);
    await page.getByRole('button', { name: 'Put it back' }).click();
    await expect(asked.nth(1)).toContainText(SECOND.words);

    await page.getByRole('button', { name: 'New conversation' }).click();
    await page
      .getByRole('button', { name: /^Sample picture/ })
      .nth(PAIR.index)
      .click();
    await page.getByRole('button', { name: PAIR.questions[0].words, exact: true }).click();
    expect(await said(await answered(page, 1, patience))).toBe(PAIR.questions[0].answer);
    const shown = page.getByRole('list', { name: 'All pictures' });
    await expect(shown.getByRole('listitem')).toHaveCount(2);
  });
}

test('the page changes its language, and remembers it @main', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await page.getByLabel('Language').selectOption('中文');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(/图片只在本设备上读取/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await page.reload();
  await expect(page.getByRole('textbox', { name: '问题' })).toBeVisible();
});

test('a new conversation begins without the pictures', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 2 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What?');
  await answered(page, 1);
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
  await expect(page.getByRole('img', { name: 'odd.png' })).toHaveCount(0);
  await expect(question(page)).toBeFocused();
});
