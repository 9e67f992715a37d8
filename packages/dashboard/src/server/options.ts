import {
  systemClock,
  type Clock,
  type FactoryOptions,
  type SettingsProblem,
  type StorageBackend,
} from '@circuitry/core';
import {
  callable,
  circuitKind,
  duration,
  isObject,
  objectWith,
  optional,
  readOptions,
  type Reader,
} from '@circuitry/core/backend';
import type { PanelSettings } from '../circuits/panel-settings.js';
import type { Authorize } from './access.js';

/** What `dashboard` takes. */
export interface DashboardOptions {
  /** Where circuits live: the workers' store. It stays yours: `close` leaves it open. */
  readonly backend: StorageBackend;
  /**
   * What the workers' factory was made with. It is shown beside each circuit, and acts follow it: how long a trip lasts
   * (`allowAfter`), how long a record is kept. Default: none is shown, and acts follow core's defaults.
   */
  readonly settings?: PanelSettings | undefined;
  /**
   * The path that the panel stands under, as browsers see it: `'/circuits'`. A proxy in front must pass it on whole.
   * Default `'/'`.
   */
  readonly basePath?: string | undefined;
  /** Who asks, and what they may. Default: whoever sits at this machine may look, and nobody may act. */
  readonly authorize?: Authorize | undefined;
  /** What kind of work a circuit protects, by its name in the store. Default: the first of `circuitName`'s parts. */
  readonly kindOf?: ((name: string) => string) | undefined;
  /** How long one call to the store may take, from 1 ms. Default `'2s'`. */
  readonly storageTimeout?: FactoryOptions['storageTimeout'] | undefined;
  /** Hears of what went wrong that no reader may see: `authorize` that threw, a fault of the panel. Default `console.error`. */
  readonly onFault?: ((error: unknown) => void) | undefined;
  /** Default `systemClock`. */
  readonly clock?: Clock | undefined;
}

const readers = {
  backend: objectWith<StorageBackend>('retrieve', 'apply', 'store', 'delete', 'list'),
  settings: readSettings,
  basePath: readBasePath,
  authorize: optional(callable<Authorize>(), null),
  kindOf: optional(callable<(name: string) => string>(), circuitKind),
  storageTimeout: optional(duration(1), 2_000),
  onFault: optional(callable<(error: unknown) => void>(), (error: unknown) => console.error(error)),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
} satisfies Record<keyof DashboardOptions, Reader<unknown>>;

/** Options, read. */
export interface Options {
  readonly backend: StorageBackend;
  readonly settings: PanelSettings | null;
  /** `''` or `'/a/b'`: what comes before each of the panel's own paths. */
  readonly basePath: string;
  readonly authorize: Authorize | null;
  readonly kindOf: (name: string) => string;
  /** ms */
  readonly storageTimeout: number;
  readonly onFault: (error: unknown) => void;
  readonly clock: Clock;
}

/** @throws InvalidSettingsError with every fault at once */
export function readDashboardOptions(options: unknown): Options {
  return readOptions(readers, options);
}

function readSettings(name: string, value: unknown, problems: SettingsProblem[]): PanelSettings | null {
  if (value === undefined) return null;
  if (isObject(value) && !('backend' in value) && !('nameFor' in value)) return value;
  problems.push({ name, value, expected: 'an object with a factory’s options, without backend and nameFor' });
  return null;
}

function readBasePath(name: string, value: unknown, problems: SettingsProblem[]): string {
  if (value === undefined || value === '/') return '';
  if (typeof value === 'string' && /^(\/[A-Za-z0-9._~-]+)+\/?$/.test(value) && !/\/\.{1,2}(\/|$)/.test(value)) {
    return value.replace(/\/$/, '');
  }
  problems.push({ name, value, expected: "a path like '/circuits', of letters, digits and . _ ~ -" });
  return '';
}
