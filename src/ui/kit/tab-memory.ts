// The memory of a single tab, which outlives a reload: sessionStorage. If the browser denies it to the page (blocked
// cookies), the memory ends with the page.

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
