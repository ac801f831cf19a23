// Sample pictures and clips that are served beside the page, each with questions that the built-in model answers.
// A host without samples has no samples bar.

import type { LanguageCode } from '../language.svelte.ts';
import type { Photo } from '../photos/photo.ts';
import { parseSamples, samplesUrl, type Sample } from './parse-samples.ts';

export class Samples {
  readonly #listUrl: string;
  #list = $state.raw<readonly Sample[]>([]);
  #chosen = $state.raw<Sample | undefined>();

  /** Nothing is asked of the host before `start`. */
  constructor(pageUrl: string) {
    this.#listUrl = samplesUrl(pageUrl);
  }

  get list(): readonly Sample[] {
    return this.#list;
  }

  /** Whether a photo is one of the samples, whole, or was saved under the name of one. */
  has({ name, part }: Pick<Photo, 'name' | 'part'>): boolean {
    return part === null && this.#list.some(({ files }) => files.some((file) => nameOf(file) === name));
  }

  get chosen(): Sample | undefined {
    return this.#chosen;
  }

  /** Samples are a courtesy: whatever is wrong with them, the page does without. */
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

  /** The sample's pictures or its clip as files; empty where they cannot be fetched. */
  async choose(sample: Sample): Promise<File[]> {
    const files = await Promise.all(sample.files.map(fetchFile));
    if (files.some((file) => file === undefined)) return [];
    this.#chosen = sample;
    return files.filter((file) => file !== undefined);
  }

  /** Its questions are no longer suggested. */
  leave(): void {
    this.#chosen = undefined;
  }
}

/** Sample clips are animated pictures, of which some browsers (WebKit) show a page the first frame only. */
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
