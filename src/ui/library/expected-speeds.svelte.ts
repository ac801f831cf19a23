// How fast each offered model can be expected to be here. The device is measured once, when the library is first
// opened; nothing is claimed of a model before that.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { DeviceFacts, ExpectedSpeeds } from '../../contract/weights.ts';
import { isUsual, recommended, type Offered } from './families.ts';

/** 'unknown': this device could not be measured. */
export type Speed = { kind: 'measuring' } | ({ kind: 'known' } & ExpectedSpeeds) | { kind: 'unknown' };

export class Speeds {
  readonly #weights: Pick<WeightsClient, 'device' | 'expectSpeeds'>;
  readonly #speeds = new SvelteMap<string, Speed>();
  #device = $state.raw<DeviceFacts | undefined>();

  constructor(weights: Pick<WeightsClient, 'device' | 'expectSpeeds'>) {
    this.#weights = weights;
  }

  /** undefined until it was asked. */
  get device(): DeviceFacts | undefined {
    return this.#device;
  }

  of(id: string): Speed {
    return this.#speeds.get(id) ?? { kind: 'measuring' };
  }

  /** What to use here; undefined: the built-in model, or not known yet. */
  recommended(offered: readonly Offered[]): Offered | undefined {
    return recommended(offered, (id) => {
      const speed = this.#speeds.get(id);
      return speed?.kind === 'known' ? speed : undefined;
    });
  }

  /** Whether the speeds of all models that could be recommended are known, or cannot be. */
  areKnown(offered: readonly Offered[]): boolean {
    const usual = offered.filter(({ offer }) => isUsual(offer.model));
    return usual.every(({ request }) => this.of(request.id).kind !== 'measuring');
  }

  /** Measures and estimates what was not estimated yet. */
  async measure(offered: readonly Offered[]): Promise<void> {
    const device = await this.#weights.device();
    if (device.kind === 'done') this.#device = device.value;
    // What the cards show first.
    const inOrder = offered.toSorted(
      (a, b) => Number(isUsual(b.offer.model)) - Number(isUsual(a.offer.model)),
    );
    for (const { offer, request } of inOrder) {
      if (this.#speeds.get(request.id)?.kind === 'known') continue;
      const expected = await this.#weights.expectSpeeds(offer.model);
      this.#speeds.set(
        request.id,
        expected.kind === 'done' ? { kind: 'known', ...expected.value } : { kind: 'unknown' },
      );
    }
  }
}
