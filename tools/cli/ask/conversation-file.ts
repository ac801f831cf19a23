// Builds conversations from command-line input: file names become encoded photos.

import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Message, Part } from '../../../src/contract/conversation.ts';
import { fail } from '../../../src/failure.ts';
import { Field, parseJson } from '../../../src/format/json-field.ts';

const ROLES: Message['role'][] = ['system', 'user', 'assistant'];

/** Puts pictures before the question, as the model's authors do. */
export async function textAndImages(prompt: string, images: readonly string[]): Promise<Message[]> {
  const photos = await Promise.all(images.map((file) => photo(file)));
  const parts: Part[] = photos.map((each) => ({ type: 'image', photo: each }));
  return [{ role: 'user', content: [...parts, { type: 'text', text: prompt }] }];
}

/** Parses a conversation file; its file names are relative to `directory`. Fails with 'bad-request'. */
export async function readConversation(text: string, directory: string): Promise<Message[]> {
  const list = new Field(parseJson(text, 'conversation', 'bad-request'), 'conversation ', 'bad-request');
  if (list.items().length === 0) list.fail('has no message');
  return Promise.all(list.items().map((message) => readMessage(message, directory)));
}

async function readMessage(message: Field, directory: string): Promise<Message> {
  const name = message.at('role').string();
  const role = ROLES.find((each) => each === name) ?? message.at('role').fail('is unknown');
  const content = message.at('content');
  if (typeof content.value === 'string') return { role, content: content.value };
  return { role, content: await Promise.all(content.items().map((part) => readPart(part, directory))) };
}

async function readPart(part: Field, directory: string): Promise<Part> {
  const type = part.at('type').string();
  if (type === 'text') return { type, text: part.at('text').string() };
  if (type === 'image') return { type, photo: await photo(resolve(directory, part.at('photo').string())) };
  if (type !== 'video') return part.at('type').fail('is not text, image or video');
  const frames = part.at('frames').items();
  return {
    type,
    frames: await Promise.all(frames.map((frame) => photo(resolve(directory, frame.string())))),
    fps: part.at('fps').number(),
    indices: part
      .at('indices')
      .items()
      .map((index) => index.integer()),
  };
}

/** Returns a File, so that a failing decoder can report its name. */
async function photo(path: string): Promise<File> {
  try {
    if ((await stat(path)).isFile()) return new File([await openAsBlob(path)], path);
  } catch (cause) {
    return fail('missing-file', `There is no ${path}.`, cause);
  }
  return fail('bad-request', `${path} is not a file.`);
}
