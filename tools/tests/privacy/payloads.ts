// Texts that a picture could make a model write: Markdown and HTML that try, in as many ways as possible, to cause a
// request, to run a script or to change the page. `url` returns an address at the sink; a payload that runs sets
// `window.ran`.

const RUN = 'window.ran=1;window.top.ran=1';

/** Returns at least forty texts, each of them one answer. */
export function payloads(url: (name: string) => string): string[] {
  const to = (name: string): string => url(name);
  const html = [
    `<img src="${to('img')}">`,
    `<img srcset="${to('srcset')} 1x">`,
    `<img src=x onerror="${RUN}">`,
    `<picture><source srcset="${to('source')}"><img></picture>`,
    `<script>${RUN};fetch('${to('script')}')</script>`,
    `<script src="${to('script-src')}"></script>`,
    `<script type="speculationrules">{"prefetch":[{"urls":["${to('speculation')}"]}]}</script>`,
    `<iframe src="${to('iframe')}"></iframe>`,
    `<iframe srcdoc="<img src='${to('srcdoc')}'><script>parent.ran=1</script>"></iframe>`,
    `<object data="${to('object')}"></object>`,
    `<embed src="${to('embed')}">`,
    `<video src="${to('video')}" autoplay></video>`,
    `<video poster="${to('poster')}"></video>`,
    `<audio src="${to('audio')}" autoplay></audio>`,
    `<link rel="stylesheet" href="${to('stylesheet')}">`,
    `<link rel="prefetch" href="${to('prefetch')}">`,
    `<link rel="preconnect" href="${to('preconnect')}">`,
    `<style>@import "${to('import')}"; body { background: url(${to('style')}) }</style>`,
    `<p style="background:url(${to('style-attribute')})">styled</p>`,
    `<div style="position:fixed;inset:0;z-index:99">overlay</div>`,
    `<svg><image href="${to('svg-image')}"/></svg>`,
    `<svg onload="${RUN}"></svg>`,
    `<svg><use href="${to('svg-use')}#a"/></svg>`,
    `<math><mtext><img src="${to('math')}"></mtext></math>`,
    `<meta http-equiv="refresh" content="0;url=${to('refresh')}">`,
    `<base href="${to('base')}/"><img src="relative">`,
    `<form action="${to('form')}"><button>Send</button></form><script>document.forms[0].submit()</script>`,
    `<input type="image" src="${to('input')}">`,
    `<input autofocus onfocus="${RUN}">`,
    `<details open ontoggle="${RUN}"><summary>x</summary></details>`,
    `<body background="${to('body')}" onload="${RUN}">`,
    `<table background="${to('table')}"><tr><td>x</td></tr></table>`,
    `<a href="javascript:${RUN}">click</a>`,
    `<a href="${to('ping-target')}" ping="${to('ping')}">ping</a>`,
    `<template><img src="${to('template')}"></template>`,
    `<noscript><p title="</noscript><img src=x onerror=${RUN}>"></noscript>`,
  ];
  const markdown = [
    `![picture](${to('md-image')})`,
    `![picture][ref]\n\n[ref]: ${to('md-reference')}`,
    `[![nested](${to('md-nested')})](${to('md-nested-link')})`,
    `[run](javascript:${RUN})`,
    `[run](JaVaScRiPt&colon;${RUN})`,
    `[run](data:text/html,<script>${RUN}</script>)`,
    `<${to('md-autolink')}>`,
    to('md-bare-link'),
    `| a |\n|---|\n| ![x](${to('md-table')}) |`,
    `$$\\href{${to('tex-href')}}{x} \\includegraphics{${to('tex-graphics')}} \\htmlStyle{background:url(${to('tex-style')})}{y}$$`,
    `$\\url{javascript:${RUN}}$`,
    `\`\`\`html\n<img src="${to('preview-img')}"><script>${RUN};fetch('${to('preview-fetch')}')</script><meta http-equiv="refresh" content="0;url=${to('preview-refresh')}"><link rel="stylesheet" href="${to('preview-css')}">\n\`\`\``,
    `\`\`\`svg\n<svg xmlns="http://www.w3.org/2000/svg"><image href="${to('fenced-svg')}"/><script>${RUN}</script></svg>\n\`\`\``,
    `\`\`\`json\n[{"label":"<img src='${to('json-label')}' onerror='${RUN}'>","bbox_2d":[1,2,3,4]}]\n\`\`\``,
    `{"settings": {"model": "${to('json-settings')}"}, "__proto__": {"polluted": true}}`,
  ];
  return [...html, ...markdown];
}
