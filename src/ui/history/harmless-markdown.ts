// Markdown of a model, or of whoever wrote a question, for viewers that this page does not know: none of them may fetch
// anything for it. Words, lists, tables and code stay; pictures, links and tags are shown as they are written.

/** A zero-width joiner of words: it parts what would be an address, and is not seen. */
const PARTED = '\u2060';
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Code in fences stays, but for its language: some viewers draw what it describes (mermaid), or run it. */
export function harmlessMarkdown(text: string): string {
  let fence: string | undefined;
  const lines = text.split(/\r\n|[\n\r]/).map((line) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark === undefined || !isClosing(line, fence)) return partAddresses(line);
      fence = undefined;
      return line.trim();
    }
    if (mark !== undefined) {
      fence = mark;
      return mark;
    }
    return harmlessLine(line);
  });
  // One that is never closed would take in what follows, and be open in a viewer that reads it otherwise.
  if (fence !== undefined) lines.push(fence);
  return lines.join('\n');
}

/** Nothing in it is a picture, a link, the address of one, or a tag. What parts them is not seen, in code neither. */
export function harmlessLine(line: string): string {
  return partAddresses(line.replace(/[\r\n]+/g, ' '))
    .replace(/<(?=[a-z/!?])/gi, `<${PARTED}`)
    .replace(/\](?=[([:])/g, `]${PARTED}`);
}

/** Viewers make links, and cards of them that they fetch, of bare addresses. */
function partAddresses(text: string): string {
  return text
    .replace(/([a-z][a-z\d+.-]*:)(\/\/|\\\\)/gi, `$1${PARTED}$2`)
    .replace(/\b(www)(\.)/gi, `$1${PARTED}$2`);
}

function isClosing(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence.charAt(0).repeat(mark.length);
}
