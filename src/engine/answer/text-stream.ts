// Token ids → text during an answer: whole characters only, because a byte-level token may end inside one.
// The joined pieces equal the text of all ids decoded at once without special tokens.

import type { Tokenizer } from '../prompt/tokenizer.ts';

export interface TextStream {
  /** Returns the characters that this token completes; often none. */
  push(id: number): string;
  /** Returns the rest at the end: an unfinished character becomes U+FFFD. */
  flush(): string;
}

export function createTextStream(tokenizer: Pick<Tokenizer, 'bytes' | 'isSpecial'>): TextStream {
  // A byte order mark is text like any other here.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (id) => (tokenizer.isSpecial(id) ? '' : decoder.decode(tokenizer.bytes(id), { stream: true })),
    flush: () => decoder.decode(),
  };
}
