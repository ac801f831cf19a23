// Turns byte counts into a rate and the time left. Reports at most ten times a second.

import type { Activity, WeightsEvent } from '../../contract/weights.ts';

const WINDOW_MS = 8000;
const EMIT_MS = 100;

export class Progress {
  readonly #onEvent: (event: WeightsEvent) => void;
  readonly #now: () => number;
  readonly #totalBytes: number;
  #resumedBytes: number;
  #doneBytes: number;
  #activity: Activity;
  #underWay = 0;
  #emittedAt = -Infinity;
  /** The time and the bytes of each report, the oldest first. No report is older than the window. */
  #samples: { at: number; bytes: number }[] = [];

  constructor(
    emit: (event: WeightsEvent) => void,
    { totalBytes, resumedBytes, activity }: { totalBytes: number; resumedBytes: number; activity: Activity },
    now: () => number = () => performance.now(),
  ) {
    this.#onEvent = emit;
    this.#now = now;
    this.#totalBytes = totalBytes;
    this.#resumedBytes = resumedBytes;
    this.#doneBytes = resumedBytes;
    this.#activity = activity;
    this.#emit();
  }

  get remainingBytes(): number {
    return this.#totalBytes - this.#doneBytes;
  }

  get doneBytes(): number {
    return this.#doneBytes;
  }

  /** `bytes` is negative if bytes that arrived turned out to be useless. */
  add(bytes: number): void {
    this.#doneBytes += bytes;
    if (this.#now() - this.#emittedAt >= EMIT_MS || this.remainingBytes === 0) this.#emit();
  }

  /** Adds bytes that an earlier run converted or fetched; they do not count for the rate. */
  resume(bytes: number): void {
    this.#resumedBytes += bytes;
    for (const sample of this.#samples) sample.bytes += bytes;
    this.add(bytes);
  }

  doing(activity: Activity): void {
    const isNew = JSON.stringify(activity) !== JSON.stringify(this.#activity);
    // A report about a new layer may be skipped, but not a report about another kind of activity.
    const isOther = activity.kind !== this.#activity.kind;
    this.#activity = activity;
    if (isOther || (isNew && this.#now() - this.#emittedAt >= EMIT_MS)) this.#emit();
  }

  /** Call this when one of several parallel jobs begins. `activity`: the activity of all of them. */
  begin(activity: Activity): void {
    this.#underWay++;
    this.doing(activity);
  }

  /** Call this when one of the parallel jobs ends. `activity`: the activity after the last of them has ended. */
  end(activity: Activity): void {
    if (--this.#underWay === 0) this.doing(activity);
  }

  #emit(): void {
    const at = this.#now();
    this.#emittedAt = at;
    this.#samples.push({ at, bytes: this.#doneBytes });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
    const bytesPerSecond = this.#rate();
    this.#onEvent({
      kind: 'progress',
      activity: this.#activity,
      doneBytes: this.#doneBytes,
      resumedBytes: this.#resumedBytes,
      totalBytes: this.#totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond === null ? null : this.remainingBytes / bytesPerSecond,
    });
  }

  /** The rate over the window; null during its first second, or while no bytes arrive. */
  #rate(): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last) return null;
    const seconds = (this.#now() - first.at) / 1000;
    const rate = (last.bytes - first.bytes) / seconds;
    return seconds >= 1 && rate > 0 ? rate : null;
  }
}
