// What this tab alone remembers, over a reload too: sessionStorage, where the browser lets a page have it. Where it
// does not (blocked cookies), the memory ends with the page.

export type TabMemory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function tabMemory(): TabMemory {
  try {
    return sessionStorage;
  } catch {
    const items = new Map<string, string>();
    return {
      getItem: (name) => items.get(name) ?? null,
      setItem: (name, value) => void items.set(name, value),
      removeItem: (name) => void items.delete(name),
    };
  }
}
