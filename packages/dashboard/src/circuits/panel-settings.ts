import type { FactoryOptions } from '@circuitry/core';

/** What the workers' factory was made with, but for what the panel brings itself. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a factory's settings, whatever its context is
export type PanelSettings = Omit<Partial<FactoryOptions<any>>, 'backend' | 'nameFor'>;
