// conversion.json: the finished shards of a conversion, so that it can be stopped at any moment and resumed. The file
// stays beside the manifest to record the origin of the package. Readers of packages ignore it.

import { Field, parseJson } from '../format/json-field.ts';
import type { Shard } from '../format/manifest.ts';
import type { Loss } from './encode.ts';

export const RECORD_FILE = 'conversion.json';

/** A finished shard. */
export interface ShardRecord extends Shard {
  /** Hash of everything that determines the shard's bytes: checkpoint, preset, layout. */
  key: string;
  /** Quantisation loss by tensor class. */
  losses: Record<string, Loss>;
  /** The checkpoint's files from which the shard was made; older records omit them. */
  files?: string[];
}

export interface ConversionRecord {
  /** A hash of checkpoint, preset and converter. A record with another hash belongs to another conversion. */
  source: string;
  /** Groups whose values F16 cannot hold. */
  wide: string[];
  shards: ShardRecord[];
}

/** Fails with 'bad-manifest', naming the field. */
export function parseRecord(bytes: Uint8Array): ConversionRecord {
  const json = parseJson(new TextDecoder().decode(bytes), RECORD_FILE, 'bad-manifest');
  const root = new Field(json, `${RECORD_FILE}: `, 'bad-manifest');
  return {
    source: root.at('source').string(),
    wide: root.at('wide').list((name) => name.string()),
    shards: root.at('shards').list(parseShard),
  };
}

export function encodeRecord(record: ConversionRecord): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 1)}\n`);
}

function parseShard(field: Field): ShardRecord {
  const losses = field
    .at('losses')
    .members()
    .map(([name, loss]) => {
      const weights = loss.at('weights').integer();
      return [name, { weights, error: loss.at('error').number(), power: loss.at('power').number() }] as const;
    });
  const files = field.optional('files')?.list((file) => file.string());
  return {
    key: field.at('key').string(),
    sha256: field.at('sha256').string(),
    bytes: field.at('bytes').integer(),
    losses: Object.fromEntries(losses),
    ...(files === undefined ? {} : { files }),
  };
}
