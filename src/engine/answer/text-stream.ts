// Token ids → text while it is being written: whole characters only, because byte-level tokens may end
// inside one. The pieces joined are what decoding all ids at once with special tokens skipped gives.

import type { Tokenizer } from '../prompt/tokenizer.ts';

export interface TextStream {
  /** The characters that this token completes; often none. */
  push(id: number): string;
  /** What is left at the end: an unfinished character becomes U+FFFD. */
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
