// The tables of bench:peers.

import type { TextConfig } from '../../../src/format/model-config.ts';
import type { Manifest } from '../../../src/format/manifest.ts';
import { textTable } from '../../cli/node/text-table.ts';
import type { Rates } from './loops.ts';
import type { Phase, Row } from './row.ts';

export interface Measured {
  title: string;
  threads: number;
  row: Row;
  /** The rates of the loops, measured just before the row. */
  read: Rates;
  multiply: Rates;
}

/** The best of all rounds of a contestant. */
interface Best {
  title: string;
  threads: number;
  loadMs: number;
  prefill: Rates;
  decode: Rates;
  picture: Rates | undefined;
  peakBytes: number;
}

export function printPeers(measured: readonly Measured[], manifest: Manifest, text: TextConfig): void {
  const bests = bestOf(measured);
  const bytes = tokenBytes(manifest, text);
  const products = tokenProducts(text);
  console.log(
    textTable(
      [
        [
          '',
          ...['load s', 'decode cpu ms', 'decode tok/s', 'prefill cpu ms', 'prefill tok/s'],
          ...['picture cpu s', 'picture s', 'peak MB'],
        ],
        ...bests.map(({ title, threads, loadMs, prefill, decode, picture, peakBytes }) => [
          `${title} × ${threads}`,
          (loadMs / 1000).toFixed(1),
          (1 / decode.cpu).toFixed(1),
          (1000 * decode.wall).toFixed(2),
          (1 / prefill.cpu).toFixed(2),
          (1000 * prefill.wall).toFixed(1),
          picture === undefined ? '' : (1 / picture.cpu / 1000).toFixed(1),
          picture === undefined ? '' : (1 / picture.wall / 1000).toFixed(1),
          (peakBytes / 1e6).toFixed(0),
        ]),
      ],
      'right',
    ),
  );
  const counts = [...new Set(measured.map(({ threads }) => threads))];
  console.log(
    `\nBounds. A token reads ${(bytes / 1e6).toFixed(0)} MB and takes ${(products / 1e6).toFixed(0)} million products; rates are per thread, by processor time.`,
  );
  console.log(
    textTable(
      [
        ['', 'reading GB/s', 'decode of reading', 'multiplying G/s', 'prefill of multiplying'],
        ...counts.map((threads) => {
          const own = measured.filter((each) => each.threads === threads);
          const read = Math.max(...own.map((each) => each.read.cpu));
          const multiply = Math.max(...own.map((each) => each.multiply.cpu));
          const darkroom = bests.find((each) => each.threads === threads && isDarkroom(each));
          return [
            `× ${threads}`,
            (read / 1e6).toFixed(1),
            darkroom === undefined ? '' : percent((darkroom.decode.cpu * bytes) / read),
            (multiply / 1e6).toFixed(1),
            darkroom === undefined ? '' : percent((darkroom.prefill.cpu * products) / multiply),
          ];
        }),
      ],
      'right',
    ),
  );
  console.log('\nDarkroom in Node : peer, by processor time (more than 1: Darkroom in Node is faster)');
  const others = bests.filter((each) => !isDarkroom(each));
  console.log(
    textTable(
      [
        ['', 'decode', 'prefill', 'picture', 'of its peak memory'],
        ...others.flatMap((other) => {
          const own = bests.find((each) => each.threads === other.threads && isDarkroom(each));
          if (own === undefined) return [];
          return [
            [
              `${other.title} × ${other.threads}`,
              (own.decode.cpu / other.decode.cpu).toFixed(2),
              (own.prefill.cpu / other.prefill.cpu).toFixed(2),
              own.picture === undefined || other.picture === undefined
                ? ''
                : (own.picture.cpu / other.picture.cpu).toFixed(2),
              percent(own.peakBytes / other.peakBytes),
            ],
          ];
        }),
      ],
      'right',
    ),
  );
}

function isDarkroom({ title }: { title: string }): boolean {
  return title === 'Darkroom, Node';
}

function bestOf(measured: readonly Measured[]): Best[] {
  const nameOf = ({ title, threads }: Measured): string => `${threads} ${title}`;
  return [...new Set(measured.map(nameOf))].map((name) => {
    const group = measured.filter((each) => nameOf(each) === name);
    const rows = group.map(({ row }) => row);
    const pictures = rows.flatMap(({ picture }) =>
      picture === undefined ? [] : [{ ...picture, tokens: 1 }],
    );
    return {
      title: group[0]!.title,
      threads: group[0]!.threads,
      loadMs: Math.min(...rows.map(({ loadMs }) => loadMs)),
      prefill: fastest(rows.map(({ prefill }) => prefill)),
      decode: fastest(rows.map(({ decode }) => decode)),
      picture: pictures.length === 0 ? undefined : fastest(pictures),
      peakBytes: Math.max(...rows.map(({ peakBytes }) => peakBytes)),
    };
  });
}

/** The tokens per millisecond of the fastest phase. */
function fastest(phases: readonly Phase[]): Rates {
  return {
    wall: Math.max(...phases.map(({ tokens, wallMs }) => tokens / wallMs)),
    cpu: Math.max(...phases.map(({ tokens, cpuMs }) => tokens / cpuMs)),
  };
}

/**
 * The bytes of weights that a token reads: all except those of the vision encoder, with only the chosen experts. Of the
 * word tables, only the head counts, which may be the same table as the embedding.
 */
function tokenBytes({ tensors, experts }: Manifest, { moe, tiedHead }: TextConfig): number {
  const isRead = (name: string): boolean =>
    !name.startsWith('model.visual.') && (tiedHead || !name.includes('embed_tokens'));
  const dense = Object.entries(tensors).filter(([name]) => isRead(name));
  const chosen = experts.map(({ bytes }) => bytes * (moe?.expertsPerToken ?? 0));
  return [...dense.map(([, entry]) => entry.bytes), ...chosen].reduce((sum, each) => sum + each, 0);
}

/** The number of multiplications per token of a prompt, without the head and attention. */
function tokenProducts({
  layers,
  hiddenSize,
  heads,
  kvHeads,
  headDim,
  intermediateSize,
  moe,
}: TextConfig): number {
  const attention = hiddenSize * (2 * heads + 2 * kvHeads) * headDim;
  const mixture = moe === undefined ? 0 : 3 * hiddenSize * moe.intermediateSize * moe.expertsPerToken;
  const mixtures = moe?.layers.length ?? 0;
  return layers * attention + mixtures * mixture + (layers - mixtures) * 3 * hiddenSize * intermediateSize;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
