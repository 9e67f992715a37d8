import type { StorageBackend } from '../contract/storage.js';
import type { EventHub } from '../events/event-hub.js';
import type { Settings } from '../settings/parse-settings.js';
import type { StoreTime } from '../time/clock.js';
import type { Lifecycle } from './lifecycle.js';
import type { OwnContext } from './resolver.js';
import type { Stamps } from './stamps.js';

/** What all parts of one factory share. */
export interface Shared {
  /** The factory's own; a circuit has its own copy, with what `circuits` says of it. */
  readonly settings: Settings<unknown>;
  readonly backend: StorageBackend;
  readonly hub: EventHub;
  readonly time: StoreTime;
  readonly context: OwnContext;
  readonly lifecycle: Lifecycle;
  readonly stamps: Stamps;
}
