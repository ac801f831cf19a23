// Exposes exactly a worker's API. Comlink alone would also let a caller read, write and construct every property that
// it can reach, including the Function constructor, which turns text into code. This module lets only calls of the
// API's own functions through.

import * as Comlink from 'comlink';

/** More arguments than any function of an API takes. */
const MOST_ARGUMENTS = 8;

export function exposeOnly(api: object): void {
  const names = new Set(Object.keys(api));
  const filters = new Map<EventListenerOrEventListenerObject, (event: Event) => void>();
  Comlink.expose(api, {
    postMessage: (message: unknown, transfer?: Transferable[]) => self.postMessage(message, transfer ?? []),
    addEventListener: (type, listener) => {
      const filter = (event: Event): void => {
        const data: unknown = event instanceof MessageEvent ? event.data : undefined;
        if (!isCall(data, names)) refuse(data);
        else if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      };
      filters.set(listener, filter);
      self.addEventListener(type, filter);
    },
    removeEventListener: (type, listener) => {
      const filter = filters.get(listener);
      if (filter !== undefined) self.removeEventListener(type, filter);
    },
  });
}

export function isCall(data: unknown, names: ReadonlySet<string>): boolean {
  if (typeof data !== 'object' || data === null || !('type' in data)) return false;
  const { type, path, argumentList } = data as { type: unknown; path?: unknown; argumentList?: unknown };
  if (!Array.isArray(path)) return false;
  if (type === 'RELEASE') return path.length === 0;
  const [name] = path as unknown[];
  return (
    type === 'APPLY' &&
    path.length === 1 &&
    typeof name === 'string' &&
    names.has(name) &&
    Array.isArray(argumentList) &&
    argumentList.length <= MOST_ARGUMENTS
  );
}

/** Answers a refused message with an error, so that the caller does not wait for ever. */
function refuse(data: unknown): void {
  if (typeof data !== 'object' || data === null || !('id' in data) || typeof data.id !== 'string') return;
  const value = { isError: true, value: { name: 'Error', message: 'This worker has no such call.' } };
  self.postMessage({ id: data.id, type: 'HANDLER', name: 'throw', value });
}
