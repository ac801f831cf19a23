// Builds an app in which a test can remove, by name, each wall that is part of the app's own code.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIn } from '../../../build/build-copy.ts';

/** An expression that is true if the wall is removed: a page reads `takenAway`, a worker the names in its address. */
const taken = (wall: CodeWall): string =>
  `(globalThis.takenAway ?? globalThis.location.search).includes(${JSON.stringify(wall)})`;

export type CodeWall =
  | 'sanitiser'
  | 'preview-policy'
  | 'preview-sandbox'
  | 'text-only'
  | 'consent'
  | 'may-fetch'
  | 'checked-port'
  | 'media-gate'
  | 'own-walls';

/** For each wall, its text in the sources, and the replacement that lets a test remove it. */
const CHANGES: Record<CodeWall, [file: string, from: string, to: string]> = {
  sanitiser: [
    'src/ui/answer/harmless-page.ts',
    'const clean = purify.sanitize(',
    `const clean = ${taken('sanitiser')} ? html : purify.sanitize(`,
  ],
  'preview-policy': [
    'src/ui/answer/harmless-page.ts',
    'content="${POLICY}"',
    `content="\${${taken('preview-policy')} ? '' : POLICY}"`,
  ],
  'preview-sandbox': [
    'src/ui/transcript/PagePreview.svelte',
    'sandbox=""',
    `sandbox={${taken('preview-sandbox')} ? 'allow-scripts allow-same-origin allow-forms allow-popups' : ''}`,
  ],
  'text-only': [
    'src/ui/transcript/InlineText.svelte',
    '{:else}<OutwardLink',
    `{:else if ${taken('text-only')}}<img src={child.href} alt="">{:else}<OutwardLink`,
  ],
  consent: [
    'src/ui/library/library.svelte.ts',
    '!this.isHere(id)) this.#wish = read.value;',
    `!this.isHere(id)) { if (${taken('consent')}) void this.#add(read.value); else this.#wish = read.value; }`,
  ],
  'may-fetch': [
    'src/session/weights-api.ts',
    'await mayFetch.permitted(parseModelRequest(request))',
    `(${taken('may-fetch')} ? parseModelRequest(request) : await mayFetch.permitted(parseModelRequest(request)))`,
  ],
  'checked-port': [
    'src/session/checked-port.ts',
    'if (!isCall(data, names))',
    `if (!${taken('checked-port')} && !isCall(data, names))`,
  ],
  'media-gate': [
    'src/client/guarded-media.ts',
    "const may = await this.#mayTake();\n    return may.kind === 'done' ? this.#client.open",
    `const may = ${taken('media-gate')} ? { kind: 'done' } as const : await this.#mayTake();\n    return may.kind === 'done' ? this.#client.open`,
  ],
  'own-walls': [
    'src/session/own-walls.ts',
    'if (open.length > 0) fail(',
    `if (!${taken('own-walls')} && open.length > 0) fail(`,
  ],
};

/** Builds a changed copy of the sources; returns its folder. */
export function buildTakeable(): string {
  const folder = mkdtempSync(join(tmpdir(), 'walls-in-turn-'));
  buildIn(folder, () => {
    for (const [wall, [file, from, to]] of Object.entries(CHANGES)) {
      const path = join(folder, file);
      const source = readFileSync(path, 'utf8');
      if (source.split(from).length !== 2) throw new Error(`${file} has not one “${from}”, the ${wall}.`);
      writeFileSync(
        path,
        source.replace(from, () => to),
      );
    }
  });
  return folder;
}
