// VP9 codec names contain a level, which browsers use to answer whether they can decode the video. Recordings made by
// Chromium have level 0, which does not exist and which Chromium's own decoder refuses.

/** All levels, ascending (webmproject.org/vp9/mp4). */
const LEVELS = ['10', '11', '20', '21', '30', '31', '40', '41', '50', '51', '52', '60', '61', '62'];
const NO_LEVEL = /^(vp09\.\d\d\.)00(?=\.)/;

/** The same codec with each of the levels; an empty list if the name has a level or names another codec. */
export function withLevels(codec: string): string[] {
  return NO_LEVEL.test(codec) ? LEVELS.map((level) => codec.replace(NO_LEVEL, `$1${level}`)) : [];
}
