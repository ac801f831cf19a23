// The expected speed of each offered model on this device. The weights worker measures the device once, when the user
// first opens the library; until then no speed is shown.

import { SvelteMap } from 'svelte/reactivity';
import type { WeightsClient } from '../../client/weights-client.ts';
import type { DeviceFacts, ExpectedSpeeds } from '../../contract/weights.ts';
import { isUsual, recommended, type Offered } from './families.ts';

/** 'unknown': the device could not be measured. */
export type Speed = { kind: 'measuring' } | ({ kind: 'known' } & ExpectedSpeeds) | { kind: 'unknown' };

export class Speeds {
  readonly #weights: Pick<WeightsClient, 'device' | 'expectSpeeds'>;
  readonly #speeds = new SvelteMap<string, Speed>();
  #device = $state.raw<DeviceFacts | undefined>();

  constructor(weights: Pick<WeightsClient, 'device' | 'expectSpeeds'>) {
    this.#weights = weights;
  }

  /** The facts about this device; undefined until the weights worker has reported them. */
  get device(): DeviceFacts | undefined {
    return this.#device;
  }

  of(id: string): Speed {
    return this.#speeds.get(id) ?? { kind: 'measuring' };
  }

  /** The model to recommend; undefined if that is the built-in model, or if no speed is known yet. */
  recommended(offered: readonly Offered[]): Offered | undefined {
    return recommended(offered, (id) => {
      const speed = this.#speeds.get(id);
      return speed?.kind === 'known' ? speed : undefined;
    });
  }

  /** Whether, for every model that could be recommended, the speed is known or cannot be measured. */
  areKnown(offered: readonly Offered[]): boolean {
    const usual = offered.filter(({ offer }) => isUsual(offer.model));
    return usual.every(({ request }) => this.of(request.id).kind !== 'measuring');
  }

  /** Estimates the speeds that are not known yet. */
  async measure(offered: readonly Offered[]): Promise<void> {
    const device = await this.#weights.device();
    if (device.kind === 'done') this.#device = device.value;
    // The cards show the usual models first.
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
