// Cuts a checkpoint file into the pieces in which it is fetched. A piece never spans two large tensors; small
// neighbours share one piece. The cut depends only on the header, so that a later visit finds the same pieces.

import type { HeaderEntry } from '../../format/safetensors.ts';

export const PIECE_BYTES = 8 * 1024 * 1024;

/** Bytes `start` to `end` of a file. */
export interface Piece {
  start: number;
  end: number;
}

/** `tensors` are in the form that parseHeader returns: in order, without gaps. So are the returned pieces. */
export function cutIntoPieces(tensors: readonly HeaderEntry[], pieceBytes = PIECE_BYTES): Piece[] {
  const pieces: Piece[] = [];
  let open: Piece | undefined;
  for (const { start, end } of tensors) {
    if (open && end - open.start <= pieceBytes) {
      open.end = end;
      continue;
    }
    open = undefined;
    for (let at = start; at < end; at += pieceBytes) {
      const piece = { start: at, end: Math.min(end, at + pieceBytes) };
      pieces.push(piece);
      if (end - start <= pieceBytes) open = piece;
    }
  }
  return pieces;
}

/** The tensors of a file of `fileBytes`, each with the padding that follows it. */
export function withPadding(tensors: readonly HeaderEntry[], fileBytes: number): HeaderEntry[] {
  return tensors.map((tensor, index) => ({ ...tensor, end: tensors[index + 1]?.start ?? fileBytes }));
}

/** The padding after each tensor, if there is any: GGUF files align tensors, safetensors files do not. */
export function gapsBetween(tensors: readonly HeaderEntry[], fileBytes: number): Piece[] {
  const ends = withPadding(tensors, fileBytes);
  return tensors.flatMap(({ end: start }, index) => {
    const end = ends[index]?.end ?? start;
    return end > start ? [{ start, end }] : [];
  });
}

/** Index of the piece that holds byte `at`; −1 if there is none. */
export function indexAt(pieces: readonly Piece[], at: number): number {
  let [low, high] = [0, pieces.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle]!;
    if (at < piece.start) high = middle - 1;
    else if (at >= piece.end) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** The bytes of a piece that have been used so far; a byte may be used more than once. */
export class Coverage {
  #ranges: Piece[] = [];

  add({ start, end }: Piece): void {
    const apart = this.#ranges.filter((range) => range.end < start || range.start > end);
    const touching = this.#ranges.filter((range) => range.end >= start && range.start <= end);
    const joined = {
      start: Math.min(start, ...touching.map((range) => range.start)),
      end: Math.max(end, ...touching.map((range) => range.end)),
    };
    this.#ranges = [...apart, joined];
  }

  covers({ start, end }: Piece): boolean {
    return this.#ranges.some((range) => range.start <= start && range.end >= end);
  }
}
