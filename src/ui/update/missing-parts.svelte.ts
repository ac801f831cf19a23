// Whether a part of the app could not be fetched when it was wanted: a site that has a newer version by now has no
// file of this page's any more.

export class MissingParts {
  #areMissing = $state(false);

  constructor() {
    // A part that the page itself imports; workers' parts are told by their clients.
    window.addEventListener('vite:preloadError', () => this.note());
  }

  get areMissing(): boolean {
    return this.#areMissing;
  }

  note(): void {
    this.#areMissing = true;
  }
}
