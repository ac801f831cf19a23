// Finds the GGUF files of a checkpoint among other files, by their names.

const SAFETENSORS = ['model.safetensors', 'model.safetensors.index.json'];

/** Returns all GGUF files; an empty list if a checkpoint of safetensors files lies beside them. */
export function ggufAmong(names: readonly string[]): string[] {
  if (SAFETENSORS.some((name) => names.includes(name))) return [];
  return names.filter((name) => name.endsWith('.gguf')).sort();
}

/** The name of a split file, such as `x-00001-of-00002.gguf`: prefix, number and count. */
export const SPLIT_NAME = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/** Returns all files of the split model to which `name` belongs, in order; only `name` if it is not split. */
export function splitFiles(name: string): string[] {
  const [, prefix = '', , count = ''] = SPLIT_NAME.exec(name) ?? [];
  // No published model has more than a few dozen files.
  const length = Math.min(Number(count), 1000);
  if (length === 0) return [name];
  const number = (index: number): string => String(index + 1).padStart(5, '0');
  return Array.from({ length }, (_, index) => `${prefix}-${number(index)}-of-${count}.gguf`);
}
