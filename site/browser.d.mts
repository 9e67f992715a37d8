import type { Browser } from 'playwright-core';

export function chromiumPath(): string | null;
export function openBrowser(): Promise<Browser>;
