// The data of the privacy panel: whether the policy holds in this browser, the network requests so far, and the data
// stored here. All of it is measured in this browser; nothing is assumed.

import type { WeightsClient } from '../../client/weights-client.ts';
import type { KeptModel } from '../../contract/weights.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { TabStore } from '../tab/tab-store.ts';
import { isConnectionAllowlistEnforced } from '../../policy/allowlist.ts';
import { eraseAndRestart, takeErasure, type Erasure } from './erase.ts';
import type { Walls } from './walls.svelte.ts';
import type { RequestLog } from './request-log.svelte.ts';
import type { RequestGroup } from './requests.ts';
import type { StoppedLog } from './stopped-log.svelte.ts';

/**
 * 'enforced': the page knows of no open way out. 'partly': this browser does not support Connection-Allowlist.
 * 'broken': a wall that the privacy promise requires does not hold, and the page accepts no picture.
 */
export type Enforcement = 'checking' | 'enforced' | 'partly' | 'broken';

/** 'sent': the host sends the policy. 'added': the service worker adds it to the page. */
export type PolicySource = 'sent' | 'added';

export interface Stored {
  models: KeptModel[];
  /** Conversations in the history. */
  conversations: number;
  /** Tabs, open or closed, with stored data. */
  tabs: number;
  /** Whether the app's own files are stored for a start without a network. */
  keepsApp: boolean;
  settings: number;
  usageBytes: number | null;
}

/** The stores that hold conversations. */
interface Keepers {
  tabs: Pick<TabStore, 'tabs'>;
  history: Pick<HistoryStore, 'list'>;
}

export class Privacy {
  readonly source: PolicySource;
  readonly walls: Walls;
  readonly #weights: Pick<WeightsClient, 'list'>;
  #isOpen = $state(false);
  #hasAllowlist = $state<boolean | undefined>();
  #stored = $state.raw<Stored | null>(null);
  #erasure = $state.raw<Erasure | null>(null);
  readonly stopped: StoppedLog;
  readonly #log: RequestLog;
  readonly #keepers: Keepers;

  constructor(
    source: PolicySource,
    walls: Walls,
    { requests, stopped }: { requests: RequestLog; stopped: StoppedLog },
    weights: Pick<WeightsClient, 'list'>,
    keepers: Keepers,
  ) {
    this.walls = walls;
    this.#keepers = keepers;
    this.source = source;
    this.#log = requests;
    this.stopped = stopped;
    this.#weights = weights;
    this.#erasure = takeErasure();
    // After erasing everything, the user wants to see that it is gone.
    if (this.#erasure !== null) this.show();
    void isConnectionAllowlistEnforced().then((enforced) => {
      this.#hasAllowlist = enforced;
      walls.addToPage({ allowlist: enforced ? 'holds' : 'absent' });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get enforcement(): Enforcement {
    if (this.walls.isOpen) return 'broken';
    if (this.#hasAllowlist === undefined || !this.walls.areKnown) return 'checking';
    return this.#hasAllowlist ? 'enforced' : 'partly';
  }

  get groups(): readonly RequestGroup[] {
    return this.#log.groups;
  }

  /** Null until the storage has been read. */
  get stored(): Stored | null {
    return this.#stored;
  }

  /** The outcome of the erasure that ran before this page was built; null if none ran. */
  get erasure(): Erasure | null {
    return this.#erasure;
  }

  show(): void {
    this.#isOpen = true;
    void this.walls.prove();
    void this.#look();
  }

  hide(): void {
    this.#isOpen = false;
  }

  /** Erases everything that this site stores, and reloads the page. */
  erase(): void {
    eraseAndRestart();
  }

  async #look(): Promise<void> {
    const [models, kept, tabs, names, estimate] = await Promise.all([
      this.#weights.list(),
      orElse([], () => this.#keepers.history.list()),
      orElse([], () => this.#keepers.tabs.tabs()),
      orElse([], () => caches.keys()),
      orElse<StorageEstimate>({}, () => navigator.storage.estimate()),
    ]);
    this.#stored = {
      models: models.kind === 'done' ? models.value : [],
      conversations: kept.length,
      tabs: tabs.length,
      keepsApp: names.length > 0,
      settings: await orElse(0, () => Promise.resolve(localStorage.length)),
      usageBytes: estimate.usage ?? null,
    };
  }
}

/**
 * Returns `otherwise` if a call fails: some browsers lack these calls (private windows of WebKit), or refuse them if
 * cookies are blocked.
 */
async function orElse<T>(otherwise: T, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch {
    return otherwise;
  }
}
