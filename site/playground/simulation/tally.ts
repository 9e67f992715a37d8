/** What one fleet's jobs met: what the page compares. */
export interface Tally {
  done: number;
  /** Tried too often, and given up. */
  lost: number;
  refused: number;
  /** Calls that began while their dependency was not healthy. */
  callsIntoTrouble: number;
  failedCalls: number;
  /** ms that workers spent in calls that failed. */
  wasted: number;
  /** Of jobs of healthy dependencies: how many, and how long they waited for a worker, ms. */
  healthyJobs: number;
  healthyWait: number;
  longestHealthyWait: number;
}

export function emptyTally(): Tally {
  return {
    done: 0,
    lost: 0,
    refused: 0,
    callsIntoTrouble: 0,
    failedCalls: 0,
    wasted: 0,
    healthyJobs: 0,
    healthyWait: 0,
    longestHealthyWait: 0,
  };
}
