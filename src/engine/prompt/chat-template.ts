// The checkpoint's own chat template, rendered by @huggingface/jinja within limits: a conversation becomes
// the text that the model was trained to continue. A picture or a clip renders as one placeholder; prompt.ts
// turns placeholders into tokens.

import { Failure, fail } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { LimitedTemplate } from './limited-template.ts';
import { runUnlimited, type RunLimited } from './run-limited.ts';

/** The content that templates read: it names media but does not contain them. */
export type TemplatePart = { type: 'text'; text: string } | { type: 'image' } | { type: 'video' };

export interface TemplateMessage {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string | TemplatePart[];
  tool_calls?: { function: { name: string; arguments: Record<string, unknown> } }[];
}

export interface RenderOptions {
  /**
   * JSON schemas of functions, like OpenAI's `tools`. Their numbers are written as JavaScript writes them, which
   * differs from Python for 1.0 (here 1) and 1e-07 (here 1e-7).
   */
  tools?: readonly object[];
  /** Whether the text ends with the opening of the assistant's turn. If omitted, it does. */
  addGenerationPrompt?: boolean;
  /** Whether the text numbers the pictures and clips. */
  addVisionId?: boolean;
}

export interface ChatTemplate {
  /** Fails with 'bad-request' when the template refuses the conversation, with 'endless-model' when it does not end. */
  render(messages: readonly TemplateMessage[], options?: RenderOptions): string;
}

/** The checkpoint's files that may hold the template; undefined for a file that the checkpoint lacks. */
export interface ChatTemplateFiles {
  /** chat_template.json, parsed: { "chat_template": … } */
  json?: unknown;
  /** chat_template.jinja */
  jinja?: string;
  /** tokenizer_config.json, parsed; it also names the special tokens that templates may print. */
  tokenizerConfig: unknown;
}

/** Searches the files in the reference's order. Fails with 'missing-file' or 'bad-checkpoint'. */
export function createChatTemplate(
  files: ChatTemplateFiles,
  runLimited: RunLimited = runUnlimited,
): ChatTemplate {
  const config = new Field(files.tokenizerConfig, 'tokenizer_config.json: ', 'bad-checkpoint');
  const template = parse(findTemplate(files, config));
  const specialTokens = namedTokens(config);
  return {
    render(messages, { tools, addGenerationPrompt = true, addVisionId = false } = {}) {
      try {
        return runLimited(() =>
          template.render({
            ...specialTokens,
            messages,
            ...(tools === undefined ? {} : { tools }),
            add_generation_prompt: addGenerationPrompt,
            add_vision_id: addVisionId,
          }),
        );
      } catch (cause) {
        if (cause instanceof Failure) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        fail('bad-request', `The chat template refuses this conversation: ${reason}`, cause);
      }
    },
  };
}

function findTemplate(files: ChatTemplateFiles, config: Field): string {
  if (files.json !== undefined) {
    return text(new Field(files.json, 'chat_template.json: ', 'bad-checkpoint').at('chat_template'));
  }
  if (files.jinja !== undefined) return files.jinja;
  const own = config.optional('chat_template');
  if (own === undefined) fail('missing-file', 'The checkpoint has no chat template.');
  return text(own);
}

/** The text of the template; or of the one named "default", if the field holds several named templates. */
function text(field: Field): string {
  if (!Array.isArray(field.value)) return field.string();
  const found = field.items().find((item) => item.at('name').string() === 'default');
  return found === undefined ? field.fail('has no template named "default"') : found.at('template').string();
}

function parse(source: string): LimitedTemplate {
  try {
    return new LimitedTemplate(source);
  } catch (cause) {
    fail('bad-checkpoint', 'The chat template does not parse.', cause);
  }
}

/**
 * The template's variables bos_token, eos_token and so on. The config gives each as text, or as an object that holds
 * the text.
 */
function namedTokens(config: Field): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [key, field] of config.members()) {
    if (!key.endsWith('_token') || key.startsWith('add_')) continue;
    const token =
      typeof field.value === 'string' ? field : isRecord(field.value) ? field.optional('content') : undefined;
    if (token !== undefined) tokens[key] = token.string();
  }
  return tokens;
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
