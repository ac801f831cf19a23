// The checkpoint's own tokenizer. @huggingface/tokenizers turns text into ids; this module turns ids into bytes,
// because a byte-level token may hold part of a character, which only a stream can join.

import { Tokenizer as BytePairEncoder } from '@huggingface/tokenizers';
import { fail } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { runUnlimited, type RunLimited } from './run-limited.ts';
import { escapeRegExp } from './escape-reg-exp.ts';

/** A token outside the byte-pair vocabulary. Special tokens control the model. */
export interface AddedToken {
  content: string;
  special: boolean;
}

/** Text in which `mark` stands inside every piece of text that looks like an added token but is not one. */
export interface MarkedText {
  text: string;
  mark: string;
}

export interface Tokenizer {
  /** One more than the largest id of a token. The embedding's rows from here on are padding. */
  readonly size: number;
  /** The ids of the tokens that tokenizer_config.json names (eos_token, pad_token), by its keys. */
  readonly named: ReadonlyMap<string, number>;
  readonly added: readonly AddedToken[];
  /**
   * Adds no tokens of its own. Added tokens that are written in the text become those tokens, as in the reference. If a
   * mark stands inside such a piece of text, the piece is read as ordinary text, without the mark.
   */
  encode(text: string | MarkedText): number[];
  /**
   * Returns whole characters; an incomplete one becomes U+FFFD. Special tokens are left out unless `keepSpecial` is
   * set.
   */
  decode(ids: Iterable<number>, options?: { keepSpecial?: boolean }): string;
  id(token: string): number | undefined;
  token(id: number): string | undefined;
  /** Whether decoded text leaves the token out. It keeps other added tokens, such as <think>. */
  isSpecial(id: number): boolean;
  /** The UTF-8 bytes of a token; empty for an id that has no token. */
  bytes(id: number): Uint8Array;
}

const NAMED_TOKENS = ['bos_token', 'eos_token', 'pad_token', 'unk_token'];

/** Takes tokenizer.json and tokenizer_config.json, parsed. Fails with 'bad-checkpoint'. */
export function createTokenizer(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  runLimited: RunLimited = runUnlimited,
): Tokenizer {
  const file = new Field(tokenizerJson, 'tokenizer.json: ', 'bad-checkpoint');
  const config = new Field(tokenizerConfig, 'tokenizer_config.json: ', 'bad-checkpoint');
  requireByteLevel(file.at('decoder'));
  const encoder = createEncoder(file, config);
  const added = encoder.get_added_tokens_decoder();
  const size = largestId(file) + 1;

  const named = new Map<string, number>();
  for (const key of NAMED_TOKENS) {
    const field = config.optional(key);
    // The file writes a token as text, or as an object that holds its text.
    const token = field && (typeof field.value === 'string' ? field : field.at('content')).string();
    const id = token === undefined ? undefined : encoder.token_to_id(token);
    if (id !== undefined) named.set(key, id);
  }
  const special = new Set<number>(named.values());
  for (const [id, token] of added) if (token.special) special.add(id);

  const bytes = (id: number): Uint8Array => {
    const token = encoder.id_to_token(id);
    return token === undefined ? new Uint8Array() : tokenBytes(token);
  };
  const encode = (text: string): number[] =>
    text === '' ? [] : encoder.encode(text, { add_special_tokens: false }).ids;
  return {
    size,
    named,
    added: [...added.values()],
    encode: (text) =>
      runLimited(() => (typeof text === 'string' ? encode(text) : encodeMarked(encoder, text, encode))),
    decode(ids, { keepSpecial = false } = {}) {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      let text = '';
      for (const id of ids) {
        if (keepSpecial || !special.has(id)) text += decoder.decode(bytes(id), { stream: true });
      }
      return text + decoder.decode();
    },
    id: (token) => encoder.token_to_id(token),
    token: (id) => encoder.id_to_token(id),
    isSpecial: (id) => special.has(id),
    bytes,
  };
}

function createEncoder(file: Field, config: Field): BytePairEncoder {
  try {
    return new BytePairEncoder(members(file), members(config));
  } catch (cause) {
    fail('bad-checkpoint', 'tokenizer.json cannot be read as a tokenizer.', cause);
  }
}

/**
 * Matches added tokens exactly as they are written: in this model family they strip no white space and are not
 * normalised.
 */
function encodeMarked(
  encoder: BytePairEncoder,
  { text, mark }: MarkedText,
  encode: (text: string) => number[],
): number[] {
  if (!text.includes(mark)) return encode(text);
  const contents = Array.from(encoder.get_added_tokens_decoder().values(), ({ content }) => content);
  contents.sort((a, b) => b.length - a.length);
  const pieces = text.split(new RegExp(`(${contents.map(escapeRegExp).join('|')})`));
  return pieces.flatMap((piece) =>
    piece.includes(mark) ? encodePlain(encoder, piece.replaceAll(mark, '')) : encode(piece),
  );
}

/** Tokenises text in the same way as the encoder tokenises text between two added tokens. */
function encodePlain(encoder: BytePairEncoder, text: string): number[] {
  const { normalizer, pre_tokenizer, model } = encoder;
  const normal = normalizer === null ? text : normalizer(text);
  const words = pre_tokenizer === null ? [normal] : pre_tokenizer(normal);
  const tokens = model === null ? [] : model(words);
  return tokens.map(
    (token) => encoder.token_to_id(token) ?? fail('bug', `The tokenizer gave no id for ${token}.`),
  );
}

function members(field: Field): Record<string, unknown> {
  return Object.fromEntries(field.members().map(([key, member]) => [key, member.value]));
}

function requireByteLevel(decoder: Field): void {
  const type = decoder.at('type').string();
  if (type !== 'ByteLevel') decoder.fail(`is ${type}; only ByteLevel is known`);
}

function largestId(file: Field): number {
  let largest = -1;
  for (const id of file.at('model').at('vocab').integers()) largest = Math.max(largest, id);
  for (const token of file.optional('added_tokens')?.items() ?? []) {
    largest = Math.max(largest, token.at('id').integer());
  }
  return largest;
}

/** The bytes of a token. A byte-level token has one printable character for each byte; an added token is plain text. */
function tokenBytes(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) return new TextEncoder().encode(token);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/**
 * GPT-2's table: printable Latin-1 bytes stand for themselves; the others map, in order, to the characters
 * from U+0100 on.
 */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = byteTable();

function byteTable(): Map<string, number> {
  const table = new Map<string, number>();
  let moved = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    table.set(String.fromCharCode(printable ? byte : moved++), byte);
  }
  return table;
}
