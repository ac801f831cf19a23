// HTML pages that a model may write, or be made to write, and whose preview would take the browser long to parse, to
// sanitise or to draw.

export interface HostilePage {
  name: string;
  html: string;
  /** Whether the app shows a preview of the page. If not, it shows the source. */
  isShown: boolean;
}

const many = (count: number, piece: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join('');
const drawing = (inside: string): string =>
  `data:image/svg+xml;base64,${Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">${inside}</svg>`).toString('base64')}`;
/** Each group draws the previous group ten times. */
const useOfUse = `<defs><g id="a0"><circle r="9"/></g>${many(
  9,
  (i) => `<g id="a${i + 1}">${many(10, (x) => `<use href="#a${i}" x="${x}"/>`)}</g>`,
)}</defs><use href="#a9"/>`;

const ALL: HostilePage[] = [
  { name: 'a plain page', html: '<h1>Hello</h1><p style="color: red">there', isShown: true },
  { name: '60 KB of text', html: `<p>${'word '.repeat(12_000)}`, isShown: false },
  { name: '5,000 elements in 45 KB', html: '<i>x</i>\n'.repeat(5000), isShown: false },
  { name: '16,000 elements in one another', html: '<p>'.repeat(16_000), isShown: false },
  {
    name: '300 letters in force over 300 lines',
    html: '<p>' + many(300, (i) => `<b a${i}>`) + '<p>x'.repeat(300),
    isShown: false,
  },
  {
    name: '1,200 letters in force over 9,000 lines',
    html: '<p>' + many(1200, (i) => `<b a${i}>`) + '<p>x'.repeat(9000),
    isShown: false,
  },
  {
    name: '10,000 attributes',
    html: `<p ${many(10_000, (i) => `a${i}`)
      .replaceAll('a', ' a')
      .slice(0, 49_000)}>x`,
    isShown: false,
  },
  {
    name: 'tables in tables',
    html: '<table><tr><td>'.repeat(300) + 'x',
    isShown: false,
  },
  {
    name: '2,000 rules for 1,000 elements',
    html: `<style>${many(1000, (i) => `p:has(b) ~ p > b:nth-child(${i}n) { color: red }`).slice(0, 30_000)}</style>${'<p><b>x</b></p>'.repeat(450)}`,
    isShown: true,
  },
  {
    name: 'a style that doubles itself',
    html: `<style>p { --a0: aaaaaaaaaa; ${many(40, (i) => `--a${i + 1}: var(--a${i}) var(--a${i});`)} content: var(--a40) }</style><p>x`,
    isShown: true,
  },
  { name: 'a picture of use of use', html: `<img src="${drawing(useOfUse)}">`, isShown: true },
  {
    name: 'a style with a picture of use of use',
    html: `<p style="width: 99px; height: 99px; background: url('${drawing(useOfUse)}')">x`,
    isShown: true,
  },
  {
    name: 'such a picture written in escapes',
    html: `<style>p { background: url("\\64 ${drawing(useOfUse).slice(1)}") }</style><p>x`,
    isShown: true,
  },
];

/** Pages with a preview come first, because without the limits the others would block the browser. */
export const PAGES = [...ALL.filter(({ isShown }) => isShown), ...ALL.filter(({ isShown }) => !isShown)];
