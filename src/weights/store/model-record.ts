// Parses the record of a model's origin, which is stored beside its files. No other file parses it.

import type { ModelRequest, ModelSource } from '../../contract/weights.ts';
import { Field } from '../../format/json-field.ts';
import { visibleText } from '../../format/visible-text.ts';

export const PRESETS = ['exact', '8-bit', 'balanced', 'small'] as const;

/** Fails with 'bad-manifest', naming the field. */
export function parseModelRequest(value: unknown): ModelRequest {
  const root = new Field(value, 'model: ', 'bad-manifest');
  return {
    id: root.at('id').string(),
    name: visibleText(root.at('name').string()),
    source: requireAddress(parseSource(root.at('source')), root.at('source')),
  };
}

export function parseSource(field: Field): ModelSource {
  const kind = field.at('kind').oneOf(['package', 'hub', 'files']);
  const hosts = field.optional('hosts')?.list((host) => host.string());
  const named = hosts === undefined ? {} : { hosts };
  if (kind === 'package') return { kind, url: field.at('url').string(), ...named };
  const preset = field.at('preset').oneOf(PRESETS);
  if (kind === 'files') return { kind, preset };
  const revision = field.at('revision').string();
  const files = field.optional('files');
  const gguf = field.optional('gguf')?.list(parseGgufName);
  const sideFiles = field.optional('sideFiles');
  if (files && !/^[0-9a-f]{40}$/.test(revision)) files.fail('must not stand beside a branch, which moves');
  return {
    kind,
    endpoint: field.at('endpoint').string(),
    repo: field.at('repo').string(),
    revision,
    preset,
    ...named,
    ...(gguf ? { gguf } : {}),
    ...(sideFiles
      ? { sideFiles: { repo: sideFiles.at('repo').string(), revision: sideFiles.at('revision').string() } }
      : {}),
    ...(files ? { files: Object.fromEntries(files.members().map(parseFile)) } : {}),
  };
}

function parseGgufName(field: Field): string {
  const name = field.string();
  return /^[\w.-]+\.gguf$/.test(name) ? name : field.fail('must be the name of a GGUF file');
}

function parseFile([name, field]: [string, Field]): [string, { bytes: number; sha256: string }] {
  const sha256 = field.at('sha256');
  if (!/^[0-9a-f]{64}$/.test(sha256.string())) sha256.fail('must be a SHA-256');
  return [name, { bytes: field.at('bytes').integer(), sha256: sha256.string() }];
}

/** Requires a valid address in the record of a stored model, because the list of models shows it. */
function requireAddress(source: ModelSource, field: Field): ModelSource {
  const address = source.kind === 'hub' ? source.endpoint : source.kind === 'package' ? source.url : null;
  return address === null || URL.canParse(address) ? source : field.fail('must have an address');
}
