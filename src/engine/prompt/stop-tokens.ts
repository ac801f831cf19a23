// The tokens that end an answer: those of generation_config.json, and the tokenizer's own end token.

import { Field } from '../../format/json-field.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * `generationConfig` is the parsed file, or undefined if the checkpoint has none; its eos_token_id is one id
 * or several. Fails with 'bad-checkpoint'.
 */
export function stopTokens(
  generationConfig: unknown,
  tokenizer: Pick<Tokenizer, 'named'>,
): ReadonlySet<number> {
  const config = new Field(generationConfig ?? {}, 'generation_config.json: ', 'bad-checkpoint');
  const eos = config.optional('eos_token_id');
  const stops = new Set<number>();
  if (eos !== undefined) {
    for (const id of Array.isArray(eos.value) ? eos.items() : [eos]) stops.add(id.integer());
  }
  const own = tokenizer.named.get('eos_token');
  if (own !== undefined) stops.add(own);
  return stops;
}
