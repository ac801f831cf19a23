// Exports a conversation as a Markdown file or, if it has pictures, as a zip of the Markdown and the pictures.

import { zipSync, type Zippable } from 'fflate';
import { harmlessLine, harmlessMarkdown } from './harmless-markdown.ts';
import { splitThought } from '../answer/thought.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedTurn } from '../conversation/turn.svelte.ts';
import { isVideo } from '../media/media-item.ts';
import type { SavedFile } from '../kit/save-file.ts';
import type { SavedItem } from '../media/open-media.ts';
import type { HistoryStrings } from './strings.ts';

const TYPES: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/bmp': 'bmp',
  'image/apng': 'png',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/webm': 'webm',
  'video/x-matroska': 'mkv',
};

/** `name`: the file name without its extension. */
export async function toMarkdown(
  { turns }: SavedConversation,
  title: string,
  name: string,
  says: HistoryStrings,
): Promise<SavedFile> {
  const paths = picturePaths(turns.flatMap((turn) => turn.media));
  const text = [
    `# ${harmlessLine(title)}`,
    ...turns.map((turn, index) => turnText(turn, index + 1, paths, says)),
  ].join('\n\n');
  if (paths.size === 0) {
    return { name: `${name}.md`, blob: new Blob([`${text}\n`], { type: 'text/markdown' }) };
  }
  const files: Zippable = { [`${name}/conversation.md`]: new TextEncoder().encode(`${text}\n`) };
  for (const [item, path] of paths) files[`${name}/${path}`] = new Uint8Array(await item.file.arrayBuffer());
  // Store the files without compression: pictures are compressed already.
  const zip = zipSync(files, { level: 0 });
  return { name: `${name}.zip`, blob: new Blob([zip], { type: 'application/zip' }) };
}

/** The paths of the media in the zip. Each id is listed once. */
function picturePaths(media: SavedItem[]): Map<SavedItem, string> {
  const unique = new Map(media.map((item) => [item.id, item]));
  return new Map(
    Array.from(unique.values(), (item, index) => {
      const stem = item.name.replace(/\.[^.]*$/, '').replace(/[^\p{L}\p{N}_-]+/gu, '-') || 'picture';
      const ending = TYPES[item.file.type] ?? 'img';
      return [item, `pictures/${index + 1}-${stem}.${ending}`];
    }),
  );
}

function turnText(
  turn: SavedTurn,
  number: number,
  paths: Map<SavedItem, string>,
  says: HistoryStrings,
): string {
  const byId = new Map(Array.from(paths, ([item, path]) => [item.id, path]));
  // Markdown can embed pictures, but can only link to videos.
  const pictures = turn.media.map(
    (item) =>
      `${isVideo(item) ? '' : '!'}[${harmlessLine(item.name).replace(/[[\]\\]/g, '\\$&')}](${byId.get(item.id) ?? ''})`,
  );
  const { thought, answer } = splitThought(turn.answer, turn.answerer?.thinks ?? false);
  const parts = [
    `## ${says.question(number)}`,
    ...pictures,
    harmlessMarkdown(turn.question),
    `### ${says.answer}`,
  ];
  if (thought !== null && thought !== '') {
    parts.push(`<details><summary>${says.thought}</summary>\n\n${harmlessMarkdown(thought)}\n\n</details>`);
  }
  parts.push(answer === '' ? `*${says.noAnswer}*` : harmlessMarkdown(answer));
  if (turn.answerer !== null) parts.push(`*${harmlessLine(turn.answerer.id)}*`);
  return parts.join('\n\n');
}
