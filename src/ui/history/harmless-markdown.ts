// Makes untrusted Markdown (from a model or a question) harmless, so that it makes no viewer fetch anything. Text,
// lists, tables and code stay; pictures, links and tags become plain text.

/** The invisible word joiner. In the middle of a URL, it keeps viewers from recognising the URL. */
const PARTED = '\u2060';
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Keeps code in fences, but without its language: some viewers would draw (mermaid) or run such code. */
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
  // Close an open fence, because otherwise the following text in the file would become part of the code.
  if (fence !== undefined) lines.push(fence);
  return lines.join('\n');
}

/**
 * Makes pictures, links, URLs and tags in a line harmless. For that, it inserts invisible characters, within code too.
 */
export function harmlessLine(line: string): string {
  return partAddresses(line.replace(/[\r\n]+/g, ' '))
    .replace(/<(?=[a-z/!?])/gi, `<${PARTED}`)
    .replace(/\](?=[([:])/g, `]${PARTED}`);
}

/** Splits bare URLs, because viewers would turn them into links and fetch previews of them. */
function partAddresses(text: string): string {
  return text
    .replace(/([a-z][a-z\d+.-]*:)(\/\/|\\\\)/gi, `$1${PARTED}$2`)
    .replace(/\b(www)(\.)/gi, `$1${PARTED}$2`);
}

function isClosing(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence.charAt(0).repeat(mark.length);
}
