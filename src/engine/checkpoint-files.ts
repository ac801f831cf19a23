// The checkpoint's own side files, read from a package and parsed: everything about a model except its
// weights.

import { Failure } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import type { ModelConfig } from '../format/model-config.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import type { PackageStore } from '../format/package-store.ts';
import { createChatTemplate, type ChatTemplate } from './prompt/chat-template.ts';
import {
  parsePreprocessing,
  type ImagePreprocessing,
  type VideoPreprocessing,
} from './preprocess/preprocessor-config.ts';
import { stopTokens } from './prompt/stop-tokens.ts';
import { runUnlimited, type RunLimited } from './prompt/run-limited.ts';
import { createTokenizer, type Tokenizer } from './prompt/tokenizer.ts';

export interface CheckpointFiles {
  config: ModelConfig;
  tokenizer: Tokenizer;
  template: ChatTemplate;
  image: ImagePreprocessing;
  video: VideoPreprocessing;
  stops: ReadonlySet<number>;
  /** Whether the template begins the answer inside a thought: its text ends with the opening tag. */
  thinks: boolean;
}

/** Fails with 'missing-file' or 'bad-checkpoint', naming the file, or with 'endless-model'. */
export async function readCheckpointFiles(
  store: PackageStore,
  runLimited: RunLimited = runUnlimited,
): Promise<CheckpointFiles> {
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await store.file(name));
  const json = async (name: string): Promise<unknown> => parseJson(await text(name), name, 'bad-checkpoint');
  const optional = async <T>(read: Promise<T>): Promise<T | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (error instanceof Failure && error.code === 'missing-file') return undefined;
      throw error;
    }
  };
  const tokenizerConfig = await json('tokenizer_config.json');
  const tokenizer = createTokenizer(await json('tokenizer.json'), tokenizerConfig, runLimited);
  const jinja = await optional(text('chat_template.jinja'));
  const template = createChatTemplate(
    {
      json: await optional(json('chat_template.json')),
      ...(jinja === undefined ? {} : { jinja }),
      tokenizerConfig,
    },
    runLimited,
  );
  return {
    config: parseModelConfig(await json('config.json')),
    tokenizer,
    template,
    thinks: template
      .render([{ role: 'user', content: '?' }])
      .trimEnd()
      .endsWith('<think>'),
    ...parsePreprocessing({
      image: await optional(json('preprocessor_config.json')),
      video: await optional(json('video_preprocessor_config.json')),
      processor: await optional(json('processor_config.json')),
    }),
    stops: stopTokens(await optional(json('generation_config.json')), tokenizer),
  };
}
