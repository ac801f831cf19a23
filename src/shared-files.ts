// Pictures that another app of the device shares with this one. The browser posts them to an address of this site; the
// service worker puts them here, and the page that it opens then takes them, once. Nothing is sent anywhere.

/** Where the web manifest lets files be posted, relative to the page. */
export const SHARE_PATH = 'share';
/** A cache of its own: those of the app's files come and go with its versions. */
const CACHE = 'darkroom-shared';
const NAME = 'X-Name';
const WORDS = 'words';
/** More than a person shares on purpose. */
const MOST_FILES = 30;

export interface Shared {
  files: File[];
  /** What was shared beside them; '' if nothing was. */
  words: string;
}

/** Keeps what was posted until the page takes it; what nobody took before is dropped. */
export async function putShared(form: FormData): Promise<void> {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  const files = form.getAll('files').filter((value) => value instanceof File);
  for (const [index, file] of files.slice(0, MOST_FILES).entries()) {
    const headers = { 'Content-Type': file.type, [NAME]: encodeURIComponent(file.name) };
    await cache.put(`file-${index}`, new Response(file, { headers }));
  }
  const words = ['title', 'text'].map((key) => form.get(key)).filter((value) => typeof value === 'string');
  await cache.put(WORDS, new Response(words.filter((value) => value !== '').join('\n')));
}

/** Takes what was shared, in its order; it is gone then. */
export async function takeShared(): Promise<Shared> {
  const shared: Shared = { files: [], words: '' };
  if (!('caches' in globalThis) || !(await caches.has(CACHE))) return shared;
  const cache = await caches.open(CACHE);
  for (let index = 0; index < MOST_FILES; index++) {
    const response = await cache.match(`file-${index}`);
    if (response === undefined) break;
    const name = decodeURIComponent(response.headers.get(NAME) ?? '');
    const type = response.headers.get('Content-Type') ?? '';
    shared.files.push(new File([await response.blob()], name, { type }));
  }
  shared.words = (await (await cache.match(WORDS))?.text()) ?? '';
  await caches.delete(CACHE);
  return shared;
}
