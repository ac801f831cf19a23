// Takes pictures that the user pastes, or drops anywhere on the page.

/** The files on the clipboard; a pasted picture without a file name gets `name`. */
export function pastedFiles(event: ClipboardEvent, name: string): File[] {
  return Array.from(event.clipboardData?.files ?? [], (file) =>
    // Browsers call every pasted picture image.png.
    file.name === 'image.png' ? new File([file], name, { type: file.type }) : file,
  );
}

/** Handles drag and drop on the page: reports whether files are over it, and passes on the dropped files. */
export class PageDrop {
  readonly #onFiles: (files: File[]) => void;
  /** The number of nested elements under the dragged files; each of them fires its own enter and leave event. */
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
    // Without this, the browser would open the file.
    if (hasFiles(event)) event.preventDefault();
  };

  readonly onLeave = (event: DragEvent): void => {
    if (hasFiles(event)) this.#depth = Math.max(0, this.#depth - 1);
  };

  readonly onDrop = (event: DragEvent): void => {
    this.#depth = 0;
    // A dialog has handled this drop.
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    this.#onFiles(Array.from(event.dataTransfer?.files ?? []));
  };
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
