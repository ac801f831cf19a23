// HTML that a model wrote (a design turned into code) as a page that can be looked at and reach nothing:
// markup and styles stay; scripts, forms, frames, and every address but data: go. The frame that shows
// it is sandboxed and has a policy of its own: three walls, each enough.

import DOMPurify from 'dompurify';

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

/** A document for a frame's `srcdoc`. */
export function harmlessPage(html: string): string {
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
  });
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">${clean}`;
}
