// VP9's codec names carry a level, which decoders are asked with. Chromium's own recordings say level 0, which
// does not exist and which its own decoder refuses.

/** Levels from the smallest on (webmproject.org/vp9/mp4). */
const LEVELS = ['10', '11', '20', '21', '30', '31', '40', '41', '50', '51', '52', '60', '61', '62'];
const NO_LEVEL = /^(vp09\.\d\d\.)00(?=\.)/;

/** The same codec with each of the levels; none where the name has a level, or is of another codec. */
export function withLevels(codec: string): string[] {
  return NO_LEVEL.test(codec) ? LEVELS.map((level) => codec.replace(NO_LEVEL, `$1${level}`)) : [];
}
