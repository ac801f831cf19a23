// HTML that a model wrote (a design turned into code) as a page that can be looked at and reach nothing:
// markup and styles stay; scripts, forms, frames, and every address but data: go. The frame that shows
// it is sandboxed and has a policy of its own: three walls, each enough. What would take the browser long to read or
// to draw is refused.

import DOMPurify, { type Config } from 'dompurify';
import { markupPolicy } from '../../policy/trusted-types.ts';

/** Made with this module, as the browser knows a policy's name once. */
const MARKUP = markupPolicy();

/** More than a model writes, and little enough to be read in a blink. */
const MAX_CHARACTERS = 50_000;
const MAX_ELEMENTS = 1500;
const MAX_ATTRIBUTES = 5000;
const MAX_DEPTH = 64;
/** One tag can make the parser repeat hundreds of open elements, so the elements are counted after every so many characters. */
const SLICE = 50;

/** For the frame: nothing is loaded from anywhere. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";

const FORBIDDEN_TAGS = [
  'script',
  'iframe',
  'frame',
  'object',
  'embed',
  'form',
  'base',
  'link',
  'meta',
  'audio',
  'video',
  'source',
  'track',
  'template',
  'use',
  'animate',
  'set',
  'image',
  'feImage',
];
const FORBIDDEN_ATTRIBUTES = [
  'srcset',
  'action',
  'formaction',
  'ping',
  'background',
  'poster',
  'manifest',
  'target',
];

/**
 * A document for a frame's `srcdoc`; where the browser has Trusted Types, its own object in place of a string. Null if the
 * page is too large to be shown.
 */
export function harmlessPage(html: string): string | null {
  if (isTooLarge(html)) return null;
  const purify = DOMPurify(window);
  purify.addHook('uponSanitizeAttribute', (_, attribute) => {
    const isAddress = /^(?:href|src|xlink:href)$/i.test(attribute.attrName);
    if (isAddress && !/^\s*data:image\//i.test(attribute.attrValue)) attribute.keepAttr = false;
  });
  const clean = purify.sanitize(html, {
    WHOLE_DOCUMENT: true,
    FORCE_BODY: true,
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
    ADD_TAGS: ['style'],
    // Without one of ours it makes one, of a name of its own.
    TRUSTED_TYPES_POLICY: (MARKUP ?? null) as Config['TRUSTED_TYPES_POLICY'],
  });
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${clean}`;
  return asMarkup(page);
}

/** Markup that is harmless, or of which nothing runs where it is read. */
function asMarkup(markup: string): string {
  return MARKUP === undefined ? markup : (MARKUP.createHTML(markup) as string);
}

function isTooLarge(html: string): boolean {
  if (html.length > MAX_CHARACTERS) return true;
  // Of no window: nothing in it is loaded or runs.
  const read = document.implementation.createHTMLDocument('');
  const elements = read.getElementsByTagName('*');
  read.open();
  for (let at = 0; at < html.length && elements.length <= MAX_ELEMENTS; at += SLICE) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else parses in pieces
    read.write(asMarkup(html.slice(at, at + SLICE)));
    if (depthOfLast(read) > MAX_DEPTH) return true;
  }
  // A browser that writes into no such document reads all at once.
  const all =
    elements.length > 0
      ? elements
      : new DOMParser().parseFromString(asMarkup(html), 'text/html').getElementsByTagName('*');
  if (all.length > MAX_ELEMENTS) return true;
  let attributes = 0;
  for (const element of all) attributes += element.attributes.length;
  return attributes > MAX_ATTRIBUTES;
}

/** How many elements hold the one that was read last: each tag that follows may repeat them all. */
function depthOfLast(read: Document): number {
  let depth = 0;
  for (let last = read.lastElementChild; last; last = last.lastElementChild) depth++;
  return depth;
}
