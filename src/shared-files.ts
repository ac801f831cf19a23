// Pictures that another app on this device shares with this one. The browser posts them to an address of this site. The
// service worker stores them, and the page that opens next takes them out of the cache. No data leaves the device.

/** The address, relative to the page, to which browsers post shared files; the web manifest names it. */
export const SHARE_PATH = 'share';
/** A separate cache, because the caches of the app's files are deleted with their versions. */
const CACHE = 'darkroom-shared';
const NAME = 'X-Name';
const WORDS = 'words';
/** The largest number of files in one share: more than a user shares on purpose. */
const MOST_FILES = 30;

export interface Shared {
  files: File[];
  /** The text that was shared with the files; '' if there was none. */
  words: string;
}

/** Stores the posted files and text until the page takes them. Drops an earlier share that no page took. */
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

/** Returns the shared files in their order, and the text, and deletes both from the cache. */
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
