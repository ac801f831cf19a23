// Conversations that a hostile file, or a model that follows instructions in a picture, could put on the page: nested,
// long, and slow to parse in every known way. Each is a saved conversation in the page's export format.

export interface Hostile {
  name: string;
  questions: string[];
  answers: string[];
}

const one = (name: string, answer: string): Hostile => ({
  name,
  questions: ['What is there?'],
  answers: [answer],
});
const many = (piece: string, times: number): string => piece.repeat(times);
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');
const staircase = (depth: number): string => lines(depth, (index) => `${many('  ', index)}- a`);

/** The conversation as a file in the page's own export format. */
export function savedFile({ questions, answers }: Hostile): string {
  const turns = answers.map((answer, index) => ({
    id: `t${index}`,
    question: questions[index] ?? 'And then?',
    photos: [],
    answer,
    thoughtMs: null,
    answerer: { id: 'saved', backend: 'wasm', precision: 'f32', thinks: false },
    options: null,
    ending: { kind: 'stopped', facts: null },
  }));
  return JSON.stringify({ format: 'darkroom-conversation', version: 1, id: 'c', photos: [], turns });
}

export const HOSTILE: Hostile[] = [
  one('2,000 quotes in one another', many('>', 2000)),
  one('2,000 opening brackets', many('[', 2000)),
  one('JSON 2,000 objects deep', many('{"a":', 2000)),
  one('closed JSON 20,000 lists deep', many('[', 20_000) + many(']', 20_000)),
  one('2,000 list markers in a line', many('- ', 2000)),
  one('a staircase of lists', staircase(150)),
  one('39 KB of **_', many('**_', 13_000)),
  one('39 KB of _**a', many('_**a ', 7800)),
  one('39 KB of underscores in words', many('_a_', 13_000)),
  one('100 KB of spaces', `a${many(' ', 100_000)}b`),
  one('20 KB of spaces between a and b, often', many(`a${many(' ', 390)}b\n`, 60)),
  one('50,000 short paragraphs', many('a\n\n', 50_000)),
  one(
    '4,000 link references',
    `${lines(4000, (i) => `[r${i}]: https://example.org/${i}`)}\n\n${many('[r1] ', 4000)}`,
  ),
  one('400 formulas', many('$\\frac{a}{b}$ ', 400)),
  one('400 formulas of 100 commands', many(`$$${many('\\frac{a_1}{b^2}', 25)}$$\n\n`, 400)),
  one('400 large formulas', many(`$$${many('\\frac{a}{', 20)}x${many('}', 20)}$$\n\n`, 400)),
  one('a formula 5,000 braces deep', `$$${many('{', 5000)}x${many('}', 5000)}$$`),
  one('a formula that defines itself', '$$\\def\\a{\\a\\a}\\a$$'),
  one('a formula of nested matrices', `$${many('\\begin{matrix}', 60)}x${many('\\end{matrix}', 60)}$`),
  one('a table of 5,000 rows', `|a|b|c|\n|-|-|-|\n${lines(5000, (i) => `|${i}|x|y|`)}`),
  one(
    'a table of 1,000 columns',
    `${many('|a', 1000)}|\n${many('|-', 1000)}|\n${lines(20, () => `${many('|b', 1000)}|`)}`,
  ),
  one('JSON of 20,000 rows', JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ n: i, w: 'x' })))),
  one(
    'JSON of 3,000 boxes',
    JSON.stringify(Array.from({ length: 3000 }, (_, i) => ({ bbox_2d: [1, 2, 30, 40], label: `${i}` }))),
  ),
  one('JSON that needs repair', `[${many("{'a': 1, 'b': [1, 2,], }, ", 7000)}`),
  one('a megabyte without a blank', many('x', 1_000_000)),
  one('a code block of a megabyte', `\`\`\`js\n${many('let a = 1;\n', 100_000)}\`\`\``),
  one('20,000 fences', many('```\na\n```\n', 20_000)),
  one('20,000 newlines and an open fence', `\`\`\`\n${many('\n', 20_000)}x`),
  one('20,000 comments with places', many('<!-- Image (1, 2, 30, 40) -->\n', 20_000)),
  one('a list of 20,000 entries', many('1. a\n', 20_000)),
  one('links in links', many('[a](', 9000)),
  one('images, tags and backticks that never end', many('![a](<b `c ', 4000)),
  { name: 'a question of a megabyte', questions: [many('word ', 200_000)], answers: ['Yes.'] },
  { name: '5,000 turns', questions: [], answers: Array.from({ length: 5000 }, (_, i) => `Answer **${i}**`) },
  {
    name: '200 turns of 10 KB each',
    questions: [],
    answers: Array.from({ length: 200 }, () => many('Some *words* of `code` and $x^2$.\n\n', 300)),
  },
];
