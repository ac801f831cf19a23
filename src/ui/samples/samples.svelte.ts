// Sample pictures and clips that the host serves beside the page, each with questions that the built-in model can
// answer. If the host has no samples, the page shows no samples bar.

import type { LanguageCode } from '../kit/language.svelte.ts';
import type { MediaItem } from '../media/media-item.ts';
import { parseSamples, samplesUrl, type Sample } from './parse-samples.ts';

export class Samples {
  readonly #listUrl: string;
  #list = $state.raw<readonly Sample[]>([]);
  #chosen = $state.raw<Sample | undefined>();

  /** Makes no request; `start` does. */
  constructor(pageUrl: string) {
    this.#listUrl = samplesUrl(pageUrl);
  }

  get list(): readonly Sample[] {
    return this.#list;
  }

  /** Whether an item is a whole sample picture, judged by its file name. */
  has({ name, part }: Pick<MediaItem, 'name' | 'part'>): boolean {
    return part === null && this.#list.some(({ files }) => files.some((file) => nameOf(file) === name));
  }

  get chosen(): Sample | undefined {
    return this.#chosen;
  }

  /** Fetches the list of samples. On any error, the page works without samples. */
  async start(): Promise<void> {
    try {
      const response = await fetch(this.#listUrl, { credentials: 'omit' });
      if (response.ok) {
        this.#list = parseSamples(await response.json(), this.#listUrl).filter(isReadable);
      }
    } catch (error) {
      console.warn('There are no samples.', error);
    }
  }

  /**
   * Fetches the sample's pictures or its clip, and makes it the chosen sample. Returns an empty list if a file cannot
   * be fetched.
   */
  async choose(sample: Sample): Promise<File[]> {
    const files = await Promise.all(sample.files.map(fetchFile));
    if (files.some((file) => file === undefined)) return [];
    this.#chosen = sample;
    return files.filter((file) => file !== undefined);
  }

  /** Ends the choice: the page no longer suggests the sample's questions. */
  leave(): void {
    this.#chosen = undefined;
  }
}

/**
 * Whether this browser can read all frames of a sample. Sample clips are animated pictures, of which WebKit gives only
 * the first frame.
 */
function isReadable({ clipSeconds, files }: Sample): boolean {
  return clipSeconds === null || !files[0]?.endsWith('.webp') || 'ImageDecoder' in globalThis;
}

export function questionsOf(sample: Sample, code: LanguageCode): string[] {
  return sample.questions.map((question) => question[code]);
}

function nameOf(url: string): string {
  return url.split('/').at(-1) ?? url;
}

async function fetchFile(url: string): Promise<File | undefined> {
  const response = await fetch(url, { credentials: 'omit' }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const blob = await response.blob();
  return new File([blob], nameOf(url), { type: blob.type });
}
