/**
 * Hears which of `own` errors nobody catches: thrown from a timer, or by a promise that nobody awaits, they would end the
 * process, and with it the report on everything else.
 */
export function hearUncaught(own: ReadonlySet<unknown>): { readonly heard: readonly unknown[]; stop(): void } {
  const heard: unknown[] = [];
  const hear =
    (event: 'uncaughtException' | 'unhandledRejection') =>
    (error: unknown): void => {
      if (own.has(error)) heard.push(error);
      // Somebody else's, and nobody but this listens: it ends the process, as it would without us.
      else if (process.listenerCount(event) === 1) throw error;
    };
  const [onException, onRejection] = [hear('uncaughtException'), hear('unhandledRejection')];
  process.on('uncaughtException', onException).on('unhandledRejection', onRejection);
  return {
    heard,
    stop: () => void process.off('uncaughtException', onException).off('unhandledRejection', onRejection),
  };
}
