// Which GGUF files of a repository make up a checkpoint. A publisher's repository holds one model in several types, and
// its vision encoder, in files named mmproj, in some.

import { splitFiles } from './gguf-among.ts';

/** Language files, best choice first: halves the download without a loss that matters, a third, all else. */
const TYPES = ['Q8_0', 'Q4_K_M', 'Q4_0', 'F16', 'BF16'];
/** Vision encoders: an eighth of the language model, so the type with less loss is preferred if the other is missing. */
const VISION_TYPES = ['Q8_0', 'F16', 'BF16', 'F32'];

/**
 * The language file, with all its parts, and the vision encoder. `wanted`: a file that a person chose; its counterpart is
 * found. Returns what there is: the converter reports a missing file.
 */
export function chooseGguf(names: readonly string[], wanted?: string): string[] {
  const all = names.filter((name) => name.endsWith('.gguf')).sort();
  const visions = all.filter(isVision);
  const languages = all.filter((name) => !isVision(name) && !/imatrix/i.test(name));
  const isWantedVision = wanted !== undefined && isVision(wanted);
  const language = isWantedVision || wanted === undefined ? best(languages, TYPES) : wanted;
  const vision = isWantedVision ? wanted : best(visions, VISION_TYPES);
  return [...(language === undefined ? [] : splitFiles(language)), ...(vision === undefined ? [] : [vision])];
}

function isVision(name: string): boolean {
  return /mmproj/i.test(name);
}

function best(names: readonly string[], types: readonly string[]): string | undefined {
  const of = (type: string) => names.find((name) => new RegExp(`(^|[-._])${type}([-._]|$)`, 'i').test(name));
  return types.map(of).find((name) => name !== undefined) ?? names[0];
}
