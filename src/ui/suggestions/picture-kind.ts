// Guesses the kind of a picture from its name, its size and simple measures of its pixels, without a model, so that
// the page can suggest fitting questions. An even picture of few colours counts as a drawing, unless it looks like a
// screen, a document or a chart; every other picture counts as a photo.

export const KINDS = ['photo', 'drawing', 'document', 'chart', 'screen'] as const;
export type PictureKind = (typeof KINDS)[number];

export interface PictureFacts {
  /** The file's name and media type. */
  name: string;
  type: string;
  /** In pixels, upright. */
  width: number;
  height: number;
}

export interface Pixels {
  /** RGBA, row by row. */
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
}

export interface Measures {
  /** The share of pixels that hardly differ from their right and lower neighbours; high in drawings, low in photos. */
  flat: number;
  /**
   * The share of pixels that have the most frequent colour; `groundLight` is the lightness of that colour, from 0 to
   * 255.
   */
  ground: number;
  groundLight: number;
  /** The share of pixels with a strong colour. */
  colourful: number;
  /** The share of pixels whose right or lower neighbour differs sharply, as in letters and lines. */
  edges: number;
}

const NAMES: [PictureKind, RegExp][] = [
  ['screen', /screen ?shot|screencap|bildschirmfoto|capture d|captura|截图|截屏|屏幕/i],
  ['document', /\bscan|receipt|invoice|document|\bletter\b|扫描|发票|收据|文档|合同/i],
  ['chart', /chart|graph\b|diagram|\bplot\b|图表|统计图/i],
];
/** The ratios of the long side to the short side of common screens (4:3, 3:2, 16:10, 16:9) and of phones. */
const SCREENS = [4 / 3, 3 / 2, 1.6, 16 / 9, 2.0556, 19.5 / 9, 20 / 9, 2.1111];
const SCREEN_TOLERANCE = 0.006;
const SMALLEST_SCREEN = 640;

export function pictureKind(facts: PictureFacts, pixels: Pixels | null): PictureKind {
  const named = NAMES.find(([, pattern]) => pattern.test(facts.name));
  if (named !== undefined) return named[0];
  if (pixels === null) return 'photo';
  const { flat, ground, groundLight, colourful, edges } = measure(pixels);
  if (flat < 0.45 || ground < 0.25) return 'photo';
  if (isScreenSized(facts)) return 'screen';
  if (groundLight > 160 && colourful < 0.02 && edges > 0.02) return 'document';
  // A chart has bars, lines or slices on an even ground, with labels.
  if (colourful >= 0.02 && colourful < 0.6 && edges > 0.008 && ground > 0.35) return 'chart';
  return 'drawing';
}

export function measure({ data, width, height }: Pixels): Measures {
  const counts = new Uint32Array(4096);
  let [flat, colourful, edges, inner] = [0, 0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
      const bin = ((r >> 4) << 8) | ((g >> 4) << 4) | (b >> 4);
      counts[bin] = (counts[bin] ?? 0) + 1;
      if (Math.max(r, g, b) - Math.min(r, g, b) > 70) colourful++;
      if (x === width - 1 || y === height - 1) continue;
      inner++;
      const right = difference(data, at, at + 4);
      const below = difference(data, at, at + width * 4);
      if (right < 18 && below < 18) flat++;
      if (right > 150 || below > 150) edges++;
    }
  }
  let commonest = 0;
  for (let bin = 1; bin < counts.length; bin++) if (counts[bin]! > counts[commonest]!) commonest = bin;
  const levels = [commonest >> 8, (commonest >> 4) & 15, commonest & 15];
  return {
    flat: flat / Math.max(1, inner),
    ground: counts[commonest]! / Math.max(1, width * height),
    groundLight: ((levels[0]! + levels[1]! + levels[2]!) / 3) * 17,
    colourful: colourful / Math.max(1, width * height),
    edges: edges / Math.max(1, inner),
  };
}

function difference(data: Uint8ClampedArray | Uint8Array, a: number, b: number): number {
  return (
    Math.abs(data[a]! - data[b]!) +
    Math.abs(data[a + 1]! - data[b + 1]!) +
    Math.abs(data[a + 2]! - data[b + 2]!)
  );
}

/** Whether the picture is a PNG file with the proportions of a screen, as screenshots are. */
function isScreenSized({ type, width, height }: PictureFacts): boolean {
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (type !== 'image/png' || short < SMALLEST_SCREEN) return false;
  return SCREENS.some((shape) => Math.abs(long / short / shape - 1) < SCREEN_TOLERANCE);
}
