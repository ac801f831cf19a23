// Finds out whether a GIF moves, for browsers that have no decoder for animations: counts its pictures, without
// unpacking them. Source: https://www.w3.org/Graphics/GIF/spec-gif89a.txt

const EXTENSION = 0x21;
const PICTURE = 0x2c;
const HAS_COLOURS = 0x80;

/** Counts up to `enough` pictures. If the file was cut off, counts the pictures before the cut. */
export function countGifFrames(bytes: Uint8Array, enough: number): number {
  // The header (6 bytes) and the logical screen descriptor (7), whose fifth byte describes the colour table after it.
  let at = 13 + colourBytes(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length && frames < enough) {
    const block = bytes[at];
    if (block === EXTENSION) {
      at = afterChain(bytes, at + 2);
    } else if (block === PICTURE) {
      frames++;
      // Place and size (8 bytes), flags, colours, and the code size of the picture data.
      at = afterChain(bytes, at + 10 + colourBytes(bytes[at + 9] ?? 0) + 1);
    } else break;
  }
  return frames;
}

function colourBytes(flags: number): number {
  return (flags & HAS_COLOURS) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** Skips sub-blocks. Each begins with its length, and one of length 0 is the last. */
function afterChain(bytes: Uint8Array, at: number): number {
  let next = at;
  for (let length = bytes[next]; length !== undefined && length > 0; length = bytes[next]) next += length + 1;
  return next + 1;
}
