// Detects an answer that repeats itself endlessly. Models of this family do so when they read long texts, and never
// stop by themselves. The guard ends the answer instead of making repeated tokens less likely, because tables repeat a
// lot for good reason, and such a penalty would destroy them.

/** The longest period that is searched for: a long paragraph. */
const MAX_PERIOD_TOKENS = 512;

interface Enough {
  periods: number;
  tokens: number;
}

/** The limits for sentences, which are seldom meant to be repeated. */
const OF_SENTENCES: Enough = { periods: 6, tokens: 192 };
/**
 * The limits for other characters. Zeros, dots, boxes and the rows of tables repeat for good reason: the guard does
 * not end a list of 512 zeros, in Qwen's tokens.
 */
const OF_MARKS: Enough = { periods: 48, tokens: 1536 };

/** Words between white space; in scripts without spaces between words, two letters count as one word. */
const WORD =
  /(?<=^|\s)\S*\p{L}\S*|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{2}/gu;
const SENTENCE_WORDS = 4;
/** Characters of tables, lists of boxes, JSON and HTML. */
const MARKUP = /[|\t{}[\]<>]/;

export class RepetitionGuard {
  readonly #textOf: (ids: readonly number[]) => string;
  readonly #ids: number[] = [];
  /** By period: the number of latest tokens each of which equals the token one period before it. */
  readonly #alike = new Int32Array(MAX_PERIOD_TOKENS + 1);

  constructor(textOf: (ids: readonly number[]) => string) {
    this.#textOf = textOf;
  }

  /** Takes the next token of the answer; returns true if the answer now only repeats itself. */
  isEndless(id: number): boolean {
    const ids = this.#ids;
    const at = ids.push(id) - 1;
    const longest = Math.min(MAX_PERIOD_TOKENS, at);
    let shortest = 0;
    for (let period = longest; period >= 1; period--) {
      const alike = ids[at - period] === id ? this.#alike[period]! + 1 : 0;
      this.#alike[period] = alike;
      if (isEnough(alike + period, period, OF_SENTENCES)) shortest = period;
    }
    if (shortest === 0) return false;
    if (isSentence(this.#textOf(ids.slice(-shortest)))) return true;
    return isEnough(this.#alike[shortest]! + shortest, shortest, OF_MARKS);
  }
}

function isEnough(tokens: number, period: number, enough: Enough): boolean {
  return tokens >= enough.tokens && tokens >= enough.periods * period;
}

function isSentence(text: string): boolean {
  return !MARKUP.test(text) && (text.match(WORD)?.length ?? 0) >= SENTENCE_WORDS;
}
