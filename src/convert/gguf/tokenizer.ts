// Makes tokenizer.json and tokenizer_config.json from the vocabulary in a GGUF file. The file has the tokens and the
// merges; the other fields follow from the name of its pre-tokenisation, "qwen2".

import type { Field } from '../../format/json-field.ts';

/** Kinds of tokens, as llama.cpp numbers them. */
const NORMAL = 1;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/**
 * Added tokens that count as ordinary text in the original tokenizer, although GGUF files mark them as control tokens.
 */
const PLAIN = new Set([
  '<|fim_prefix|>',
  '<|fim_middle|>',
  '<|fim_suffix|>',
  '<|fim_pad|>',
  '<|repo_name|>',
  '<|file_sep|>',
]);

/** The pattern with which Qwen2 cuts text into words before byte-pair encoding. */
const WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };

interface Added {
  id: number;
  content: string;
  special: boolean;
}

/** Makes tokenizer.json. `root`: the keys of the language file. */
export function rebuildTokenizer(root: Field): Record<string, unknown> {
  root.at('tokenizer.ggml.model').oneOf(['gpt2']);
  root.at('tokenizer.ggml.pre').oneOf(['qwen2']);
  const { vocabulary, added } = sortTokens(root);
  const merges = root.at('tokenizer.ggml.merges').list((field): [string, string] => {
    const [left, right, ...others] = field.string().split(' ');
    return left !== undefined && right !== undefined && others.length === 0
      ? [left, right]
      : field.fail('must be two parts');
  });
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((token) => ({ ...plain, ...token })),
    normalizer: { type: 'NFC' },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Isolated', invert: false },
        BYTE_LEVEL,
      ],
    },
    post_processor: BYTE_LEVEL,
    decoder: BYTE_LEVEL,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary),
      merges,
    },
  };
}

/** Makes tokenizer_config.json, with the chat template if the file has one. */
export function rebuildTokenizerConfig(root: Field): Record<string, unknown> {
  const tokens = root.at('tokenizer.ggml.tokens').items();
  const text = (key: string): string | undefined => {
    const id = root.optional(`tokenizer.ggml.${key}_token_id`);
    return id && (tokens[id.integer()] ?? id.fail('is the id of no token')).string();
  };
  const end = text('eos') ?? root.at('tokenizer.ggml.eos_token_id').fail('is missing');
  const template = root.optional('tokenizer.chat_template');
  return {
    tokenizer_class: 'Qwen2Tokenizer',
    add_bos_token: false,
    add_prefix_space: false,
    clean_up_tokenization_spaces: false,
    bos_token: null,
    eos_token: end,
    pad_token: text('padding') ?? end,
    unk_token: null,
    ...(template ? { chat_template: template.string() } : {}),
  };
}

/** Returns the tokens of byte-pair encoding, and the added tokens. Leaves out ids that have no token. */
function sortTokens(root: Field): { vocabulary: Map<string, number>; added: Added[] } {
  const tokens = root.at('tokenizer.ggml.tokens').items();
  const kinds = root.at('tokenizer.ggml.token_type').items(tokens.length);
  const vocabulary = new Map<string, number>();
  const added = new Map<string, Added>();
  tokens.forEach((field, id) => {
    const content = field.string();
    const kind = kinds[id]?.value;
    if (kind === UNUSED || content === `[PAD${id}]`) return;
    if (vocabulary.has(content) || added.has(content)) field.fail(`is ${JSON.stringify(content)} again`);
    if (kind === NORMAL) vocabulary.set(content, id);
    else if (kind === CONTROL || kind === USER_DEFINED) {
      added.set(content, { id, content, special: kind === CONTROL && !PLAIN.has(content) });
    } else kinds[id]?.fail(`is ${String(kind)}, which this tokenizer does not have`);
  });
  return { vocabulary, added: [...added.values()] };
}
