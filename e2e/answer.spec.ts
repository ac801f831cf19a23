// Tests how the page shows an answer: Markdown, tables, formulas, pages in a sandbox, thoughts, and boxes on the
// picture.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { expectDrawn } from './marks.ts';
import { arrive, FIXTURE } from './person.ts';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
test.beforeEach(async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
});

const copied = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

const BOXES = [
  { bbox_2d: [100, 200, 400, 700], label: 'rectangle' },
  { bbox_2d: [600, 100, 900, 500], label: 'circle, red' },
  { point_2d: [500, 900], label: 'dot' },
];

test('boxes and points lie on the picture where the answer says, and light up with their row @main', async ({
  page,
}) => {
  const answer = await openSaved(page, {
    answer: 'Here they are:\n```json\n' + JSON.stringify(BOXES) + '\n```',
    pictures: ['wide.png'],
  });
  const marks = page.getByRole('list', { name: 'What the answer points at' });
  await expect(marks.getByRole('button')).toHaveCount(3);
  const boxes = BOXES.flatMap(({ bbox_2d }) => (bbox_2d === undefined ? [] : [bbox_2d]));
  await expectDrawn(page, page.getByRole('img', { name: 'wide.png' }), boxes);

  await marks.getByRole('button', { name: '2: circle, red' }).hover();
  await expect(answer.getByRole('row', { name: /circle, red/ })).toHaveClass(/pointed/);
  await answer.getByRole('button', { name: 'Show number 1 on the picture' }).focus();
  await expect(marks.getByRole('button', { name: '1: rectangle' })).toHaveClass(/pointed/);
});

test('an answer about the first of two pictures is drawn on the first', async ({ page }) => {
  const answer = await openSaved(page, {
    answer: '[{"bbox_2d": [100, 100, 200, 200], "label": "here", "img_idx": 0}]',
    pictures: ['wide.png', 'tall.png'],
  });
  const marks = page.getByRole('list', { name: 'What the answer points at' });
  await expect(page.getByRole('img', { name: 'wide.png' })).toBeVisible();
  await expect(marks.getByRole('button', { name: '1: here' })).toBeVisible();
  await page.getByRole('button', { name: 'tall.png', exact: true }).click();
  await expect(page.getByRole('img', { name: 'tall.png' })).toBeVisible();
  await expect(marks).toHaveCount(0);
  await answer.getByRole('button', { name: 'Show number 1 on the picture' }).click();
  await expect(page.getByRole('img', { name: 'wide.png' })).toBeVisible();
});

test('the page asks on which picture places lie if the answer does not say, instead of using the last one', async ({
  page,
}) => {
  const answer = await openSaved(page, {
    answer: JSON.stringify([
      { bbox_2d: [100, 100, 200, 200], label: 'one' },
      { bbox_2d: [300, 300, 400, 400], label: 'two', img_idx: 7 },
    ]),
    pictures: ['wide.png', 'tall.png', 'odd.png'],
  });
  const marks = page.getByRole('list', { name: 'What the answer points at' });
  const choice = answer.getByRole('group', { name: /does not say which picture 2 of its places are on/ });
  await expect(choice.getByRole('button')).toHaveCount(3);
  await expect(marks).toHaveCount(0);
  await choice.getByRole('button', { name: 'Picture 2: tall.png' }).press('Enter');
  await expect(page.getByRole('img', { name: 'tall.png' })).toBeVisible();
  await expect(marks.getByRole('button')).toHaveCount(2);
  await choice.getByRole('button', { name: 'Picture 1: wide.png' }).click();
  await expect(page.getByRole('img', { name: 'wide.png' })).toBeVisible();
  await expect(marks.getByRole('button')).toHaveCount(2);
});

test('the page finds the pictures that an answer counts from 1', async ({ page }) => {
  await openSaved(page, {
    answer: JSON.stringify([
      { bbox_2d: [100, 100, 200, 200], label: 'one', img_idx: 1 },
      { bbox_2d: [300, 300, 400, 400], label: 'two', img_idx: 2 },
    ]),
    pictures: ['wide.png', 'tall.png'],
  });
  const marks = page.getByRole('list', { name: 'What the answer points at' });
  await expect(page.getByRole('img', { name: 'wide.png' })).toBeVisible();
  await expect(marks.getByRole('button')).toHaveText(/one/);
  await page.getByRole('button', { name: 'tall.png', exact: true }).click();
  await expect(marks.getByRole('button')).toHaveText(/two/);
});

test('the page clamps boxes beyond the edge, and reports those that it cannot read', async ({ page }) => {
  const answer = await openSaved(page, {
    answer: JSON.stringify([
      { bbox_2d: [600, 100, 1012, 500], label: 'at the edge' },
      {
        bbox_2d: [
          [100, 200, 300, 400],
          [400, 600, 500, 800],
        ],
        label: 'both',
      },
      { bbox_2d: [1, 2, 3], label: 'odd' },
      { bbox_2d: [100, 100, 1920, 1080], label: 'far' },
    ]),
    pictures: ['wide.png'],
  });
  await expect(answer.getByText('2 places in this answer could not be read.')).toBeVisible();
  const marks = page.getByRole('list', { name: 'What the answer points at' });
  await expect(marks.getByRole('button')).toHaveCount(3);
  await expectDrawn(page, page.getByRole('img', { name: 'wide.png' }), [
    [600, 100, 1000, 500],
    [100, 200, 300, 400],
    [400, 600, 500, 800],
  ]);
});

test('JSON becomes a table, copied as CSV or as JSON @main', async ({ page }) => {
  const rows = [
    { item: 'Tea, green', price: 3.5 },
    { item: 'Cake', price: 4 },
  ];
  const answer = await openSaved(page, { answer: JSON.stringify(rows) });
  await expect(answer.getByRole('columnheader')).toHaveText(['Item', 'Price']);
  await expect(answer.getByRole('cell')).toHaveText(['Tea, green', '3.5', 'Cake', '4']);
  await answer.getByRole('button', { name: 'Copy as CSV' }).click();
  expect(await copied(page)).toBe('item,price\r\n"Tea, green",3.5\r\nCake,4\r\n');
  await answer.getByRole('button', { name: 'Copy as JSON' }).click();
  expect(JSON.parse(await copied(page))).toEqual(rows);
});

test('the page shows places as a table in words, in both languages, and as numbers on request', async ({
  page,
}) => {
  const answer = await openSaved(page, {
    answer: '```json\n' + JSON.stringify(BOXES) + '\n```',
    pictures: ['wide.png'],
  });
  await expect(answer.getByRole('columnheader')).toHaveText(['No.', 'What', 'Where']);
  await expect(answer.getByRole('row', { name: /rectangle/ })).toContainText('left');
  await expect(answer.getByText(/bbox|point_2d|200/)).toHaveCount(0);
  await answer.getByRole('button', { name: 'Show the numbers' }).press('Enter');
  await expect(answer.getByRole('row', { name: /rectangle/ })).toContainText('100, 200, 400, 700');
  await answer.getByRole('button', { name: 'Show it in words' }).click();
  await page.getByRole('combobox', { name: 'Language' }).selectOption('zh');
  const inChinese = page.getByRole('article', { name: '回答' });
  await expect(inChinese.getByRole('columnheader')).toHaveText(['序号', '内容', '位置']);
  await expect(inChinese.getByRole('row', { name: /rectangle/ })).toContainText('左侧');
});

test('an empty list shows that nothing was found; a list that is cut off says that it broke off', async ({
  page,
}) => {
  const empty = await openSaved(page, { answer: '[]', pictures: ['wide.png'] });
  await expect(empty.getByText('Nothing found.')).toBeVisible();
  await expect(empty.getByText('[]')).toHaveCount(0);
  await page.getByRole('button', { name: 'New conversation' }).click();
  const begun = await openSaved(page, { answer: '```json\n[{"bbox_2d": [1, 2', pictures: ['wide.png'] });
  await expect(begun.getByText(/broke off before its first entry/)).toBeVisible();
  await expect(begun.getByText('[{"bbox_2d": [1, 2')).toBeHidden();
  await page.getByRole('button', { name: 'New conversation' }).click();
  const part = await openSaved(page, {
    answer: '```json\n[{"bbox_2d": [1, 2, 30, 40], "label": "a"}, {"bbox',
    pictures: ['wide.png'],
  });
  await expect(part.getByRole('row', { name: /top left/ })).toBeVisible();
  await expect(part.getByText(/broke off here/)).toBeVisible();
});

test('the page shows Markdown: headings, lists, tables, code, formulas @main', async ({ page }) => {
  const answer = await openSaved(page, {
    answer:
      '# Title\n\nA **strong** word and `code`.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n' +
      '```python\nprint(1)\n```\n\nSo $x^2$ and\n\n$$\\frac{1}{2}$$',
  });
  await expect(answer.getByRole('heading', { name: 'Title' })).toBeVisible();
  await expect(answer.getByRole('listitem')).toHaveText(['one', 'two']);
  await expect(answer.getByRole('cell')).toHaveText(['1', '2']);
  await expect(answer.getByText('print(1)')).toBeVisible();
  await expect(answer.locator('math')).toHaveCount(2, { timeout: 15_000 });
});

test('a page that the model wrote appears in a frame that reaches nothing @main', async ({ page }) => {
  const requests: string[] = [];
  // Playwright also reports a request that the frame's policy stops, as a failed request with a `csp` error.
  page.on('requestfinished', (request) => requests.push(request.url()));
  page.on('requestfailed', (request) => {
    if (!/csp/i.test(request.failure()?.errorText ?? '')) requests.push(request.url());
  });
  const html =
    '<style>body{background:url(/from-style)} h1{color:rgb(1, 2, 3)}</style><h1>Hello</h1>' +
    '<img src="/from-image"><script>fetch("/from-script")</script><a href="/from-link">go</a>' +
    '<link rel="stylesheet" href="/from-sheet"><iframe src="/from-frame"></iframe>' +
    '<img alt="drawn" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>">';
  const answer = await openSaved(page, { answer: '```html\n' + html + '\n```' });
  await answer.getByRole('button', { name: 'Preview' }).click();
  const preview = answer.frameLocator('iframe');
  await expect(preview.getByRole('heading', { name: 'Hello' })).toBeVisible();
  await expect(preview.getByRole('heading')).toHaveCSS('color', 'rgb(1, 2, 3)');
  // Even a picture inside the preview could take minutes to draw, so its address must be gone.
  await expect(preview.getByAltText('drawn')).not.toHaveAttribute('src');
  await preview.getByText('go').click();
  await page.waitForTimeout(500);
  await expect(preview.getByRole('heading', { name: 'Hello' })).toBeVisible();
  expect(requests.filter((url) => url.includes('/from-'))).toEqual([]);
});

test('a link shows its whole address and opens nothing', async ({ page, context }) => {
  const answer = await openSaved(page, {
    answer: 'See [here](https://example.org/a?b=c) or [there](javascript:alert(1)).',
  });
  await expect(answer.getByText('(https://example.org/a?b=c)')).toBeVisible();
  await expect(answer.getByText(/there \(\u2068?javascript:alert\(1\)\u2069?\)/)).toBeVisible();
  await answer.getByRole('button', { name: 'here' }).click();
  const panel = page.getByRole('dialog', { name: 'A link in the answer' });
  await panel.getByRole('button', { name: 'Copy the address' }).click();
  expect(await copied(page)).toBe('https://example.org/a?b=c');
  expect(context.pages()).toHaveLength(1);
});

test('a thought appears folded, with its time', async ({ page }) => {
  const answer = await openSaved(page, { answer: 'Let me look.\n</think>\n\nA cat.', thoughtMs: 4200 });
  await expect(answer.getByText('A cat.')).toBeVisible();
  await expect(answer.getByText('Let me look.')).toBeHidden();
  await answer.getByText('Thought for 4 s').click();
  await expect(answer.getByText('Let me look.')).toBeVisible();
});
