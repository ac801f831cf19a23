// The view of a picture: its scale, and the point of the picture that is in the middle of the window.

export interface Size {
  width: number;
  height: number;
}

/** The place of the picture in its window, in CSS pixels. */
export interface Frame extends Size {
  left: number;
  top: number;
}

/** The zoom factor of one press of a zoom button or key. */
export const ZOOM_STEP = 1.5;
const MAX_SCALE = 16;

export class View {
  /** At scale 1, the whole picture just fits into the window. */
  #scale = $state(1);
  /** The point in the middle of the window, as a share of the picture's sides, from 0 to 1. */
  #x = $state(0.5);
  #y = $state(0.5);

  get scale(): number {
    return this.#scale;
  }

  reset(): void {
    this.#scale = 1;
    this.#x = this.#y = 0.5;
  }

  frame(picture: Size, window: Size): Frame {
    const fit = Math.min(window.width / picture.width, window.height / picture.height);
    const width = picture.width * fit * this.#scale;
    const height = picture.height * fit * this.#scale;
    return {
      width,
      height,
      left: window.width / 2 - within(this.#x, width, window.width) * width,
      top: window.height / 2 - within(this.#y, height, window.height) * height,
    };
  }

  /** Makes the picture `factor` times as large. The point of the picture at (x, y) of the window stays there. */
  zoom(factor: number, picture: Size, window: Size, x = window.width / 2, y = window.height / 2): void {
    const before = this.frame(picture, window);
    const scale = Math.min(MAX_SCALE, Math.max(1, this.#scale * factor));
    const grown = scale / this.#scale;
    this.#scale = scale;
    this.#centre(
      {
        left: x - (x - before.left) * grown,
        top: y - (y - before.top) * grown,
        width: before.width * grown,
        height: before.height * grown,
      },
      window,
    );
  }

  /** Moves the picture by (dx, dy) CSS pixels. */
  pan(dx: number, dy: number, picture: Size, window: Size): void {
    const frame = this.frame(picture, window);
    this.#centre({ ...frame, left: frame.left + dx, top: frame.top + dy }, window);
  }

  #centre(frame: Frame, window: Size): void {
    this.#x = within((window.width / 2 - frame.left) / frame.width, frame.width, window.width);
    this.#y = within((window.height / 2 - frame.top) / frame.height, frame.height, window.height);
  }
}

/**
 * Limits the position along one side: a picture that is larger than the window fills it, and a smaller one is centred.
 */
function within(centre: number, length: number, window: number): number {
  if (length <= window) return 0.5;
  const margin = window / 2 / length;
  return Math.min(1 - margin, Math.max(margin, centre));
}
