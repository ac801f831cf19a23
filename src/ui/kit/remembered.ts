// Remembers small choices beyond the life of the page, such as the language and the model. If the browser stores
// nothing (private windows, blocked storage), a choice lasts as long as the page.

export interface Remembered {
  get(name: string): string | null;
  /** Stores a value; null removes it. */
  set(name: string, value: string | null): void;
}

/** Keeps the choices in localStorage, under the app's prefix. */
export class LocalRemembered implements Remembered {
  /** The values that localStorage refused. */
  readonly #now = new Map<string, string | null>();

  get(name: string): string | null {
    const held = this.#now.get(name);
    if (held !== undefined) return held;
    try {
      return localStorage.getItem(`darkroom.${name}`);
    } catch {
      return null;
    }
  }

  set(name: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`darkroom.${name}`);
      else localStorage.setItem(`darkroom.${name}`, value);
      // From now on, localStorage is read again, so that changes by other tabs have an effect.
      this.#now.delete(name);
    } catch {
      this.#now.set(name, value);
    }
  }
}
