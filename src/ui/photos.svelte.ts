// The pictures chosen for the next question. Owns their object URLs.

export interface Photo {
  id: number;
  file: File;
  /** Object URL of the thumbnail. */
  url: string;
}

export class Photos {
  #list = $state.raw<Photo[]>([]);
  #ids = 0;

  get list(): readonly Photo[] {
    return this.#list;
  }

  get files(): File[] {
    return this.#list.map((photo) => photo.file);
  }

  /** Adds what claims to be a picture; the engine has the last word on each. */
  add(files: Iterable<File>): void {
    const pictures = Array.from(files).filter((file) => file.type === '' || file.type.startsWith('image/'));
    const added = pictures.map((file) => ({ id: ++this.#ids, file, url: URL.createObjectURL(file) }));
    this.#list = [...this.#list, ...added];
  }

  remove(id: number): void {
    const photo = this.#list.find((one) => one.id === id);
    if (photo === undefined) return;
    URL.revokeObjectURL(photo.url);
    this.#list = this.#list.filter((one) => one !== photo);
  }
}
