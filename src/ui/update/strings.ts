// Strings that say why the page should be reloaded.

import type { Offer } from './app-update.svelte.ts';

export const en = {
  why: {
    ready: 'A new version of this page is ready. Your conversation goes on in it.',
    replaced:
      'This page was updated in another tab. This tab still runs the previous version; reload it when you like. Your conversation goes on.',
    missing:
      'A part of this page could not be loaded: its site has a newer version by now, or the connection is gone. Reload the page; your conversation and its pictures go on.',
  } satisfies Record<Offer, string>,
  updateNow: 'Update now',
  reload: 'Reload',
  later: 'Later',
  noNetwork:
    'The site does not answer, so the page was not reloaded. Nothing is lost. Try again when there is a connection.',
};

export const zh: typeof en = {
  why: {
    ready: '本页面有新版本。更新后，您的对话会继续。',
    replaced:
      '本页面已在另一个标签页中更新。这个标签页仍在使用之前的版本，您可以随时重新加载。您的对话会继续。',
    missing:
      '本页面的一部分无法加载：网站上已有新版本，或网络已断开。请重新加载页面，您的对话和图片都会继续。',
  },
  updateNow: '立即更新',
  reload: '重新加载',
  later: '稍后',
  noNetwork: '网站没有响应，因此没有重新加载页面。没有丢失任何内容。请在有网络时重试。',
};
