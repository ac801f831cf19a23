// Pictures that come by the clipboard, or are dropped anywhere on the page.

/** Files on the clipboard; a picture without a name of its own gets `name`. */
export function pastedFiles(event: ClipboardEvent, name: string): File[] {
  return Array.from(event.clipboardData?.files ?? [], (file) =>
    // Browsers call every pasted picture image.png.
    file.name === 'image.png' ? new File([file], name, { type: file.type }) : file,
  );
}

/** Dropping onto the page: whether files are over it, and what was dropped. */
export class PageDrop {
  readonly #onFiles: (files: File[]) => void;
  /** Enter and leave come for every element on the way. */
  #depth = $state(0);

  constructor(onFiles: (files: File[]) => void) {
    this.#onFiles = onFiles;
  }

  get isOver(): boolean {
    return this.#depth > 0;
  }

  readonly onEnter = (event: DragEvent): void => {
    if (hasFiles(event)) this.#depth++;
  };

  readonly onOver = (event: DragEvent): void => {
    // Without this the browser would open the file.
    if (hasFiles(event)) event.preventDefault();
  };

  readonly onLeave = (event: DragEvent): void => {
    if (hasFiles(event)) this.#depth = Math.max(0, this.#depth - 1);
  };

  readonly onDrop = (event: DragEvent): void => {
    this.#depth = 0;
    // A dialog takes its own files.
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    this.#onFiles(Array.from(event.dataTransfer?.files ?? []));
  };
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
