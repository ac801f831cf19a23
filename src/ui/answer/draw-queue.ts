// Runs drawing jobs in turn, for a few milliseconds of each frame, so that even a long answer never blocks the page.

import { createContext } from 'svelte';

/** Calls the job before the page draws its next frame. */
export type NextFrame = (job: () => void) => void;

/** Does a part of a job, and returns whether the job is done. It never throws. */
export type Step = () => boolean;

const FRAME_MS = 12;

export class DrawQueue {
  readonly #nextFrame: NextFrame;
  readonly #now: () => number;
  #steps: Step[] = [];
  #isScheduled = false;

  constructor(nextFrame: NextFrame, now = () => performance.now()) {
    this.#nextFrame = nextFrame;
    this.#now = now;
  }

  /** Calls `step` in one or several of the next frames until it is done. */
  add(step: Step): void {
    this.#steps.push(step);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#nextFrame(() => this.#run());
  }

  #run(): void {
    this.#isScheduled = false;
    const end = this.#now() + FRAME_MS;
    let next = this.#steps.shift();
    while (next !== undefined) {
      if (!next()) this.#steps.unshift(next);
      if (this.#now() >= end) break;
      next = this.#steps.shift();
    }
    if (this.#steps.length > 0) this.#schedule();
  }
}

/** App provides the queue; components with slow drawing jobs add them to it. */
export const [useDrawing, provideDrawing] = createContext<DrawQueue>();
