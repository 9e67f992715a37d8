/** A refused job can't be moved to delayed: the processor was called without the token that BullMQ gives. */
export class MissingTokenError extends Error {
  /** The same in each build of the package, and in minified code. */
  override readonly name = 'MissingTokenError';
  /** What this error is told apart by. */
  readonly code = 'ERR_MISSING_TOKEN';

  /** @param refusal what the circuit said */
  constructor(jobId: string | undefined, refusal: unknown) {
    const { circuitName } = (refusal ?? {}) as { circuitName?: unknown };
    const circuit = typeof circuitName === 'string' ? `circuit ${JSON.stringify(circuitName)}` : 'its circuit';
    super(
      `Job ${JSON.stringify(jobId ?? null)} was refused by ${circuit} and did not run. It can't be moved to delayed, because the ` +
        'processor got no token. Pass on all that BullMQ calls it with: (job, token, signal). In a test, take the token ' +
        'with which you called worker.getNextJob(token).',
      { cause: refusal },
    );
  }
}
