// Turns HTML that a model wrote (a design turned into code) into a page that the user can look at and that can reach
// nothing. Markup and styles stay; scripts, forms, frames and all URLs are removed, `data:` included. The frame that
// shows the page is sandboxed and has its own policy, so there are three walls, each of which suffices alone. Pages
// that would take the browser long to parse or draw are refused.

import DOMPurify, { type Config } from 'dompurify';
import { markupPolicy } from '../../policy/trusted-types.ts';

/** Created once per module, because the browser accepts each policy name only once. */
const MARKUP = markupPolicy();

/** The limit is longer than the pages that models write, and short enough to parse at once. */
const MAX_CHARACTERS = 50_000;
const MAX_ELEMENTS = 1500;
const MAX_ATTRIBUTES = 5000;
const MAX_DEPTH = 64;
/**
 * The number of characters between two counts of the elements. One tag can make the parser repeat hundreds of open
 * elements.
 */
const SLICE = 50;

/**
 * The policy of the frame: it loads nothing from any address. Not even `data:` is allowed, because an SVG picture can
 * block the page: with a few lines of `<use>`, it draws 10^9 circles, and for minutes the browser draws nothing else.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

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
 * Returns a document for a frame's `srcdoc`; if the browser has Trusted Types, this is a `TrustedHTML` object at run
 * time. Returns null if the page is too large to show.
 */
export function harmlessPage(html: string): string | null {
  if (isTooLarge(html)) return null;
  const purify = DOMPurify(window);
  purify.addHook('uponSanitizeAttribute', (_, attribute) => {
    if (/^(?:href|src|xlink:href)$/i.test(attribute.attrName)) attribute.keepAttr = false;
  });
  const clean = purify.sanitize(html, {
    WHOLE_DOCUMENT: true,
    FORCE_BODY: true,
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
    ADD_TAGS: ['style'],
    // Without a policy, DOMPurify would create one under its own name.
    TRUSTED_TYPES_POLICY: (MARKUP ?? null) as Config['TRUSTED_TYPES_POLICY'],
  });
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${clean}`;
  return asMarkup(page);
}

/**
 * Marks a string as markup for Trusted Types. The string must be sanitised, or be parsed in a document that runs no
 * scripts.
 */
function asMarkup(markup: string): string {
  return MARKUP === undefined ? markup : (MARKUP.createHTML(markup) as string);
}

function isTooLarge(html: string): boolean {
  if (html.length > MAX_CHARACTERS) return true;
  // This document has no window, so nothing in it loads or runs.
  const read = document.implementation.createHTMLDocument('');
  const elements = read.getElementsByTagName('*');
  read.open();
  for (let at = 0; at < html.length && elements.length <= MAX_ELEMENTS; at += SLICE) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else parses in pieces
    read.write(asMarkup(html.slice(at, at + SLICE)));
    if (depthOfLast(read) > MAX_DEPTH) return true;
  }
  // Some browsers cannot write into a document without a window; there, the whole text is parsed at once.
  const all =
    elements.length > 0
      ? elements
      : new DOMParser().parseFromString(asMarkup(html), 'text/html').getElementsByTagName('*');
  if (all.length > MAX_ELEMENTS) return true;
  let attributes = 0;
  for (const element of all) attributes += element.attributes.length;
  return attributes > MAX_ATTRIBUTES;
}

/** The number of elements that enclose the last parsed one: each further tag may repeat all of them. */
function depthOfLast(read: Document): number {
  let depth = 0;
  for (let last = read.lastElementChild; last; last = last.lastElementChild) depth++;
  return depth;
}
