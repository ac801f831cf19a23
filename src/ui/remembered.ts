// Small choices that outlive the page: the language, the model. A browser that keeps nothing (private
// windows, blocked storage) is no failure: the choice then lasts as long as the page.

export interface Remembered {
  get(name: string): string | null;
  /** null forgets it. */
  set(name: string, value: string | null): void;
}

/** In localStorage, under the app's prefix. */
export class LocalRemembered implements Remembered {
  /** What storage would not take. */
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
      // Other tabs may change it from here on.
      this.#now.delete(name);
    } catch {
      this.#now.set(name, value);
    }
  }
}
