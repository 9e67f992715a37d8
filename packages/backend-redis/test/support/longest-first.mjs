/**
 * Jest's order of this package's test files: those that wait the longest begin first, or the run would end with one of
 * them alone. Jest itself knows how long each took only after a first run, and takes the largest file for the longest.
 */
const longest = ['conformance', 'breaker', 'faults', 'locks', 'costs', 'outages'];

// eslint-disable-next-line no-restricted-exports -- as Jest wants it
export default class LongestFirst {
  sort(tests) {
    return [...tests].sort((one, other) => rank(one) - rank(other) || one.path.localeCompare(other.path));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}

  shard(tests) {
    return tests;
  }
}

function rank({ path }) {
  const place = longest.findIndex((start) => path.includes(`/test/${start}`));
  return place < 0 ? longest.length : place;
}
