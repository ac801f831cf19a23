// Elements and styles that cause a request merely by being in the document.

const svg = (inside: string): string => `<svg width="9" height="9">${inside}</svg>`;
const styled = (style: string): string => `<p style="${style}">x</p>`;
const hint = (attributes: string) => (url: string) => `<link ${attributes} href="${url}">`;

export const ELEMENT_CHANNELS: readonly [name: string, html: (url: string) => string][] = [
  ['image', (url) => `<img src="${url}">`],
  ['image in srcset', (url) => `<img srcset="${url} 2x" sizes="1px">`],
  ['picture', (url) => `<picture><source srcset="${url}"><img></picture>`],
  ['image in svg', (url) => svg(`<image href="${url}"/>`)],
  ['use in svg', (url) => svg(`<use href="${url}#a"/>`)],
  [
    'image of a filter',
    (url) => svg(`<filter id="f"><feImage href="${url}"/></filter><rect filter="url(#f)"/>`),
  ],
  ['animated address', (url) => svg(`<image><set attributeName="href" to="${url}" begin="0s"/></image>`)],
  ['mask in svg', (url) => svg(`<rect width="9" height="9" mask="url(${url}#m)"/>`)],
  ['fill in svg', (url) => svg(`<rect width="9" height="9" fill="url(${url}#p)"/>`)],
  ['image button', (url) => `<input type="image" src="${url}">`],
  ['background of a table', (url) => `<table background="${url}"><tr><td>x</td></tr></table>`],
  ['handler in markup', (url) => `<img src="data:," onerror="fetch('${url}')">`],
  ['attribution', (url) => `<img attributionsrc="${url}">`],

  ['style attribute', (url) => styled(`background: url(${url})`)],
  ['image set', (url) => styled(`background: image-set('${url}' 1x)`)],
  ['cross-fade', (url) => styled(`background: -webkit-cross-fade(url(${url}), url(${url}), 50%)`)],
  ['variable of a style', (url) => styled(`--leak: url(${url}); background: var(--leak)`)],
  ['mask', (url) => styled(`mask-image: url(${url})`)],
  ['filter', (url) => styled(`filter: url(${url}#f)`)],
  ['clip path', (url) => styled(`clip-path: url(${url}#c)`)],
  ['list marker', (url) => `<ul><li style="list-style-image: url(${url})">x</li></ul>`],
  ['cursor', (url) => styled(`cursor: url(${url}), auto`)],
  ['border image', (url) => styled(`border: 9px solid; border-image: url(${url}) 9`)],
  ['shape', (url) => styled(`float: left; shape-outside: url(${url})`)],
  ['content', (url) => `<style>.leak::before { content: url(${url}) }</style><p class="leak">x</p>`],
  [
    'attribute selector',
    (url) => `<style>[data-leak^="ca"] { background: url(${url}) }</style><p data-leak="canary">x</p>`,
  ],
  ['style sheet', (url) => `<link rel="stylesheet" href="${url}.css">`],
  ['import in a style', (url) => `<style>@import "${url}.css";</style>`],
  [
    'font in a style',
    (url) => `<style>@font-face{font-family:leak;src:url(${url})}</style><p style="font:9px leak">x`,
  ],

  ['video', (url) => `<video src="${url}"></video>`],
  ['source of a video', (url) => `<video><source src="${url}"></video>`],
  ['poster', (url) => `<video poster="${url}"></video>`],
  ['audio', (url) => `<audio src="${url}"></audio>`],
  ['subtitles', (url) => `<video crossorigin><track default kind="captions" src="${url}"></video>`],

  ['object', (url) => `<object data="${url}"></object>`],
  ['object of data', (url) => `<object data="data:text/html,<img src=${url}>"></object>`],
  ['embed', (url) => `<embed src="${url}">`],
  ['frame', (url) => `<iframe src="${url}"></iframe>`],
  ['frame without credentials', (url) => `<iframe credentialless src="${url}"></iframe>`],
  ['frame of script', (url) => `<iframe src="javascript:fetch('${url}')"></iframe>`],
  ['frame of data', (url) => `<iframe src="data:text/html,<img src=${url}>"></iframe>`],
  ['frame by srcdoc', (url) => `<iframe srcdoc="<img src='${url}'>"></iframe>`],
  [
    'sandboxed frame',
    (url) => `<iframe sandbox="allow-scripts" srcdoc="<script>fetch('${url}')</script>"></iframe>`,
  ],
  [
    'form in a frame',
    (url) =>
      `<iframe sandbox="allow-scripts allow-forms" srcdoc="<form action='${url}'></form><script>document.forms[0].submit()</script>"></iframe>`,
  ],
  [
    'refresh in a frame',
    (url) => `<iframe sandbox srcdoc="<meta http-equiv=refresh content='0;url=${url}'>"></iframe>`,
  ],

  ['icon', hint('rel="icon"')],
  ['touch icon', hint('rel="apple-touch-icon"')],
  ['manifest', hint('rel="manifest"')],
  ['dictionary', hint('rel="compression-dictionary"')],
  ['prefetch', hint('rel="prefetch"')],
  ['prerender', hint('rel="prerender"')],
  ['preload', hint('rel="preload" as="image"')],
  ['preload of a script', hint('rel="preload" as="script"')],
  ['preload of a style', hint('rel="preload" as="style"')],
  ['preload of a font', hint('rel="preload" as="font" crossorigin')],
  ['preload of data', hint('rel="preload" as="fetch" crossorigin')],
  ['preload from a set', (url) => `<link rel="preload" as="image" imagesrcset="${url} 1x">`],
  ['module preload', (url) => `<link rel="modulepreload" href="${url}.js">`],
];
