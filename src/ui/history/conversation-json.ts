// Writes a conversation, with its pictures, as one JSON file, and reads it back. Such a file is untrusted: it is parsed
// field by field, its pictures are opened like any others, and its answers are sanitised like those of a model.

import type { OpenedMedia } from '../../contract/media.ts';
import { fail, Failure, type Outcome } from '../../failure.ts';
import { Field, parseJson } from '../../format/json-field.ts';
import { visibleText } from '../../format/visible-text.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedItem } from '../media/open-media.ts';
import { parseOptional, parsePart } from '../media/parse-part.ts';
import { parseTurn, writeTurn } from './turn-record.ts';

const FORMAT = 'darkroom-conversation';
const VERSION = 1;

export type OpenFile = (file: Blob) => Promise<Outcome<OpenedMedia>>;

export async function toJson({ id, turns }: SavedConversation): Promise<string> {
  const media = new Map(turns.flatMap((turn) => turn.media).map((item) => [item.id, item]));
  const written = await Promise.all(
    Array.from(media.values(), async (item) => ({
      id: item.id,
      name: item.name,
      type: item.file.type,
      part: item.part,
      data: await toBase64(item.file),
    })),
  );
  return JSON.stringify(
    { format: FORMAT, version: VERSION, id, photos: written, turns: turns.map(writeTurn) },
    null,
    1,
  );
}

/**
 * Fails with 'bad-conversation', naming the field, with 'newer-format', or with the failures of opening a picture. The
 * conversation gets a new id, so an import never replaces a kept conversation.
 */
export async function fromJson(text: string, open: OpenFile): Promise<SavedConversation> {
  const root = new Field(
    parseJson(text, 'The file', 'bad-conversation'),
    'conversation: ',
    'bad-conversation',
  );
  root.at('format').oneOf([FORMAT]);
  const version = root.at('version').integer(1);
  if (version > VERSION) fail('newer-format', `The conversation has version ${version} of its format.`);
  const media = new Map<string, SavedItem>();
  // Pictures get new ids, because another file may use the same id for another picture.
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const own = ids.get(id) ?? crypto.randomUUID();
    ids.set(id, own);
    return own;
  };
  // Open one picture after the other: each may take a gigabyte.
  for (const field of root.at('photos').items()) {
    media.set(field.at('id').string(), await readItem(field, idOf, open));
  }
  return { id: crypto.randomUUID(), turns: root.at('turns').list((field) => parseTurn(field, media)) };
}

async function readItem(field: Field, idOf: (id: string) => string, open: OpenFile): Promise<SavedItem> {
  const name = visibleText(field.at('name').string());
  const part = parseOptional(field, 'part', parsePart);
  const file = fromBase64(field.at('data'), field.at('type').string());
  const opened = await open(file);
  if (opened.kind === 'failed') throw new Failure(opened.failure.code, `${name}: ${opened.failure.message}`);
  if (opened.kind === 'stopped') throw new DOMException('The import was stopped.', 'AbortError');
  return {
    id: idOf(field.at('id').string()),
    name,
    part: part && { ...part, of: idOf(part.of) },
    ...opened.value,
  };
}

async function toBase64(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  // Convert in chunks, because the number of arguments of a call is limited.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}

function fromBase64(field: Field, type: string): Blob {
  try {
    return new Blob([Uint8Array.from(atob(field.string()), (char) => char.charCodeAt(0))], { type });
  } catch (error) {
    if (error instanceof DOMException) field.fail('is not base64');
    throw error;
  }
}
