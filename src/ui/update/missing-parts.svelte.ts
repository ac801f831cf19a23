// Records whether a file of the app could not be fetched when the page needed it. This happens after a newer version
// was deployed: the site then no longer has the files of this page's version.

export class MissingParts {
  #areMissing = $state(false);

  constructor() {
    // Vite reports the page's own imports; the workers' clients report the files of the workers.
    window.addEventListener('vite:preloadError', () => this.note());
  }

  get areMissing(): boolean {
    return this.#areMissing;
  }

  note(): void {
    this.#areMissing = true;
  }
}
