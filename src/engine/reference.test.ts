// Compares prompts with the reference implementation: for every case of tools/reference, the rendered and tokenised
// prompt must have exactly the reference's ids and positions.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headerLength } from '../format/safetensors.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import { createChatTemplate, type TemplateMessage, type TemplatePart } from './prompt/chat-template.ts';
import type { Grid } from './photo/photo.ts';
import { buildPrompt, type PromptMedia } from './prompt/prompt.ts';
import { createTextStream } from './answer/text-stream.ts';
import { tokenPositions } from './prompt/token-positions.ts';
import { createTokenizer } from './prompt/tokenizer.ts';
import { groupTimestamps } from './clip/video-frames.ts';

const reference = resolve(import.meta.dirname, '../../tools/reference');

interface Clip {
  type: 'video';
  fps: number;
  indices: number[];
}
type GoldenPart = { type: 'text'; text: string } | { type: 'image' } | Clip;
interface GoldenMessage {
  role: TemplateMessage['role'];
  content: string | GoldenPart[];
}
interface Facts {
  prompt: string;
  rope_delta: number;
  image_grids: [number, number, number][];
  video_grids: [number, number, number][];
  answer: string;
}
interface Goldens {
  cases: Record<string, Facts>;
}

const conversations = readJson('cases.json') as Record<string, GoldenMessage[]>;

/** The cases with clips, computed with transformers 4.57.6, the version with which the models were published. */
const clips = readJson('goldens/clips-4.57.6.json') as {
  input_ids: Record<string, Record<string, number[]>>;
};

describe.each(['dense-tied', 'moe-untied'])('the fixture %s', (fixture) => {
  const file = (name: string): unknown => readJson(`fixtures/${fixture}/${name}`);
  const template = createChatTemplate({
    tokenizerConfig: file('tokenizer_config.json'),
    ...(fixture === 'dense-tied' && { json: file('chat_template.json') }),
    ...(fixture === 'moe-untied' && { jinja: readText(`fixtures/${fixture}/chat_template.jinja`) }),
  });
  const tokenizer = createTokenizer(file('tokenizer.json'), file('tokenizer_config.json'));
  const config = parseModelConfig(file('config.json'));
  const goldens = readJson(`goldens/${fixture}.json`) as Goldens;
  const tensors = readInt32Tensors(`goldens/${fixture}.safetensors`);

  describe.each(Object.entries(goldens.cases))('%s', (name, facts) => {
    const conversation = conversations[name] ?? [];
    const text = template.render(conversation.map(withoutMedia));
    const media = mediaOf(conversation, facts, config.vision.temporalPatchSize);
    const options = { tokenizer, tokens: config.tokens, mergeSize: config.vision.mergeSize };
    const prompt = buildPrompt(text, media, options);

    test('renders the text of the reference', () => {
      expect(text).toBe(facts.prompt);
    });

    test('has the ids of the reference', () => {
      expect(prompt.inputIds).toEqual(tensors.get(`${name}.input_ids`));
    });

    const clipIds = clips.input_ids[fixture]?.[name];
    if (clipIds !== undefined) {
      test('has the ids that transformers 4.57.6 gives a clip', () => {
        expect(Array.from(prompt.inputIds)).toEqual(clipIds);
      });
    }

    test('has the positions of the reference', () => {
      const { positions, next } = tokenPositions(prompt.inputIds.length, prompt.slots);
      expect(positions).toEqual(tensors.get(`${name}.position_ids`));
      expect(next - prompt.inputIds.length).toBe(facts.rope_delta);
    });

    test('streams the text that the reference decodes', () => {
      const ids = tensors.get(`${name}.greedy_ids`) ?? new Int32Array();
      const stream = createTextStream({ ...tokenizer, isSpecial: () => false });
      const pieces = Array.from(ids, (id) => stream.push(id));
      expect(pieces.join('') + stream.flush()).toBe(facts.answer);
      expect(tokenizer.decode(ids, { keepSpecial: true })).toBe(facts.answer);
    });
  });
});

function withoutMedia({ role, content }: GoldenMessage): TemplateMessage {
  if (typeof content === 'string') return { role, content };
  return {
    role,
    content: content.map((part): TemplatePart => (part.type === 'text' ? part : { type: part.type })),
  };
}

function mediaOf(conversation: GoldenMessage[], facts: Facts, temporalPatchSize: number): PromptMedia[] {
  const images = facts.image_grids.map(gridOf);
  const videos = facts.video_grids.map(gridOf);
  const parts = conversation.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  return parts.flatMap((part): PromptMedia[] => {
    if (part.type === 'text') return [];
    const grid = (part.type === 'image' ? images : videos).shift();
    if (grid === undefined) throw new Error('The goldens have no grid for a picture of the case.');
    if (part.type === 'image') return [{ kind: 'image', grid }];
    const timestamps = groupTimestamps(part.indices, part.fps, temporalPatchSize);
    return [{ kind: 'video', grid, timestamps }];
  });
}

function gridOf([frames, height, width]: [number, number, number]): Grid {
  return { frames, height, width };
}

function readText(name: string): string {
  return readFileSync(resolve(reference, name), 'utf8');
}

function readJson(name: string): unknown {
  return JSON.parse(readText(name));
}

function readInt32Tensors(name: string): Map<string, Int32Array> {
  const bytes = new Uint8Array(readFileSync(resolve(reference, name)));
  const length = headerLength(bytes, bytes.length, name);
  const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = JSON.parse(json) as Record<string, { dtype: string; data_offsets: [number, number] }>;
  const tensors = new Map<string, Int32Array>();
  for (const [key, { dtype, data_offsets }] of Object.entries(header)) {
    if (dtype !== 'I32') continue;
    const [start, end] = data_offsets.map((offset) => offset + 8 + length);
    tensors.set(key, new Int32Array(bytes.slice(start, end).buffer));
  }
  return tensors;
}
