// benchmarks/src/processes/redis-client.mjs
import { Redis } from "ioredis";
async function connect(url) {
  const client2 = new Redis(url, { lazyConnect: true });
  await client2.connect();
  return client2;
}
async function serverFigures(client2) {
  const info = await client2.info();
  const figure = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1] ?? Number.NaN);
  return {
    /** Processor time that the server has used, s. */
    cpu: figure("used_cpu_user") + figure("used_cpu_sys"),
    /** bytes */
    memory: figure("used_memory"),
    version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown"
  };
}

// packages/core/src/errors/circuitry-error.ts
var brand = /* @__PURE__ */ Symbol.for("circuitry.error");
var CircuitryError = class extends Error {
  /** Whether `error` is one of this library's, from whichever copy or build of it. */
  static isInstance(error) {
    return isCircuitryError(error);
  }
};
Object.defineProperty(CircuitryError.prototype, brand, { value: true });
function isCircuitryError(error, code) {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return code === void 0 || error.code === code;
}
function nameErrorClass(errorClass, name) {
  Object.defineProperty(errorClass.prototype, "name", { value: name, configurable: true, writable: true });
}

// packages/core/src/errors/storage-errors.ts
var StorageError = class extends CircuitryError {
  code = "ERR_STORAGE";
  /** The write may have happened: nobody saw its answer. Never send it again blindly. */
  ambiguous;
  /** Whether trying again later can help; false for a missing table, a refused password and the like. */
  retriable;
  constructor(message, options = {}) {
    super(message, options);
    this.ambiguous = options.ambiguous ?? false;
    this.retriable = options.retriable ?? true;
  }
};
var CorruptRecordError = class extends CircuitryError {
  code = "ERR_CORRUPT_RECORD";
  circuitName;
  /** The first field that is wrong: `'state'`, `'counters.total'`, … */
  field;
  constructor(circuitName, field, found, options) {
    super(
      `The stored record of circuit ${JSON.stringify(circuitName)} is corrupt: its field ${JSON.stringify(field)} ${found}. Look at it, then delete it to start the circuit afresh.`,
      options
    );
    this.circuitName = circuitName;
    this.field = field;
  }
};
var UnsupportedRecordError = class extends CircuitryError {
  code = "ERR_UNSUPPORTED_RECORD";
  circuitName;
  /** The format number that was found. */
  format;
  constructor(circuitName, format, supported) {
    super(
      `The stored record of circuit ${JSON.stringify(circuitName)} has format ${format}; this version reads those up to ${supported}. It was left as it is; upgrade this worker.`
    );
    this.circuitName = circuitName;
    this.format = format;
  }
};
var InvalidNameError = class extends CircuitryError {
  code = "ERR_INVALID_NAME";
};
var LeaseLostError = class extends CircuitryError {
  code = "ERR_LEASE_LOST";
  circuitName;
  constructor(circuitName, what, options) {
    super(
      `The lease on circuit ${JSON.stringify(circuitName)} is lost: ${what}. Another worker may hold it now: stop the work.`,
      options
    );
    this.circuitName = circuitName;
  }
};
var LockTimeoutError = class extends CircuitryError {
  code = "ERR_LOCK_TIMEOUT";
  circuitName;
  /** How long the caller waited, in ms. */
  waited;
  constructor(circuitName, waited) {
    super(
      `The lock of circuit ${JSON.stringify(circuitName)} was held by others for all of the ${waited} ms that this call would wait. Try again later, or wait longer.`
    );
    this.circuitName = circuitName;
    this.waited = waited;
  }
};
var ClosedError = class extends CircuitryError {
  code = "ERR_CLOSED";
  constructor(what) {
    super(`${what} was closed: make a new one, or close it after its last user.`);
  }
};
nameErrorClass(StorageError, "StorageError");
nameErrorClass(CorruptRecordError, "CorruptRecordError");
nameErrorClass(UnsupportedRecordError, "UnsupportedRecordError");
nameErrorClass(InvalidNameError, "InvalidNameError");
nameErrorClass(LeaseLostError, "LeaseLostError");
nameErrorClass(LockTimeoutError, "LockTimeoutError");
nameErrorClass(ClosedError, "ClosedError");

// packages/core/src/contract/storage.ts
var contractVersion = 1;

// packages/core/src/contract/counters.ts
function counterOf(counters, name) {
  const value = counters[name];
  return typeof value === "number" ? value : 0;
}
function applyDelta(counters, delta) {
  const { drop, set, add } = delta;
  const next = drop === void 0 || drop.length === 0 ? { ...counters } : without(counters, drop);
  if (set !== void 0) for (const name in set) put(next, name, set[name]);
  if (add !== void 0) for (const name in add) put(next, name, counterOf(counters, name) + add[name]);
  return next;
}
function without(counters, drop) {
  const dropped = new Set(drop);
  const next = /* @__PURE__ */ Object.create(null);
  for (const name in counters) if (!dropped.has(name)) next[name] = counters[name];
  return next;
}
function withCounters(record, counters) {
  return {
    revision: record.revision,
    state: record.state,
    generation: record.generation,
    openings: record.openings,
    since: record.since,
    expiresAt: record.expiresAt,
    override: record.override,
    by: record.by,
    lastFailure: record.lastFailure,
    counters
  };
}
function meetsExpectation(counters, expect) {
  if (expect === void 0) return true;
  return Object.keys(expect).every((name) => counterOf(counters, name) === expect[name]);
}
function put(counters, name, value) {
  if (name === "__proto__") {
    Object.defineProperty(counters, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    counters[name] = value;
  }
}

// packages/core/src/errors/show.ts
var longest = 64;
function show(value) {
  if (typeof value === "string") return JSON.stringify(cut(value));
  if (typeof value === "function") return "a function";
  try {
    return typeof value === "object" ? cut(JSON.stringify(value)) : String(value);
  } catch {
    return "an object";
  }
}
function cut(text2) {
  return text2.length > longest ? `${text2.slice(0, longest)}\u2026` : text2;
}

// packages/core/src/contract/check-record.ts
function checkRecord(name, value) {
  const need = (isRight, field, found, wanted) => {
    if (!isRight) throw new CorruptRecordError(name, field, `is ${show(found)}, not ${wanted}`);
  };
  need(isObject(value), "record", value, "an object");
  const { revision, state, generation, openings, since, expiresAt, by, lastFailure, override, counters } = value;
  need(isCount(revision) && revision > 0, "revision", revision, "a positive integer");
  need(
    state === "closed" || state === "open" || state === "half-open",
    "state",
    state,
    "'closed', 'open' or 'half-open'"
  );
  need(isCount(generation), "generation", generation, "an integer from 0");
  need(isCount(openings), "openings", openings, "an integer from 0");
  need(isCount(since), "since", since, moment);
  if (state === "closed") need(isCountOrNull(expiresAt), "expiresAt", expiresAt, momentOrNull);
  else need(isCount(expiresAt), "expiresAt", expiresAt, moment);
  need(typeof by === "string", "by", by, "a string");
  need(lastFailure === null || typeof lastFailure === "string", "lastFailure", lastFailure, textOrNull);
  if (override !== null) {
    need(isObject(override), "override", override, "an object or null");
    const { state: forced2, reason, by: operator, until: until2 } = override;
    need(forced2 === "open" || forced2 === "closed", "override.state", forced2, "'open' or 'closed'");
    need(reason === null || typeof reason === "string", "override.reason", reason, textOrNull);
    need(operator === null || typeof operator === "string", "override.by", operator, textOrNull);
    need(isCountOrNull(until2), "override.until", until2, momentOrNull);
  }
  need(isObject(counters), "counters", counters, "an object");
  for (const each in counters) {
    const count3 = counters[each];
    if (!Number.isSafeInteger(count3)) need(false, `counters.${each}`, count3, "a safe integer");
  }
}
var moment = "ms since the epoch";
var momentOrNull = "ms since the epoch or null";
var textOrNull = "a string or null";
function isObject(value) {
  return typeof value === "object" && value !== null;
}
function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}
function isCountOrNull(value) {
  return value === null || isCount(value);
}

// packages/core/src/contract/name.ts
var longestName = 1024;
function assertName(name) {
  const wanted = wantedOf(name);
  if (wanted !== null) throw new InvalidNameError(`A circuit's name must ${wanted}; this one is ${show(name)}.`);
}
function wantedOf(name) {
  if (typeof name !== "string") return "be a string";
  if (name === "") return "not be empty";
  const bytes = name.length * 3 > longestName ? new TextEncoder().encode(name).length : 0;
  if (bytes > longestName) return `have at most ${longestName} UTF-8 bytes, not ${bytes}`;
  return name.isWellFormed() ? null : "not hold half a surrogate pair";
}

// packages/core/src/contract/with-signal.ts
var followers = /* @__PURE__ */ new WeakMap();
function onAbort(signal, callback) {
  if (signal.aborted) {
    callback();
    return () => {
    };
  }
  const own2 = () => callback();
  const crowd = followers.get(signal) ?? /* @__PURE__ */ new Set();
  if (crowd.size === 0) {
    followers.set(signal, crowd);
    signal.addEventListener("abort", tellAll, { once: true });
  }
  crowd.add(own2);
  return () => {
    if (crowd.delete(own2) && crowd.size === 0) signal.removeEventListener("abort", tellAll);
  };
}
function tellAll({ target }) {
  for (const each of followers.get(target) ?? []) each();
}

// packages/core/src/time/clock.ts
var longestTimeout = 2 ** 31 - 1;
var systemClock = Object.freeze({
  now: Date.now,
  after(ms, callback, options) {
    let left = ms;
    let timer;
    const arm = () => {
      const step = Math.min(left, longestTimeout);
      left -= step;
      timer = setTimeout(left > 0 ? arm : callback, step);
      if (options?.background === true) timer.unref?.();
    };
    arm();
    return () => clearTimeout(timer);
  }
});

// packages/core/src/contract/troubled.ts
function isTroubled(record) {
  return record.state !== "closed" || record.override !== null;
}

// packages/core/src/memory/memory-locks.ts
var MemoryLocks = class {
  #clock;
  #locks = /* @__PURE__ */ new Map();
  #lastToken = 0;
  constructor(clock) {
    this.#clock = clock;
  }
  /** The token of a new lease; null while another holds it (L1). Whoever asks first once it is free has it. */
  tryAcquire(name, lease) {
    const lock = this.#lock(name);
    const now = this.#clock.now();
    if (now < lock.endsAt) return null;
    this.#lastToken += 1;
    lock.token = this.#lastToken;
    lock.endsAt = now + lease;
    return lock.token;
  }
  /** False once the lease of `token` is over (L4). */
  extend(name, token, ms) {
    const lock = this.#locks.get(name);
    const now = this.#clock.now();
    if (lock?.token !== token || now >= lock.endsAt) return false;
    lock.endsAt = now + ms;
    return true;
  }
  /** False once the lease of `token` is over (L4). */
  release(name, token) {
    if (!this.extend(name, token, 0)) return false;
    const { waiters } = this.#lock(name);
    if (waiters.size === 0) this.#locks.delete(name);
    for (const look of [...waiters]) look();
    return true;
  }
  /** Waits for a turn: a token, or null once `wait` ms are over or one of `signals` is aborted. */
  wait(name, lease, wait, signals) {
    const lock = this.#lock(name);
    return new Promise((resolve) => {
      let cancelLook = () => {
      };
      const leave = (token) => {
        lock.waiters.delete(look);
        cancelLook();
        for (const stop of stops) stop();
        resolve(token);
      };
      const look = () => {
        cancelLook();
        const token = this.tryAcquire(name, lease);
        if (token !== null) leave(token);
        else cancelLook = this.#clock.after(lock.endsAt - this.#clock.now(), look);
      };
      const stops = [this.#clock.after(wait, () => leave(null))];
      lock.waiters.add(look);
      look();
      for (const signal of signals) stops.push(onAbort(signal, () => leave(null)));
    });
  }
  #lock(name) {
    let lock = this.#locks.get(name);
    if (lock === void 0) {
      lock = { token: 0, endsAt: -Infinity, waiters: /* @__PURE__ */ new Set() };
      this.#locks.set(name, lock);
    }
    return lock;
  }
};

// packages/core/src/memory/memory-store.ts
var sweepEvery = 32;
var MemoryStore = class {
  clock;
  locks;
  /** Whether a test has damaged records: then each is checked when it is read. */
  hasDamage = false;
  #entries = /* @__PURE__ */ new Map();
  /** Names of troubled records (clause I3); one whose record's time is over goes when it is met. */
  #troubled = /* @__PURE__ */ new Set();
  #listeners = /* @__PURE__ */ new Set();
  #writes = 0;
  #sweep = this.#entries.entries();
  constructor(clock) {
    this.clock = clock;
    this.locks = new MemoryLocks(clock);
  }
  /** The record, unless its time is over (clause T2). Reading makes nothing (R1). */
  get(name, now) {
    const entry = this.#entries.get(name);
    return entry !== void 0 && now < entry.endsAt ? entry.record : null;
  }
  put(name, record, now, ttl2) {
    this.#entries.set(name, { record, endsAt: now + ttl2 });
    if (isTroubled(record)) this.#troubled.add(name);
    else if (this.#troubled.size > 0) this.#troubled.delete(name);
    this.#writes += 1;
    if (this.#writes % sweepEvery === 0) this.#sweepSome(now);
  }
  delete(name) {
    this.#forget(name);
  }
  /** Names in order of first appearance. A Map's iterator stays valid, and complete, while writes go on (clause I1). */
  names() {
    return this.#entries.keys();
  }
  /** Names of the circuits that are not closed or are under an override, maybe with some that were. */
  troubledNames() {
    return this.#troubled.values();
  }
  /** Adds a watcher; the answer removes it. */
  listen(listener) {
    const own2 = (event) => listener(event);
    this.#listeners.add(own2);
    return () => void this.#listeners.delete(own2);
  }
  /** Tells the watchers, each in a turn of its own: a slow or throwing one must not reach into the writer's call. */
  announce(event) {
    for (const listener of this.#listeners) {
      void Promise.resolve().then(() => {
        if (this.#listeners.has(listener)) listener(event);
      }).catch(() => {
      });
    }
  }
  #sweepSome(now) {
    for (let looked = 0; looked < 2 * sweepEvery; looked += 1) {
      const step = this.#sweep.next();
      if (step.done === true) {
        this.#sweep = this.#entries.entries();
        return;
      }
      if (step.value[1].endsAt <= now) this.#forget(step.value[0]);
    }
  }
  #forget(name) {
    this.#entries.delete(name);
    this.#troubled.delete(name);
  }
};

// packages/core/src/memory/memory-backend.ts
var storeOf = /* @__PURE__ */ new WeakMap();
var MemoryBackend = class _MemoryBackend {
  contractVersion = 1;
  #store;
  #givesNow;
  /** Aborted by `close`: ends what still watches or waits. */
  #closing = new AbortController();
  /** The same, for each call to look at: a signal takes longer to answer. */
  #closed = false;
  /** @param shared what `connect` hands on; not for others. */
  constructor(options = {}, shared) {
    this.#store = shared ?? new MemoryStore(options.clock ?? systemClock);
    this.#givesNow = options.clock !== void 0;
    storeOf.set(this, this.#store);
  }
  /** Another process's handle on the same contents: closing one leaves the others open. */
  connect() {
    return new _MemoryBackend(this.#givesNow ? { clock: this.#store.clock } : {}, this.#store);
  }
  async retrieve(name, options) {
    const now = this.#begin(name, options);
    const record = this.#read(name, now);
    return this.#givesNow ? { record, now } : { record };
  }
  async apply(name, revision, delta, options) {
    const now = this.#begin(name, options);
    const record = this.#read(name, now);
    if (record === null || record.revision !== revision) return this.#change(record, false, now);
    const next = withCounters(record, applyDelta(record.counters, delta));
    this.#store.put(name, next, now, options.ttl);
    return this.#change(next, true, now);
  }
  async store(name, revision, next, options) {
    const now = this.#begin(name, options);
    const record = this.#read(name, now);
    const expected = record === null ? revision === null : record.revision === revision;
    if (!expected || !meetsExpectation(record?.counters ?? {}, options.expect)) return this.#change(record, false, now);
    const stored = { ...next, override: next.override && { ...next.override }, counters: { ...next.counters } };
    this.#store.put(name, stored, now, options.ttl);
    this.#store.announce({ type: "transition", name, record: stored });
    return this.#change(stored, true, now);
  }
  async lock(name, options) {
    this.#begin(name, options);
    const token = this.#store.locks.tryAcquire(name, options.lease) ?? await this.#waitForLock(name, options);
    return {
      token,
      left: options.lease,
      extend: async (ms) => this.#leaseCall(name, this.#store.locks.extend(name, token, ms)),
      release: async () => this.#leaseCall(name, this.#store.locks.release(name, token))
    };
  }
  async delete(name, options) {
    this.#begin(name, options);
    this.#store.delete(name);
  }
  async *list(options = {}) {
    const { prefix: prefix2 = "", only, signal } = options;
    this.#refuseIfOver(signal);
    for (const name of only === "troubled" ? this.#store.troubledNames() : this.#store.names()) {
      if (!name.startsWith(prefix2)) continue;
      const record = this.#read(name, this.#store.clock.now());
      if (record === null) continue;
      yield { name, record };
      this.#refuseIfOver(signal);
    }
  }
  async watch(listener, options) {
    this.#refuseIfOver(options?.signal);
    const unwatch = this.#store.listen(listener);
    const stop = onAbort(this.#closing.signal, unwatch);
    return async () => {
      stop();
      unwatch();
    };
  }
  async close() {
    this.#closed = true;
    this.#closing.abort();
  }
  async #waitForLock(name, { lease, wait = 0, signal }) {
    const signals = [this.#closing.signal, ...signal === void 0 ? [] : [signal]];
    const token = wait > 0 ? await this.#store.locks.wait(name, lease, wait, signals) : null;
    if (token !== null) return token;
    this.#refuseIfOver(signal);
    throw new LockTimeoutError(name, wait);
  }
  #leaseCall(name, held) {
    this.#refuseIfOver();
    if (!held) throw new LeaseLostError(name, "it had ended");
  }
  /** Refuses a call that must not be; answers the store's time, by which the whole call goes. */
  #begin(name, options) {
    assertName(name);
    this.#refuseIfOver(options?.signal);
    return this.#store.clock.now();
  }
  #refuseIfOver(signal) {
    if (this.#closed) throw new ClosedError("This MemoryBackend");
    signal?.throwIfAborted();
  }
  #read(name, now) {
    const record = this.#store.get(name, now);
    if (record !== null && this.#store.hasDamage) checkRecord(name, record);
    return record;
  }
  #change(record, applied, now) {
    return this.#givesNow ? { record, applied, now } : { record, applied };
  }
};

// packages/core/src/machine/moment.ts
var lastMoment = 864e13;
function momentOf(now) {
  return Math.min(lastMoment, Math.max(0, Math.floor(now)));
}
function momentAfter(now, ms) {
  return momentOf(Math.floor(now) + ms);
}

// packages/core/src/machine/revision.ts
var unrecorded = Object.freeze({
  state: "closed",
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  lastFailure: null,
  counters: Object.freeze({})
});
var greatestRevision = Number.MAX_SAFE_INTEGER - 2 ** 40;
function stamped(next, previous, now, stamp) {
  const byClock = Math.floor(now) * 1024 + Math.floor(stamp.chance * 1024);
  const revision = Math.max(Math.min(byClock, greatestRevision), (previous?.revision ?? 0) + 1, 1);
  return { ...next, revision, by: stamp.by };
}
function nextSince(previous, now) {
  return Math.max(momentOf(now), (previous?.since ?? 0) + 1);
}

// packages/core/src/settings/at-once.ts
function atOnce(answer) {
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => {
  });
  throw new TypeError("it answered a promise, where the answer must be there at once");
}

// packages/core/src/logging/logger.ts
var silentLogger = Object.freeze(fromEachLevel(() => () => {
}));
function fromEachLevel(make) {
  return { debug: make("debug"), info: make("info"), warn: make("warn"), error: make("error") };
}

// packages/core/src/errors/settings-errors.ts
var InvalidSettingsError = class extends CircuitryError {
  code = "ERR_INVALID_SETTINGS";
  problems;
  constructor(problems) {
    const lines = problems.map(({ name, value, expected }) => `  ${name}: expected ${expected}, got ${show(value)}`);
    const count3 = problems.length === 1 ? "One setting is" : `${problems.length} settings are`;
    super(`${count3} wrong; nothing was made:
${lines.join("\n")}`);
    this.problems = problems;
  }
};
var SettingsConflictError = class extends CircuitryError {
  code = "ERR_SETTINGS_CONFLICT";
  /** The names of the settings that both give, `'errorMatchers.send-mail'` for one entry of a map. */
  settings;
  constructor(settings) {
    super(`Both sets of settings give ${settings.join(", ")}: neither overrides the other. Take one of the two out.`);
    this.settings = settings;
  }
};
nameErrorClass(InvalidSettingsError, "InvalidSettingsError");
nameErrorClass(SettingsConflictError, "SettingsConflictError");

// packages/core/src/machine/trip.ts
function trips(rule, tally) {
  switch (rule.kind) {
    case "consecutive-failures":
      return tally.consecutiveFailures >= rule.threshold;
    case "failure-count":
      return tally.windowSums(rule.window).failures >= rule.threshold;
    case "failure-rate":
    case "slow-call-rate": {
      const sums = tally.windowSums(rule.window);
      const counted2 = rule.kind === "failure-rate" ? sums.failures : sums.slow;
      return sums.calls >= rule.minimumCalls && counted2 / sums.calls >= rule.threshold;
    }
    case "any-of":
      return rule.rules.some((each) => trips(each, tally));
    case "custom":
      return tally.total > 0 && rule.trips(tally.information());
  }
}
function flatten(rule) {
  return "rules" in rule ? rule.rules.flatMap((each) => flatten(each)) : [rule];
}

// packages/core/src/machine/window-spec.ts
function timeWindow(length, buckets) {
  const parts = Math.min(buckets, Math.floor(length));
  const bucketLength = Math.floor(length / parts);
  return { kind: "time", prefix: `w${bucketLength}x${parts}:`, bucketLength, buckets: parts };
}
var mostSegments = 100;
function callsWindow(calls) {
  const perSegment = Math.ceil(calls / mostSegments);
  return { kind: "calls", prefix: `n${calls}:`, calls, perSegment, segments: Math.ceil(calls / perSegment) };
}
var timeCell = /^w(\d+)x(\d+):(\d+)\./;
function isLeftOver(name, specs, now) {
  if (!name.startsWith("w") || specs.some(({ prefix: prefix2 }) => name.startsWith(prefix2))) return false;
  const match = timeCell.exec(name);
  if (match === null) return false;
  const [, bucketLength, buckets, index] = match;
  return Math.floor(now / Number(bucketLength)) - Number(index) >= Number(buckets);
}

// packages/core/src/time/duration.ts
var unitLength = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
var pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
function parseDuration(value) {
  if (typeof value === "number") return value >= 0 ? Math.round(value) : null;
  if (typeof value !== "string") return null;
  const match = pattern.exec(value);
  if (match === null) return null;
  return Math.round(Number(match[1]) * unitLength[match[2]]);
}
function describeDuration(ms) {
  if (ms < 1e4) return `${Math.ceil(ms)} ms`;
  if (ms < 6e5) return `${Math.ceil(ms / 1e3)} s`;
  if (ms < 36e6) return `${Math.ceil(ms / 6e4)} min`;
  return `${Math.ceil(ms / 36e5)} h`;
}

// packages/core/src/settings/readers.ts
function optional(read2, fallback) {
  return (name, value, problems) => value === void 0 ? fallback : read2(name, value, problems);
}
function duration(least, bounds = `${least} ms`, most = Number.MAX_VALUE) {
  return reader(`a duration from ${bounds} (ms, or a string like '30s')`, (value) => {
    const ms = parseDuration(value);
    return ms === null || ms < least || ms > most ? void 0 : ms;
  });
}
function number(expected, isRight) {
  return reader(expected, (value) => typeof value === "number" && isRight(value) ? value : void 0);
}
function integer(most = Infinity) {
  return number(
    `an integer from 1${most === Infinity ? "" : ` to ${most}`}`,
    (value) => Number.isSafeInteger(value) && value >= 1 && value <= most
  );
}
var rate = number("a number above 0, at most 1", (value) => value > 0 && value <= 1);
function oneOf(...words) {
  return reader(words.map((word) => `'${word}'`).join(" or "), (value) => words.find((word) => word === value));
}
function text() {
  return typed("string");
}
function flag() {
  return typed("boolean");
}
function callable() {
  return typed("function");
}
function typed(type) {
  return reader(`a ${type}`, (value) => typeof value === type ? value : void 0);
}
function objectWith(...methods) {
  return (name, value, problems) => {
    const missing = methods.filter((method) => !isObject2(value) || typeof value[method] !== "function");
    if (missing.length > 0) problems.push({ name, value, expected: `an object with ${missing.join(", ")}` });
    return value;
  };
}
function plainObject(expected) {
  return (name, value, problems) => {
    if (isPlain(value)) return value;
    problems.push({ name, value, expected });
    return {};
  };
}
function reader(expected, read2) {
  return (name, value, problems) => {
    const answer = read2(value);
    if (answer === void 0) problems.push({ name, value, expected });
    return answer;
  };
}
function readEach(readers4, given, prefix2, problems) {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(readers4, name)) problems.push({ name: prefix2 + name, value, expected: "no such setting" });
  }
  const read2 = Object.entries(readers4).map(([name, each]) => [name, each(prefix2 + name, given[name], problems)]);
  return Object.fromEntries(read2);
}
function isObject2(value) {
  return typeof value === "object" && value !== null;
}
function isPlain(value) {
  if (!isObject2(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

// packages/core/src/settings/parse-trip.ts
var windowed = { window: optional(readWindow, 6e4), buckets: optional(integer(100), 10) };
var counted = { threshold: integer(), ...windowed };
var rated = { threshold: optional(rate, 0.5), minimumCalls: optional(integer(), 20), ...windowed };
function readTrip(name, value, problems) {
  if (typeof value === "function") return { kind: "function", function: value };
  const { kind, ...given } = isObject2(value) ? value : {};
  const read2 = (readers4) => readEach(readers4, given, `${name}.`, problems);
  const fitting = ({ window, buckets }, needs, calls) => {
    if (typeof window !== "object") return timeWindow(window, buckets);
    if (calls > window.calls)
      problems.push({ name: `${name}.${needs}`, value: calls, expected: `at most the window's ${window.calls} calls` });
    return window;
  };
  switch (kind) {
    case "any-of":
      return { kind, rules: read2({ policies: readPolicies }).policies };
    case "consecutive-failures":
      return { kind, ...read2({ threshold: integer() }) };
    case "failure-count": {
      const { threshold, ...rest } = read2(counted);
      return { kind, threshold, window: fitting(rest, "threshold", threshold) };
    }
    case "failure-rate":
    case "slow-call-rate": {
      const { threshold, minimumCalls, ...rest } = read2(rated);
      return { kind, threshold, minimumCalls, window: fitting(rest, "minimumCalls", minimumCalls) };
    }
    default: {
      const [wrong, found] = isObject2(value) ? [`${name}.kind`, kind] : [name, value];
      const expected = "a trip rule (consecutiveFailures, failureCount, failureRate, slowCallRate, anyOf) or a function";
      problems.push({ name: wrong, value: found, expected });
      return { kind: "consecutive-failures", threshold: 1 };
    }
  }
}
function readPolicies(name, value, problems) {
  if (Array.isArray(value) && value.length > 0)
    return value.map((each, index) => readTrip(`${name}[${index}]`, each, problems));
  problems.push({ name, value, expected: "at least one trip rule" });
  return [];
}
function readWindow(name, value, problems) {
  if (!isObject2(value)) return duration(10, "10 ms to 7 days", 7 * 864e5)(name, value, problems);
  return callsWindow(readEach({ calls: integer(1e4) }, value, `${name}.`, problems).calls);
}

// packages/core/src/settings/parse-settings.ts
var minute = 6e4;
var readBackend = (name, value, problems) => {
  if (isObject2(value) && value.contractVersion !== contractVersion) {
    const expected = `${contractVersion}: take matching versions of core and backend`;
    problems.push({ name: `${name}.contractVersion`, value: value.contractVersion, expected });
  }
  const methods = ["retrieve", "apply", "store", "lock", "delete", "list"];
  return objectWith(...methods)(name, value, problems);
};
var readClosing = (name, value, problems) => isObject2(value) ? { kind: "sample", ...readEach({ trials: integer(), successRate: rate }, value, `${name}.`, problems) } : { kind: "consecutive-successes", successes: integer()(name, value, problems) };
var readAllowAfter = (name, value, problems) => typeof value === "function" ? value : duration(1)(name, value, problems);
var readMatchers = (name, value, problems) => {
  const readOne = optional(callable(), void 0);
  const matchers = plainObject("a plain object with a function for each circuit")(name, value, problems);
  return new Map(
    Object.entries(matchers).map(([circuit, each]) => [circuit, readOne(`${name}.${circuit}`, each, problems)])
  );
};
var readConsistency = (name, value, problems) => {
  if (value === "strict") return null;
  if (isObject2(value) && value.maxStaleness !== void 0)
    return readEach({ maxStaleness: duration(1) }, value, `${name}.`, problems).maxStaleness;
  problems.push({ name, value, expected: "'strict' or { maxStaleness: a duration }" });
  return null;
};
var readExclusive = (name, value, problems) => {
  if (value === false) return null;
  const given = value === true ? {} : value;
  const readers4 = { lease: optional(duration(10), 3e4), wait: optional(duration(0), 1e4) };
  return readEach(readers4, plainObject("a boolean or { lease, wait }")(name, given, problems), `${name}.`, problems);
};
var readPace = (name, value, problems) => value === null ? null : number("calls per second, above 0, or null", (pace) => pace > 0 && pace < Infinity)(name, value, problems) / 1e3;
var readers = {
  backend: readBackend,
  nameFor: optional(callable(), (circuit) => circuit),
  failureCountThreshold: optional(integer(), 5),
  trip: optional(readTrip, null),
  closeThreshold: optional(readClosing, { kind: "consecutive-successes", successes: 1 }),
  allowAfter: optional(readAllowAfter, minute),
  maxOpenFor: optional(duration(1), 36e5),
  calmPeriod: optional(duration(0), 3e5),
  cyclicClearAfter: optional(duration(1), null),
  trialLease: optional(duration(10), minute),
  longestTrial: optional(duration(0, "trialLease"), null),
  errorMatcher: optional(callable(), void 0),
  errorMatchers: optional(readMatchers, /* @__PURE__ */ new Map()),
  resultMatcher: optional(callable(), void 0),
  describeFailure: optional(callable(), void 0),
  slowCallAfter: optional(duration(1), Infinity),
  workTimeout: optional(duration(1), null),
  consistency: optional(readConsistency, null),
  onStorageFailure: optional(oneOf("local", "allow", "throw"), "local"),
  storageTimeout: optional(duration(1), 1e3),
  retention: optional(duration(minute, "'1m'"), 1440 * minute),
  exclusive: optional(readExclusive, null),
  onStateChange: optional(callable(), void 0),
  logger: optional(objectWith("debug", "info", "warn", "error"), silentLogger),
  counting: optional(oneOf("all", "failures"), "all"),
  retryJitter: optional(
    number("a number from 0 to 1", (value) => value >= 0 && value <= 1),
    0.1
  ),
  retryPace: optional(readPace, null),
  trialRetryAfter: optional(duration(1), 5e3),
  mode: optional(oneOf("enforce", "observe", "off"), "enforce"),
  clock: optional(objectWith("now", "after"), systemClock),
  random: optional(callable(), Math.random),
  maxCircuits: optional(integer(), 1e4)
};
function parseSettings(options) {
  const given = options;
  if (!isObject2(given))
    throw new InvalidSettingsError([{ name: "options", value: given, expected: "an object with at least a backend" }]);
  const problems = [];
  const { failureCountThreshold, trip, longestTrial, ...read2 } = readEach(readers, given, "", problems);
  const settings = {
    ...read2,
    trip: trip ?? { kind: "consecutive-failures", threshold: failureCountThreshold },
    longestTrial: longestTrial ?? 20 * read2.trialLease
  };
  const refuse = (name, expected) => void problems.push({ name, value: given[name], expected });
  const rules = flatten(settings.trip);
  if (settings.longestTrial < read2.trialLease) refuse("longestTrial", "a duration from trialLease");
  if (trip !== null && options.failureCountThreshold !== void 0)
    refuse("failureCountThreshold", "nothing where trip is given: use trip: anyOf(consecutiveFailures(n), \u2026)");
  if (read2.counting === "failures" && rules.some(({ kind }) => kind !== "consecutive-failures" && kind !== "failure-count"))
    refuse("counting", "'all' with a rate rule or a function, which need successes counted");
  if (read2.slowCallAfter === Infinity && rules.some(({ kind }) => kind === "slow-call-rate"))
    refuse("slowCallAfter", "a duration where trip has a slowCallRate, or no call is ever slow");
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze(settings);
}

// packages/core/src/settings/rules.ts
var defaultAllowAfter = 6e4;
function rulesFor(settings, { name, context }, report) {
  const trip = bindTrip(settings.trip, { name, context }, report);
  const rules = flatten(trip);
  return {
    trip,
    windows: distinctWindows(rules),
    slowTrialsFail: rules.some(({ kind }) => kind === "slow-call-rate"),
    closing: settings.closeThreshold,
    allowAfter: bindAllowAfter(settings, name, report),
    maxOpenFor: settings.maxOpenFor,
    calmPeriod: settings.calmPeriod,
    cyclicClearAfter: settings.cyclicClearAfter,
    trialLease: settings.trialLease,
    longestTrial: settings.longestTrial,
    retention: settings.retention
  };
}
function asksUserCode(settings) {
  return typeof settings.allowAfter === "function" || flatten(settings.trip).some(({ kind }) => kind === "function");
}
function bindTrip(trip, subject, report) {
  if (trip.kind === "any-of")
    return { kind: "any-of", rules: trip.rules.map((each) => bindTrip(each, subject, report)) };
  if (trip.kind !== "function") return trip;
  let reported = "";
  return {
    kind: "custom",
    trips: (information) => {
      try {
        return atOnce(trip.function(information, subject)) === true;
      } catch (error) {
        const counts2 = `${information.generation}:${information.total}`;
        if (counts2 !== reported) report("trip", error, subject.name);
        reported = counts2;
        return false;
      }
    }
  };
}
function bindAllowAfter(settings, name, report) {
  const { allowAfter, random } = settings;
  if (typeof allowAfter === "number") return () => allowAfter;
  return (openings) => {
    try {
      const answer = atOnce(allowAfter(openings, random));
      const ms = parseDuration(answer);
      if (ms !== null && ms >= 1 && ms < Infinity) return ms;
      throw new RangeError(`allowAfter(${openings}) answered ${String(answer)}, not a duration from 1 ms`);
    } catch (error) {
      report("allowAfter", error, name);
    }
    return defaultAllowAfter;
  };
}
function distinctWindows(rules) {
  const windows = rules.flatMap((rule) => "window" in rule ? [rule.window] : []);
  return [...new Map(windows.map((window) => [window.prefix, window])).values()];
}

// packages/core/src/machine/counter-names.ts
var counter = {
  consecutiveFailures: "consecutive.failures",
  consecutiveSuccesses: "consecutive.successes",
  totalFailures: "total.failures",
  totalSuccesses: "total.successes",
  totalIgnored: "total.ignored",
  totalSlow: "total.slow",
  /** Tickets taken in this half-open round. */
  trialsStarted: "trials.started",
  /** How many tickets this round has. */
  trialsLimit: "trials.limit",
  /** When the round is given up, ms since the epoch: the latest lease of its trials. */
  trialsDeadline: "trials.deadline",
  /** The sample so far, carried from round to round. */
  trialsSucceeded: "trials.succeeded",
  trialsFailed: "trials.failed"
};

// packages/core/src/machine/window-row.ts
var fields = ["calls", "failures", "slow"];
var fieldOf = new Map(fields.map((field) => [`.${field[0]}`, field]));
var ending = ".c".length;
var rows = /* @__PURE__ */ new WeakMap();
function rowOf(spec, counters) {
  const known = rows.get(counters) ?? {};
  rows.set(counters, known);
  return known[spec.prefix] ??= read(spec, counters);
}
function read({ prefix: prefix2 }, counters) {
  let cells = /* @__PURE__ */ new Map();
  const sums = emptyCell();
  const strange = [];
  let newest = 0;
  let isAscending = true;
  for (const name of Object.keys(counters)) {
    if (!name.startsWith(prefix2)) continue;
    const number3 = Number(name.slice(prefix2.length, -ending));
    const field = fieldOf.get(name.slice(-ending));
    if (field === void 0 || !Number.isSafeInteger(number3)) {
      strange.push(name);
      continue;
    }
    const counted2 = Math.max(0, counters[name]);
    cellAt(cells, number3)[field] += counted2;
    sums[field] += counted2;
    isAscending &&= number3 >= newest;
    newest = number3;
  }
  if (!isAscending) cells = new Map([...cells].sort(([one], [other]) => one - other));
  return { cells, sums, strange };
}
function nameOf({ prefix: prefix2 }, number3, field) {
  return `${prefix2}${number3}.${field[0]}`;
}
function emptyCell() {
  return { calls: 0, failures: 0, slow: 0 };
}
function cellAt(cells, number3) {
  let cell = cells.get(number3);
  if (cell === void 0) {
    cell = emptyCell();
    cells.set(number3, cell);
  }
  return cell;
}

// packages/core/src/machine/window.ts
var Window = class {
  #spec;
  /** What the record holds; what is below `oldest` or above `newest` is not in the window. */
  #row;
  #oldest = -Infinity;
  #newest;
  /** What `add` put into each cell. */
  #added = /* @__PURE__ */ new Map();
  /** The newest cell's number; −Infinity in an empty window. */
  #head = -Infinity;
  #sums;
  #stale;
  /** @param now decides which cells are from a broken clock: more than a window ahead. */
  constructor(spec, counters, now) {
    const row = rowOf(spec, counters);
    this.#spec = spec;
    this.#row = row;
    this.#sums = { ...row.sums };
    this.#stale = [...row.strange];
    const newest = spec.kind === "time" ? bucketAt(spec.bucketLength, now) + spec.buckets : Infinity;
    this.#newest = newest;
    for (const [number3, cell] of row.cells) {
      if (number3 <= newest) this.#head = number3;
      else {
        plus(this.#sums, cell, -1);
        for (const field of fields) if (cell[field] > 0) this.#stale.push(nameOf(spec, number3, field));
      }
    }
    this.#forgetOld();
  }
  /** Counts one outcome in: into bucket max(its time, newest bucket), or the newest segment that has room. */
  add(outcome) {
    const index = this.#indexFor(outcome.at);
    count(cellAt(this.#added, index), outcome);
    count(this.#sums, outcome);
    const isSameCell = index === this.#head;
    this.#head = index;
    if (isSameCell && this.#spec.kind === "time") return;
    this.#forgetOld();
  }
  /** What it holds at the time of its newest outcome, if that is still inside the window at `now`; else nothing. */
  sumsAsOfNewest(now) {
    const spec = this.#spec;
    if (spec.kind === "calls") return this.#sums;
    return bucketAt(spec.bucketLength, now) - this.#head < spec.buckets ? this.#sums : nothing;
  }
  /** What it holds at `now`. */
  sumsAt(now) {
    const spec = this.#spec;
    if (spec.kind === "calls") return this.#sums;
    const oldest = bucketAt(spec.bucketLength, now) - spec.buckets + 1;
    const sums = emptyCell();
    for (const [number3, cell] of this.#row.cells) {
      if (number3 >= oldest && number3 >= this.#oldest && number3 <= this.#newest) plus(sums, cell);
    }
    for (const [number3, cell] of this.#added) if (number3 >= oldest) plus(sums, cell);
    return sums;
  }
  /** The changes that `add` made, for a delta. Named only here: an outcome must not pay for three strings. */
  get added() {
    const added = /* @__PURE__ */ new Map();
    for (const [index, cell] of this.#added) {
      for (const field of fields) {
        if (cell[field] > 0) added.set(nameOf(this.#spec, index, field), cell[field]);
      }
    }
    return added;
  }
  /** Counters that a delta drops: out of the window, or of a broken clock. */
  get stale() {
    return this.#stale;
  }
  #indexFor(at) {
    const spec = this.#spec;
    const head = this.#head;
    if (spec.kind === "time") return Math.max(bucketAt(spec.bucketLength, at), head);
    if (head === -Infinity) return 1;
    return this.#callsIn(head) < spec.perSegment ? head : head + 1;
  }
  #forgetOld() {
    const spec = this.#spec;
    const { cells } = this.#row;
    const oldest = spec.kind === "time" ? this.#head - spec.buckets + 1 : this.#oldestSegment(spec);
    for (const [number3, cell] of cells) {
      if (number3 >= oldest) break;
      if (number3 >= this.#oldest) this.#forget(number3, cell);
    }
    for (const [number3, cell] of this.#added) {
      if (number3 >= oldest) continue;
      this.#added.delete(number3);
      if (cells.has(number3)) plus(this.#sums, cell, -1);
      else this.#forget(number3, cell);
    }
    this.#oldest = oldest;
  }
  #forget(number3, cell) {
    plus(this.#sums, cell, -1);
    for (const field of fields) this.#stale.push(nameOf(this.#spec, number3, field));
  }
  #callsIn(number3) {
    return (this.#row.cells.get(number3)?.calls ?? 0) + (this.#added.get(number3)?.calls ?? 0);
  }
  /** Newest first, until the calls are enough. Segments that others filled twice make the row shorter, never longer. */
  #oldestSegment(spec) {
    const head = this.#head;
    let calls = 0;
    let oldest = head;
    for (let index = head; index > head - spec.segments && calls < spec.calls; index -= 1) {
      calls += this.#callsIn(index);
      oldest = index;
    }
    return oldest;
  }
};
var nothing = Object.freeze(emptyCell());
function plus(sums, cell, sign = 1) {
  for (const field of fields) sums[field] += sign * cell[field];
}
function count(cell, outcome) {
  cell.calls += 1;
  if (outcome.kind === "failure") cell.failures += 1;
  if (outcome.slow) cell.slow += 1;
}
function bucketAt(bucketLength, at) {
  return Math.floor(at / bucketLength);
}

// packages/core/src/machine/information.ts
function informationOf(record, now, rules) {
  const counters = record?.counters ?? {};
  const count3 = (name) => counters[name] ?? 0;
  const state = effectiveState(record);
  const end = endOf(record);
  return {
    state,
    generation: record?.generation ?? 0,
    revision: record?.revision ?? 0,
    openings: record?.openings ?? 0,
    consecutiveFailures: count3(counter.consecutiveFailures),
    consecutiveSuccesses: count3(counter.consecutiveSuccesses),
    total: count3(counter.totalFailures) + count3(counter.totalSuccesses),
    totalFailures: count3(counter.totalFailures),
    totalSuccesses: count3(counter.totalSuccesses),
    totalIgnored: count3(counter.totalIgnored),
    totalSlow: count3(counter.totalSlow),
    window: windowInformation(record, now, rules),
    trials: state === "half-open" ? { started: count3(counter.trialsStarted), limit: count3(counter.trialsLimit) } : null,
    since: record?.since ?? 0,
    expiresAfter: end === null ? null : new Date(end),
    override: record?.override ?? null
  };
}
function effectiveState(record) {
  return record === null ? "closed" : record.override?.state ?? record.state;
}
function endOf(record) {
  if (record === null) return null;
  if (record.override !== null) return record.override.until;
  if (record.state !== "half-open") return record.expiresAt;
  return Math.max(record.expiresAt ?? 0, record.counters[counter.trialsDeadline] ?? 0);
}
function windowInformation(record, now, rules) {
  const spec = firstRateWindow(rules);
  if (spec === null) return null;
  const { calls, failures, slow } = new Window(spec, record?.counters ?? {}, now).sumsAt(now);
  return {
    calls,
    failures,
    slow,
    failureRate: calls === 0 ? 0 : failures / calls,
    slowRate: calls === 0 ? 0 : slow / calls
  };
}
function firstRateWindow(rules) {
  for (const rule of flatten(rules.trip)) {
    if (rule.kind === "failure-rate" || rule.kind === "slow-call-rate") return rule.window;
  }
  return null;
}

// packages/core/src/machine/closing.ts
function verdictOf(closing, counters) {
  const succeeded = counters[counter.trialsSucceeded] ?? 0;
  const failed = counters[counter.trialsFailed] ?? 0;
  if (closing.kind === "consecutive-successes") {
    if (failed > 0) return "reopen";
    return succeeded >= closing.successes ? "close" : "undecided";
  }
  if (succeeded / closing.trials >= closing.successRate) return "close";
  return (closing.trials - failed) / closing.trials < closing.successRate ? "reopen" : "undecided";
}
function missingTrials(closing, counters) {
  const succeeded = counters[counter.trialsSucceeded] ?? 0;
  const failed = counters[counter.trialsFailed] ?? 0;
  const wanted = closing.kind === "sample" ? closing.trials - failed : closing.successes;
  return Math.max(1, wanted - succeeded);
}

// packages/core/src/machine/tally.ts
var RecordTally = class {
  #record;
  #now;
  #rules;
  constructor(record, now, rules) {
    this.#record = record;
    this.#now = now;
    this.#rules = rules;
  }
  get consecutiveFailures() {
    return this.#count(counter.consecutiveFailures);
  }
  get total() {
    return this.#count(counter.totalFailures) + this.#count(counter.totalSuccesses);
  }
  windowSums(spec) {
    return new Window(spec, this.#record.counters, this.#now).sumsAsOfNewest(this.#now);
  }
  information() {
    return informationOf(this.#record, this.#now, this.#rules);
  }
  #count(name) {
    return this.#record.counters[name] ?? 0;
  }
};

// packages/core/src/machine/transition.ts
function dueTransition(record, now, rules) {
  if (record === null) return null;
  if (record.override !== null)
    return hasEnded(record, now) ? cleanClosed(record, now, rules, "override-lapsed") : null;
  if (record.state === "open") return hasEnded(record, now) ? beginRound(record, now, rules, "trial-round") : null;
  const decided = decidedTransition(record, now, rules);
  if (decided !== null || record.state === "closed") return decided;
  return hasEnded(record, now) ? beginRound(record, now, rules, "new-round") : null;
}
function decidedTransition(record, now, rules) {
  if (record.override !== null || record.state === "open") return null;
  if (record.state === "closed") {
    if (isClearDue(record, now) || !trips(rules.trip, new RecordTally(record, now, rules))) return null;
    return open(record, now, rules, "tripped");
  }
  switch (verdictOf(rules.closing, record.counters)) {
    case "close":
      return cleanClosed(record, now, rules, "trials-succeeded");
    case "reopen":
      return open(record, now, rules, "trials-failed");
    case "undecided":
      return null;
  }
}
function effectiveRecord(record, now, rules) {
  const due = dueTransition(record, now, rules);
  if (due === null) return record;
  const counters = due.ticket ? { ...due.next.counters, [counter.trialsStarted]: 0 } : due.next.counters;
  const { revision, by } = record;
  return { ...due.next, counters, revision, by };
}
function cleanClosed(before, now, rules, reason, override = null) {
  const next = {
    state: "closed",
    generation: (before?.generation ?? 0) + 1,
    openings: 0,
    since: nextSince(before, now),
    // Under an override nothing is cleared: counts are shown to its operator as they are.
    expiresAt: override === null ? nextClear(now, rules) : null,
    override,
    lastFailure: null,
    counters: {}
  };
  return { reason, from: effectiveState(before), to: override?.state ?? "closed", before, next, ticket: false };
}
function nextClear(now, rules) {
  return rules.cyclicClearAfter === null ? null : momentAfter(now, rules.cyclicClearAfter);
}
function isClearDue(record, now) {
  return record.state === "closed" && record.override === null && hasEnded(record, now);
}
function hasEnded(record, now) {
  const end = endOf(record);
  return end !== null && end <= now;
}
function open(before, now, rules, reason) {
  const openings = before.openings + 1;
  const next = {
    state: "open",
    generation: before.generation + (reason === "tripped" ? 1 : 0),
    openings,
    since: nextSince(before, now),
    expiresAt: momentAfter(now, rules.allowAfter(openings, before.lastFailure)),
    override: null,
    lastFailure: before.lastFailure,
    counters: {}
  };
  return { reason, from: effectiveState(before), to: "open", before, next, ticket: false };
}
var sample = [
  counter.consecutiveFailures,
  counter.consecutiveSuccesses,
  counter.totalFailures,
  counter.totalSuccesses,
  counter.totalIgnored,
  counter.totalSlow,
  counter.trialsSucceeded,
  counter.trialsFailed
];
function beginRound(before, now, rules, reason) {
  const deadline = momentAfter(now, rules.trialLease);
  const carried = {};
  const expect = {};
  if (reason === "new-round") {
    for (const name of sample) {
      expect[name] = before.counters[name] ?? 0;
      if (expect[name] !== 0) carried[name] = expect[name];
    }
    for (const name of [counter.trialsStarted, counter.trialsDeadline]) expect[name] = before.counters[name] ?? 0;
  }
  const next = {
    state: "half-open",
    generation: before.generation,
    openings: before.openings,
    since: nextSince(before, now),
    expiresAt: deadline,
    override: null,
    lastFailure: before.lastFailure,
    counters: {
      ...carried,
      [counter.trialsStarted]: 1,
      [counter.trialsLimit]: missingTrials(rules.closing, carried),
      [counter.trialsDeadline]: deadline
    }
  };
  const from = effectiveState(before);
  return { reason, from, to: "half-open", before, next, expect, ticket: true };
}
function informationBefore(transition, now, rules) {
  return informationOf(transition.before, now, rules);
}

// packages/core/src/machine/fence.ts
function fenceOf(record) {
  return record ?? unrecorded;
}
function isCurrent(fence, record) {
  if (record === null) return fence.state === "closed";
  if (fence.state !== record.state) return false;
  return fence.since === record.since || record.state === "closed" && record.since === 0;
}
function sameFence(a2, b) {
  return a2.state === b.state && a2.since === b.since;
}

// packages/core/src/breaker/call-signal.ts
var CallSignal = class {
  #caller;
  #controller = null;
  #isAborted = false;
  #abortReason = void 0;
  #unfollow = null;
  constructor(caller) {
    this.#caller = caller;
  }
  /** Made when first read. */
  get signal() {
    if (this.#controller !== null) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    const caller = this.#caller;
    if (this.#isAborted) {
      controller.abort(this.#abortReason);
    } else if (caller?.aborted === true) {
      controller.abort(caller.reason);
    } else if (caller !== void 0) {
      const follow = () => controller.abort(caller.reason);
      caller.addEventListener("abort", follow, { once: true });
      this.#unfollow = () => caller.removeEventListener("abort", follow);
    }
    return controller.signal;
  }
  /** By the library itself; the first reason stays. */
  abort(reason) {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
  get abortReason() {
    return this.#abortReason;
  }
  stopFollowing() {
    this.#unfollow?.();
    this.#unfollow = null;
  }
};

// packages/core/src/breaker/call.ts
var Call = class {
  circuit;
  /** Of the breaker that made it. */
  subject;
  /** The record that admitted it. */
  record;
  decidedBy;
  /** Whether it holds a trial's ticket. */
  isTrial;
  /** Renews the ticket while the work runs. */
  trial = null;
  /** The fleet-wide lock, where the factory is `exclusive`. */
  lease = null;
  /** When it was admitted and its work began, ms by the process's clock. */
  startedAt;
  #callerSignal;
  /** Null until the work looks, or has to stop. */
  #signal = null;
  constructor(circuit, subject, record, decidedBy2, isTrial, startedAt, callerSignal) {
    this.circuit = circuit;
    this.subject = subject;
    this.record = record;
    this.decidedBy = decidedBy2;
    this.isTrial = isTrial;
    this.startedAt = startedAt;
    this.#callerSignal = callerSignal;
  }
  get status() {
    return "admitted";
  }
  get fence() {
    return fenceOf(this.record);
  }
  get signal() {
    return this.#ownSignal().signal;
  }
  /** Whether the caller has cancelled it. */
  get isCancelled() {
    return this.#callerSignal?.aborted === true;
  }
  /** Why the caller cancelled it. */
  get cancelReason() {
    return this.#callerSignal?.reason;
  }
  /** Tells the work to stop, now or when it first looks. */
  abort(reason) {
    this.#ownSignal().abort(reason);
  }
  /** Why the library itself told the work to stop; undefined: it did not. */
  get abortReason() {
    return this.#signal?.abortReason;
  }
  /** The call is over: a long-lived signal of the caller's must not hold on to it. */
  finish() {
    if (this.#signal !== null) this.#signal.stopFollowing();
  }
  #ownSignal() {
    this.#signal ??= new CallSignal(this.#callerSignal);
    return this.#signal;
  }
};

// packages/core/src/machine/admission.ts
var admitted = Object.freeze({ kind: "admit" });
function admit(record, now, rules) {
  if (record === null) return admitted;
  const transition = dueTransition(record, now, rules);
  if (transition !== null) return { kind: "store", transition };
  const until2 = endOf(record);
  if (record.override !== null)
    return record.override.state === "closed" ? admitted : { kind: "refuse", because: "forced", until: until2 };
  if (record.state === "closed") return admitted;
  if (record.state === "open") return { kind: "refuse", because: "open", until: until2 };
  const started2 = record.counters[counter.trialsStarted] ?? 0;
  if (started2 >= (record.counters[counter.trialsLimit] ?? 0)) return { kind: "refuse", because: "trials", until: until2 };
  return { kind: "ticket", delta: takeTicket(now, rules) };
}
function holdsTicket(after) {
  return (after.counters[counter.trialsStarted] ?? 0) <= (after.counters[counter.trialsLimit] ?? 0);
}
var returnTicket = Object.freeze({ add: Object.freeze({ [counter.trialsStarted]: -1 }) });
function renewLease(now, rules) {
  return { set: { [counter.trialsDeadline]: momentAfter(now, rules.trialLease) } };
}
function takeTicket(now, rules) {
  return { add: { [counter.trialsStarted]: 1 }, ...renewLease(now, rules) };
}

// packages/core/src/breaker/port.ts
function answerOf(ask2) {
  return new Promise((take, fail) => ask2({ take, fail }));
}
function tell(asker, answer) {
  try {
    asker.take(answer);
  } catch (error) {
    asker.fail(error);
  }
}

// packages/core/src/breaker/refusals.ts
var CallRefusedError = class extends CircuitryError {
  /** The name in the store. */
  circuitName;
  /** The effective state that refused. */
  state;
  /** ms until a call may be admitted, plus the factory's `retryJitter`; null when forced open without end. */
  retryAfter;
  #information;
  constructor(message, facts) {
    super(message);
    this.circuitName = facts.circuitName;
    this.state = facts.state;
    this.retryAfter = facts.retryAfter;
    this.#information = facts.information;
  }
  /** The circuit as it was when it refused; put together when first read. */
  get information() {
    return this.#information();
  }
};
var CircuitOpenError = class extends CallRefusedError {
  code = "ERR_CIRCUIT_OPEN";
};
var TooManyTrialsError = class extends CallRefusedError {
  code = "ERR_TOO_MANY_TRIALS";
};
var ForcedOpenError = class extends CallRefusedError {
  code = "ERR_FORCED_OPEN";
};
nameErrorClass(CallRefusedError, "CallRefusedError");
nameErrorClass(CircuitOpenError, "CircuitOpenError");
nameErrorClass(TooManyTrialsError, "TooManyTrialsError");
nameErrorClass(ForcedOpenError, "ForcedOpenError");
function refusalError(because, facts) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    switch (because) {
      case "open":
        return new CircuitOpenError(describe(facts, "is open"), facts);
      case "trials":
        return new TooManyTrialsError(describe(facts, "is half-open and its trials are all taken"), facts);
      case "forced":
        return new ForcedOpenError(describe(facts, "is forced open by an operator"), facts);
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
}
function describe({ circuitName, retryAfter }, what) {
  const when = retryAfter === null ? "ask its operator before trying again" : `try again in ${describeDuration(retryAfter)}`;
  return `Circuit ${JSON.stringify(circuitName)} ${what}: the work was not run; ${when}.`;
}

// packages/core/src/breaker/refusal.ts
var Refusal = class {
  status = "refused";
  #circuit;
  #record;
  #because;
  /** ms; null: nobody knows. */
  #retryAfter;
  #now;
  #error = null;
  constructor(circuit, record, because, retryAfter, now) {
    this.#circuit = circuit;
    this.#record = record;
    this.#because = because;
    this.#retryAfter = retryAfter;
    this.#now = now;
  }
  get error() {
    this.#error ??= refusalError(this.#because, {
      circuitName: this.#circuit.name,
      state: effectiveState(this.#record),
      retryAfter: this.#retryAfter,
      information: () => informationOf(this.#record, this.#now, this.#circuit.rules)
    });
    return this.#error;
  }
  /** What a log line or a message to another process keeps of it: `error` is no property of its own. */
  toJSON() {
    return { status: this.status, error: this.error };
  }
};
Object.defineProperty(Refusal.prototype, /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom"), {
  value() {
    return this.toJSON();
  }
});

// packages/core/src/breaker/reports.ts
var events = [
  "stateChange",
  "refused",
  "settled",
  "lateOutcome",
  "trialGivenUp",
  "storageFailure",
  "storageRecovered",
  "observed",
  "fault"
];
var Reports = class {
  #logger;
  /** An entry only where somebody listens. */
  #listeners = {};
  constructor(logger) {
    this.#logger = logger;
  }
  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not
   */
  on(event, listener) {
    if (!events.includes(event))
      throw new InvalidSettingsError([{ name: "on(event)", value: event, expected: `one of ${events.join(", ")}` }]);
    const listeners = this.#listeners[event] ?? /* @__PURE__ */ new Set();
    this.#listeners[event] = listeners;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners[event] === listeners) delete this.#listeners[event];
    };
  }
  /** Whether anybody listens: asked before an event is put together on a hot path. */
  isHeard(event) {
    return this.#listeners[event] !== void 0;
  }
  emit(event, payload) {
    const listeners = this.#listeners[event];
    if (listeners === void 0) return;
    for (const listener of [...listeners]) {
      const onFault = (error) => {
        if (event === "fault") this.log("error", "A listener for faults threw", { error });
        else this.fault("listener", error, null);
      };
      callSafely(listener, payload, onFault);
    }
  }
  /** User code threw, or answered nonsense. Bound, so that it can be handed on by itself. */
  fault = (setting, error, name) => {
    if (setting !== "logger") {
      this.log("error", `The setting ${setting} failed; the circuit goes on without its answer`, {
        circuit: name,
        error
      });
    }
    this.emit("fault", { setting, error, name });
  };
  /** Whether log lines go anywhere. */
  get isLogging() {
    return this.#logger !== silentLogger;
  }
  log(level, message, fields3) {
    const write2 = (line) => this.#logger[level](line, fields3);
    callSafely(write2, message, (error) => this.fault("logger", error, null));
  }
};
function callSafely(callback, argument, onFault) {
  try {
    const answer = callback(argument);
    if (answer instanceof Promise) answer.catch(onFault);
  } catch (error) {
    onFault(error);
  }
}

// packages/core/src/breaker/announcements.ts
function announce(services, circuit, transition, now) {
  const { reports, settings } = services;
  const { from, to, reason } = transition;
  if (from === to) return;
  reports.log(
    to === "open" ? "warn" : "info",
    `Circuit ${JSON.stringify(circuit.name)} went from ${from} to ${to} (${reason})`,
    {
      circuit: circuit.name,
      from,
      to,
      reason,
      generation: transition.next.generation
    }
  );
  if (settings.onStateChange === void 0 && !reports.isHeard("stateChange")) return;
  const information = informationBefore(transition, now, circuit.rules);
  const change = { ...subjectOf(circuit.subject), from, to, reason, information };
  if (settings.onStateChange !== void 0) {
    callSafely(settings.onStateChange, change, (error) => reports.fault("onStateChange", error, circuit.name));
  }
  reports.emit("stateChange", change);
}
function noteObserved(services, circuit, now) {
  if (!services.reports.isHeard("observed")) return;
  const information = informationOf(circuit.view?.record ?? null, now, circuit.rules);
  services.reports.emit("observed", { name: circuit.name, information });
}
function settleUnconfirmed(services, circuit, record, order, now) {
  for (const [by, { transition, after }] of circuit.unconfirmed ?? []) {
    if (order <= after) continue;
    circuit.unconfirmed?.delete(by);
    if (record?.by === by) announce(services, circuit, transition, now);
  }
  if (circuit.unconfirmed?.size === 0) circuit.unconfirmed = null;
}
function announceLate(services, circuit, batch, record) {
  const { reports, time: time2 } = services;
  if (!reports.isHeard("lateOutcome")) return;
  const tell2 = (subject, outcome, count3) => {
    const information = informationOf(record, time2.now(), circuit.rules);
    reports.emit("lateOutcome", { ...subjectOf(subject), outcome, count: count3, information });
  };
  for (const end of batch.ends) tell2(end.call.subject, end.kind, 1);
  const merged = batch.ends.slice(0, batch.merged ?? 0).filter(({ kind }) => kind === "success").length;
  const waited = (batch.buffered?.totals.successes ?? 0) - merged;
  if (waited > 0) tell2(circuit.subject, "success", waited);
}
function subjectOf({ name, circuit, context }) {
  return { name, circuit, context };
}

// packages/core/src/breaker/trials.ts
function keepTrialAlive(services, call, port) {
  const { clock, trialLease, longestTrial } = services.settings;
  const { circuit } = call;
  const givenUpAt = clock.now() + longestTrial;
  let base = call.record;
  let cancel = () => {
  };
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    circuit.liveTrials -= 1;
    cancel();
  };
  const beat = async () => {
    if (clock.now() >= givenUpAt) return stop();
    try {
      const answer = await port.apply(base, renewLease(services.time.now(), circuit.rules));
      if (answer.record === null || !isCurrent(call.fence, answer.record)) return stop();
      base = answer.record;
    } catch {
    }
    if (!isOver) arm();
  };
  const arm = () => {
    cancel = clock.after(trialLease / 3, () => void beat(), { background: true });
  };
  circuit.liveTrials += 1;
  arm();
  return { stop };
}
async function giveTicketBack(call, port) {
  let base = call.record;
  for (let tries = 0; tries < 2; tries += 1) {
    const answer = await port.apply(base, returnTicket);
    if (answer.applied || answer.record === null || !isCurrent(call.fence, answer.record)) return;
    base = answer.record;
  }
}

// packages/core/src/breaker/admission.ts
function refusedBy(error) {
  return { status: "refused", error };
}
var Admission = class {
  #services;
  #fallback;
  constructor(services, fallback) {
    this.#services = services;
    this.#fallback = fallback;
  }
  decide(circuit, subject, signal, applicant) {
    circuit.port.read(new Ask(this, circuit, subject, signal, applicant));
  }
  /** Admits or refuses by what was read, or writes what is due until the call is admitted or refused. */
  answer(ask2, { record, now }) {
    const decision = this.#decideOn(ask2, record, now);
    return "status" in decision ? decision : this.#write(ask2, decision, record).catch((error) => this.withoutStore(ask2, error));
  }
  /** Goes on as the policy says. */
  async withoutStore({ circuit, subject, signal, port: asked }, error) {
    if (asked !== circuit.port || !this.#fallback.covers(error)) return refusedBy(error);
    const port = this.#fallback.portFor(circuit);
    if (port === null) {
      const { clock } = this.#services.settings;
      return new Call(circuit, subject, circuit.view?.record ?? null, "allow", false, clock.now(), signal);
    }
    const local = { circuit, subject, signal, port };
    const decision = await this.answer(local, await answerOf((asker) => port.read(asker)));
    this.#fallback.settle(circuit);
    return decision;
  }
  /** Whether a call would be refused by what the store holds now; takes no ticket and stores nothing. */
  async peek(circuit, subject) {
    const { record, now } = await answerOf((asker) => circuit.port.read(asker));
    const answer = admit(record, now, circuit.rules);
    return answer.kind === "refuse" ? this.refuse(circuit, subject, record, answer.because, answer.until, now) : null;
  }
  /** A refusal, told to whoever listens. */
  refuse(circuit, subject, record, because, until2, now) {
    const { settings, reports } = this.#services;
    const jitter = settings.retryJitter === 0 ? 1 : 1 + settings.retryJitter * settings.random();
    const retryAfter = until2 === null ? null : Math.ceil(Math.max(0, until2 - now) * jitter);
    const refusal = new Refusal(circuit, record, because, retryAfter, now);
    if (reports.isHeard("refused"))
      reports.emit("refused", { ...subjectOf(subject), error: refusal.error, enforced: true });
    return refusal;
  }
  /** Admits or refuses by what was read; or what the machine wants written first. */
  #decideOn(ask2, record, now) {
    const { circuit, subject } = ask2;
    const answer = admit(record, now, circuit.rules);
    if (answer.kind === "admit") return this.#call(ask2, record, false);
    return answer.kind === "refuse" ? this.refuse(circuit, subject, record, answer.because, answer.until, now) : answer;
  }
  /** Writes what is due, until the call is admitted or refused. */
  async #write(ask2, first, read2) {
    const { circuit, port } = ask2;
    let due = first;
    let base = read2;
    for (; ; ) {
      let answer;
      if (circuit.gate === null) {
        const written = await throughGate(circuit, () => write(port, due, base));
        if (written.applied && takesTicket(due) && written.record !== null)
          return this.#tookTicket(ask2, written.record, written.now);
        answer = written;
      } else {
        await circuit.gate.catch(() => {
        });
        answer = await answerOf((asker) => port.read(asker));
      }
      const decision = this.#decideOn(ask2, answer.record, answer.now);
      if ("status" in decision) return decision;
      due = decision;
      base = answer.record;
    }
  }
  async #tookTicket(ask2, record, now) {
    const { circuit, subject, port } = ask2;
    if (holdsTicket(record)) {
      const call = this.#call(ask2, record, true);
      call.trial = keepTrialAlive(this.#services, call, port);
      return call;
    }
    await port.apply(record, returnTicket).catch(() => {
    });
    return this.refuse(circuit, subject, record, "trials", endOf(record), now);
  }
  #call({ circuit, subject, signal, port }, record, isTrial) {
    const decidedBy2 = port === circuit.port ? "store" : "local";
    return new Call(circuit, subject, record, decidedBy2, isTrial, this.#services.time.readAt, signal);
  }
};
function write(port, due, base) {
  return due.kind === "store" ? port.transition(due.transition) : port.apply(base, due.delta);
}
function takesTicket(due) {
  return due.kind === "ticket" || due.transition.ticket;
}
var Ask = class {
  circuit;
  subject;
  signal;
  port;
  #admission;
  #applicant;
  constructor(admission, circuit, subject, signal, applicant) {
    this.#admission = admission;
    this.circuit = circuit;
    this.subject = subject;
    this.signal = signal;
    this.port = circuit.port;
    this.#applicant = applicant;
  }
  take(answer) {
    const decision = this.#admission.answer(this, answer);
    if (decision instanceof Promise) this.#wait(decision);
    else this.#applicant.decided(decision);
  }
  fail(error) {
    this.#wait(this.#admission.withoutStore(this, error));
  }
  #wait(deciding) {
    void deciding.then((decision) => this.#applicant.decided(decision));
  }
};
async function throughGate(circuit, write2) {
  const writing = write2();
  circuit.gate = writing;
  try {
    return await writing;
  } finally {
    if (circuit.gate === writing) circuit.gate = null;
  }
}

// packages/core/src/breaker/call-errors.ts
var WorkTimeoutError = class extends CircuitryError {
  code = "ERR_WORK_TIMEOUT";
  circuitName;
  /** ms */
  timeout;
  constructor(circuitName, timeout) {
    super(
      `The work of circuit ${JSON.stringify(circuitName)} took longer than its workTimeout of ${describeDuration(timeout)}: its signal was aborted and it counts as a failure.`
    );
    this.circuitName = circuitName;
    this.timeout = timeout;
  }
};
var PermitEndedError = class extends CircuitryError {
  code = "ERR_PERMIT_ENDED";
  circuitName;
  constructor(circuitName) {
    super(
      `This permit of circuit ${JSON.stringify(circuitName)} has ended already, and an outcome counts once. End each permit one time.`
    );
    this.circuitName = circuitName;
  }
};
nameErrorClass(WorkTimeoutError, "WorkTimeoutError");
nameErrorClass(PermitEndedError, "PermitEndedError");

// packages/core/src/breaker/permit.ts
var Permit = class {
  // Any: a permit says nothing of its breaker's context.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  #engine;
  #call;
  /* eslint-enable @typescript-eslint/no-explicit-any */
  #isEnded = false;
  /** @internal made by `breaker.start()` */
  constructor(engine, call) {
    this.#engine = engine;
    this.#call = call;
  }
  /** Aborted by the signal given to `start`, or when an exclusive lease is lost. */
  get signal() {
    return this.#call.signal;
  }
  /** The name in the store. */
  get circuitName() {
    return this.#call.circuit.name;
  }
  /** Who admitted the call. */
  get decidedBy() {
    return this.#call.decidedBy;
  }
  /** Whether this is one of a half-open round's trials. */
  get isTrial() {
    return this.#call.isTrial;
  }
  /** The fencing token of the exclusive lease; null without one. A resource that compares it can refuse a late holder. */
  get fencingToken() {
    return this.#call.lease?.token ?? null;
  }
  /**
   * The dependency answered.
   *
   * All four reject with ERR_PERMIT_ENDED on a second end, and, under `onStorageFailure: 'throw'`, with the storage
   * error that kept the outcome from the store.
   */
  succeed() {
    return this.#end(() => "success");
  }
  /** The dependency failed; `error` is for whoever reads the code. */
  fail(_error) {
    return this.#end(() => "failure");
  }
  /** The call says nothing about the dependency. A trial gives its ticket back. */
  ignore() {
    return this.#end(() => "ignored");
  }
  /** Without an error a success; with one, what the matchers make of it. */
  end(error) {
    return this.#end(
      () => error === void 0 || error === null ? "success" : this.#engine.judge.ofError(error, this.#call)
    );
  }
  /** Gives an unused permit back: it counts as nothing. No effect once it has ended. */
  async [Symbol.asyncDispose]() {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#engine.release(this.#call);
  }
  async #end(outcome) {
    if (this.#isEnded) throw new PermitEndedError(this.#call.circuit.name);
    this.#isEnded = true;
    const error = await this.#engine.ended(this.#call, outcome());
    if (error !== null && this.#engine.services.settings.onStorageFailure === "throw") throw error;
  }
};

// packages/core/src/breaker/run.ts
var Run = class {
  #engine;
  #work;
  #client;
  /** Tells what the work came to, once it has ended. */
  #tell = null;
  constructor(engine, work2, client2) {
    this.#engine = engine;
    this.#work = work2;
    this.#client = client2;
  }
  decided(decision) {
    if (decision.status === "refused") return this.#client.refused(decision);
    const engine = this.#engine;
    started(engine, this.#work, decision).then(
      (value) => {
        this.#tell = (error) => this.#client.fulfilled(value, decision, error);
        engine.end(decision, engine.judge.ofValue(value, decision), this);
      },
      (reason) => {
        this.#tell = (error) => this.#client.rejected(reason, decision, error);
        engine.end(decision, engine.judge.ofError(reason, decision), this);
      }
    );
  }
  over(error) {
    this.#tell?.(error);
  }
  fail(error) {
    this.#client.fail(error);
  }
};
function executeAtOnce(engine, work2, call) {
  return started(engine, work2, call).then(
    (value) => {
      const outcome = engine.judge.ofValue(value, call);
      return engine.keep(call, outcome) ? value : engine.ended(call, outcome).then(() => value);
    },
    async (reason) => {
      await engine.ended(call, engine.judge.ofError(reason, call));
      throw reason;
    }
  );
}
function started(engine, work2, call) {
  try {
    return Promise.resolve(engine.run(work2, call));
  } catch (reason) {
    return Promise.reject(reason);
  }
}

// packages/core/src/breaker/soon.ts
var settled = Promise.resolve();
function soon(callback) {
  void settled.then(callback);
}

// packages/core/src/breaker/breaker.ts
var CircuitBreaker = class {
  // Any: a breaker only hands its context out, so one of a narrower context will do where a wider one is asked for.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  #host;
  #subject;
  #known;
  /* eslint-enable @typescript-eslint/no-explicit-any */
  /** @internal made by `factory.breakerFor()` */
  constructor(host, subject, circuit) {
    this.#host = host;
    this.#subject = subject;
    this.#known = circuit;
  }
  /** The name in the store. */
  get name() {
    return this.#subject.name;
  }
  /** As given to `breakerFor`. */
  get circuit() {
    return this.#subject.circuit;
  }
  /** As given to `breakerFor`. */
  get context() {
    return this.#subject.context;
  }
  /**
   * Runs `work` if the circuit lets it. Resolves with its value, or rejects with its own error, untouched; or, where it
   * did not run, with a CallRefusedError (see `retryAfter`), the storage error under `'throw'`, ERR_LOCK_TIMEOUT under
   * `exclusive`, or the reason of an aborted signal.
   */
  execute(work2, options) {
    const decided = typeof work2 === "function" ? this.#decideAtOnce(options) : noWork(this.name, work2);
    if (decided instanceof Call) return executeAtOnce(this.#host.engine, work2, decided);
    return new Promise((resolve, reject) => {
      const refused = (refusal) => insteadOf(refusal, options, resolve, reject);
      if (decided === null) this.#run(work2, options, { refused, fulfilled: resolve, rejected: reject, fail: reject });
      else refused(decided);
    });
  }
  /** As `execute`, but never rejects: it tells apart what the work did and what the circuit did. */
  settle(work2, options) {
    const decided = typeof work2 === "function" ? this.#decideAtOnce(options) : noWork(this.name, work2);
    if (decided?.status === "refused") return Promise.resolve(decided);
    return new Promise((resolve, fail) => {
      const client2 = {
        refused: resolve,
        fulfilled: (value, call, error) => resolve({ status: "fulfilled", value, ...circuitOf(call, error) }),
        rejected: (reason, call, error) => resolve({ status: "rejected", reason, ...circuitOf(call, error) }),
        fail
      };
      this.#run(work2, options, client2, decided);
    });
  }
  /**
   * The two-step form: a permit to be ended once. Rejects as `execute` does where the work must not run.
   */
  async start(options = {}) {
    const decision = this.#decideAtOnce(options) ?? await new Promise((decided) => this.#decide(options, { decided }));
    if (decision.status === "refused") throw decision.error;
    return new Permit(this.#host.engine, decision);
  }
  /** `fn` with the same arguments and `this`, protected. */
  wrap(fn) {
    if (typeof fn !== "function") throw noWork(this.name, fn).error;
    const execute = (work2) => this.execute(work2);
    return function protectedFunction(...values) {
      return execute(() => fn.apply(this, values));
    };
  }
  /** As the store has it now, with expiry applied: `'half-open'` once due. Writes nothing; rejects with ERR_STORAGE. */
  async state() {
    return (await this.information()).state;
  }
  /** As the store has it now, with expiry applied. Writes nothing; rejects with ERR_STORAGE whatever the policy. */
  async information() {
    const circuit = this.#current();
    const { record, now } = await this.#host.engine.look(circuit);
    return informationOf(effectiveRecord(record, now, circuit.rules), now, circuit.rules);
  }
  /** Opens the circuit for the whole fleet until released, or for a while. Rejects with ERR_STORAGE where the store can't be reached. */
  forceOpen(options = {}) {
    return this.#host.operator.force(this.#current(), "open", options);
  }
  /** Closes the circuit for the whole fleet: counts go on, nothing trips. */
  forceClosed(options = {}) {
    return this.#host.operator.force(this.#current(), "closed", options);
  }
  /** Takes an override back: a clean closed state. Does nothing where there is none. */
  release() {
    return this.#host.operator.release(this.#current());
  }
  /** Starts the circuit afresh, whatever it was: closed, no counts, no override. */
  reset() {
    return this.#host.operator.reset(this.#current());
  }
  #current() {
    this.#known = this.#host.circuitOf(this.#known);
    return this.#known;
  }
  #decideAtOnce(options) {
    return this.#host.engine.decideAtOnce(this.#current(), this.#subject, options?.signal);
  }
  #decide(options, applicant) {
    this.#host.engine.decide(this.#current(), this.#subject, options?.signal, applicant);
  }
  /** @param decided null: the store has to be asked first */
  #run(work2, options, client2, decided = null) {
    const run2 = new Run(this.#host.engine, work2, client2);
    if (decided === null) this.#decide(options, run2);
    else run2.decided(decided);
  }
};
function noWork(name, work2) {
  const fault2 = `The work of circuit ${JSON.stringify(name)} must be a function, not ${show(work2)}: nothing was run.`;
  return refusedBy(new TypeError(fault2));
}
function insteadOf({ error }, options, resolve, reject) {
  const { fallback, signal } = options ?? {};
  if (fallback !== void 0 && signal?.aborted !== true && isCircuitryError(error)) {
    resolve(Promise.resolve().then(() => fallback(error)));
  } else {
    soon(() => reject(error));
  }
}
function circuitOf({ decidedBy: decidedBy2 }, error) {
  return {
    ...error === null ? {} : { circuitError: error },
    ...decidedBy2 === "local" || decidedBy2 === "allow" ? { decidedBy: decidedBy2 } : {}
  };
}

// packages/core/src/breaker/shared-reads.ts
var SharedReads = class {
  #send;
  /** Whose read is on the wire; null: none is. */
  #onWire = null;
  /** Whose read is the next. */
  #next = [];
  constructor(send) {
    this.#send = send;
  }
  /** Asks for the answer to a read that is sent from now on. */
  read(asker) {
    this.#next.push(asker);
    if (this.#onWire === null && this.#next.length === 1) soon(this.#start);
  }
  /** Whether one is on the wire, or about to be. */
  get isBusy() {
    return this.#onWire !== null || this.#next.length > 0;
  }
  take(answer) {
    for (const asker of this.#over()) tell(asker, answer);
  }
  fail(error) {
    for (const asker of this.#over()) asker.fail(error);
  }
  #start = () => {
    this.#onWire = this.#next;
    this.#next = [];
    this.#send(this);
  };
  /** The read on the wire is over: those who came meanwhile have theirs sent. Answers whose it was. */
  #over() {
    const askers = this.#onWire ?? [];
    this.#onWire = null;
    if (this.#next.length > 0) this.#start();
    return askers;
  }
};

// packages/core/src/breaker/circuit.ts
var Circuit = class {
  /** What it is remembered by: its name, or for a bad name something that no good name is. */
  key;
  name;
  /** Of the breaker that met it first: others may call it otherwise, or have another context. */
  subject;
  nameFault;
  rules;
  reads;
  /** The store. */
  port;
  /** Nobody remembers it any more: whoever still holds it asks for its successor. */
  isForgotten = false;
  /** Null until something was seen. */
  view = null;
  /** The record of which it is known that it admits calls, whatever the time: asking the machine again is needless. */
  admitting = null;
  /** The record of which it is known that successes change no decision. */
  calm = null;
  /** A transition or ticket of this process on the wire: others wait for it, and look again. */
  gate = null;
  /** Ends that wait for the write on the wire. */
  ends = [];
  /** Failures queued or on the wire: until they are seen, a success must keep its place behind them. */
  failuresOnTheWay = 0;
  /** Whether ends are being written, one batch after another until none waits. */
  isSending = false;
  /** Told when none waits any more. */
  onSent = [];
  /** Trials of this process whose work runs. */
  liveTrials = 0;
  /** Null: no success waits. */
  buffer = null;
  /** This process's own machine while the store is down. */
  local = null;
  /** Of this circuit's record alone: corrupt, from a newer version, or under a name that can't be. */
  health = null;
  /** Transitions whose store got no answer, by their `by`, and the order that an answer must exceed to tell. */
  unconfirmed = null;
  /** The order of the call that the view is from. */
  #seenBy = 0;
  constructor(key, subject, rules, client2) {
    this.key = key;
    this.name = subject.name;
    this.subject = subject;
    this.nameFault = subject.nameFault;
    this.rules = rules;
    this.reads = new SharedReads((asker) => client2.read(this, asker));
    this.port = client2.portOf(this);
  }
  /**
   * Takes in an answer. The call that began later wins, whatever its revision: a failover may go back.
   *
   * @param order of the call, growing in the process
   * @returns whether the record is another one than before
   */
  see(record, order, at) {
    if (order < this.#seenBy) return false;
    const before = this.view;
    this.#seenBy = order;
    this.view = { record, at };
    return before?.record?.revision !== record?.revision;
  }
  /**
   * Takes in a pushed record: only a higher revision is news, for pushes may come late. For the same reason it makes no
   * view younger: it is news since the last answer, and nobody knows how old.
   */
  push(record) {
    if (this.view !== null && (this.view.record?.revision ?? 0) >= record.revision) return false;
    this.view = { record, at: this.view?.at ?? -Infinity };
    return true;
  }
  /** The view may have missed something: it decides nothing any more, but is still the last record seen. */
  distrustView() {
    if (this.view !== null) this.view = { record: this.view.record, at: -Infinity };
  }
  /** Whether forgetting it would lose something. */
  get isBusy() {
    return this.isSending || this.gate !== null || this.liveTrials > 0 || this.buffer !== null || this.local !== null || this.unconfirmed !== null || this.reads.isBusy;
  }
};

// packages/core/src/breaker/circuits.ts
var hardLimit = 4;
var candidates = 8;
var Circuits = class {
  #limit;
  /** In order of use, the oldest first. */
  #byKey = /* @__PURE__ */ new Map();
  constructor(limit) {
    this.#limit = limit;
  }
  /** The circuit, made where it is unknown, and now the most recently used. */
  use(key, make) {
    const known = this.#byKey.get(key);
    if (known !== void 0) {
      if (this.isCrowded) this.#touch(known);
      return known;
    }
    if (this.#byKey.size >= this.#limit) this.#forgetOne();
    const circuit = make();
    this.#byKey.set(key, circuit);
    return circuit;
  }
  /** The circuit, if it is remembered; its age is not touched. */
  get(name) {
    return this.#byKey.get(name);
  }
  values() {
    return this.#byKey.values();
  }
  /** Whether it matters which circuits were used lately. */
  get isCrowded() {
    return this.#byKey.size > this.#limit / 2;
  }
  get size() {
    return this.#byKey.size;
  }
  #touch(circuit) {
    this.#byKey.delete(circuit.key);
    this.#byKey.set(circuit.key, circuit);
  }
  #forget(circuit) {
    this.#byKey.delete(circuit.key);
    circuit.isForgotten = true;
  }
  #forgetOne() {
    const oldest = [];
    for (const circuit of this.#byKey.values()) {
      oldest.push(circuit);
      if (oldest.length === candidates) break;
    }
    const idle = oldest.find((circuit) => !circuit.isBusy);
    if (idle !== void 0) {
      this.#forget(idle);
    } else if (this.#byKey.size >= this.#limit * hardLimit) {
      this.#forget(oldest[0]);
    } else {
      for (const busy of oldest) this.#touch(busy);
    }
  }
};

// packages/core/src/breaker/held-lease.ts
var HeldLease = class {
  #lease;
  #options;
  #isOver = false;
  #cancelBeat = () => {
  };
  #cancelEnd = () => {
  };
  constructor(lease, options) {
    this.#lease = lease;
    this.#options = options;
    this.#endAt(options.begunAt + options.length);
    this.#arm();
  }
  /** What a protected resource compares to tell a late holder from the present one. */
  get token() {
    return this.#lease.token;
  }
  /** Gives it back. Nothing to mend where it was lost, or the store is away: it ends by itself. */
  async release() {
    if (this.#isOver) return;
    this.#stop();
    await releaseWithin(this.#lease, this.#options.patience, this.#options.clock);
  }
  #arm() {
    this.#cancelBeat = this.#options.clock.after(this.#options.length / 3, () => void this.#beat(), {
      background: true
    });
  }
  async #beat() {
    const { clock, length } = this.#options;
    const askedAt = clock.now();
    this.#arm();
    try {
      await this.#lease.extend(length);
      if (!this.#isOver) this.#endAt(askedAt + length);
    } catch (error) {
      if (isCircuitryError(error, "ERR_LEASE_LOST")) this.#lose("the store says so", error);
    }
  }
  #endAt(endsAt) {
    const { clock } = this.#options;
    this.#cancelEnd();
    const left = Math.max(0, endsAt - clock.now());
    this.#cancelEnd = clock.after(left, () => this.#lose("it could not be renewed in time", void 0), {
      background: true
    });
  }
  #lose(what, cause) {
    if (this.#isOver) return;
    this.#stop();
    this.#options.onLost(new LeaseLostError(this.#options.name, what, { cause }));
  }
  #stop() {
    this.#isOver = true;
    this.#cancelBeat();
    this.#cancelEnd();
  }
};
async function releaseWithin(lease, patience4, clock) {
  await new Promise((resolve) => {
    const cancel = clock.after(patience4, resolve);
    const over2 = () => {
      cancel();
      resolve();
    };
    (async () => lease.release())().then(over2, over2);
  });
}

// packages/core/src/breaker/exclusive.ts
var Exclusive = class {
  #services;
  #client;
  #admission;
  #fallback;
  #length;
  #wait;
  /** Locks of this process alone. */
  #localLocks;
  constructor(services, client2, admission, fallback, options) {
    this.#services = services;
    this.#client = client2;
    this.#admission = admission;
    this.#fallback = fallback;
    this.#length = options.lease;
    this.#wait = options.wait;
    this.#localLocks = new MemoryBackend({ clock: services.settings.clock });
  }
  /** As `Admission.decide`, once the lock is held. */
  decide(circuit, subject, signal, applicant) {
    void this.#decide(circuit, subject, signal).then((decision) => applicant.decided(decision));
  }
  async #decide(circuit, subject, signal) {
    const { clock, storageTimeout } = this.#services.settings;
    let askedAt;
    let lease;
    try {
      const refusal = await this.#peek(circuit, subject);
      if (refusal !== null) return refusal;
      askedAt = clock.now();
      lease = await this.#lock(circuit, signal);
    } catch (error) {
      return refusedBy(error);
    }
    const begunAt = Math.max(askedAt, clock.now() - storageTimeout);
    const decision = await new Promise(
      (decided) => this.#admission.decide(circuit, subject, signal, { decided })
    );
    if (lease === null) return decision;
    if (decision.status === "refused") {
      await releaseWithin(lease, storageTimeout, clock);
      return decision;
    }
    decision.lease = new HeldLease(lease, {
      name: circuit.name,
      length: this.#length,
      begunAt,
      patience: storageTimeout,
      clock,
      onLost: (error) => decision.abort(error)
    });
    return decision;
  }
  async #peek(circuit, subject) {
    try {
      return await this.#admission.peek(circuit, subject);
    } catch (error) {
      if (!this.#fallback.covers(error)) throw error;
      return null;
    }
  }
  async #lock(circuit, signal) {
    if (!this.#client.isDown && circuit.health === null) {
      try {
        return await this.#lockInStore(circuit, signal);
      } catch (error) {
        if (!this.#fallback.covers(error)) throw error;
      }
    }
    if (this.#fallback.portFor(circuit) === null) return null;
    return this.#localLocks.lock(localName(circuit.key), {
      lease: this.#length,
      wait: this.#wait,
      ...signal && { signal }
    });
  }
  /** Waits as long as `wait` says and the store may take to answer, or until the caller gives up. */
  async #lockInStore(circuit, signal) {
    const { backend, settings } = this.#services;
    const limit = this.#wait + settings.storageTimeout;
    const controller = new AbortController();
    const follow = () => controller.abort(signal?.reason);
    signal?.addEventListener("abort", follow);
    let isGivenUp = false;
    let stopTimer = () => {
    };
    const tooLate3 = new Promise((_, reject) => {
      stopTimer = settings.clock.after(limit, () => {
        isGivenUp = true;
        const error = noAnswer(circuit.name, limit);
        reject(error);
        controller.abort(error);
      });
    });
    try {
      const asking = backend.lock(circuit.name, { lease: this.#length, wait: this.#wait, signal: controller.signal });
      asking.then((late) => isGivenUp ? late.release() : void 0).catch(() => {
      });
      const lease = await Promise.race([asking, tooLate3]);
      if (typeof lease?.release === "function") return lease;
      throw new TypeError("it answered no lease");
    } catch (error) {
      if (signal?.aborted === true || isCircuitryError(error, "ERR_LOCK_TIMEOUT")) throw error;
      throw this.#client.lockFailed(circuit, error);
    } finally {
      stopTimer();
      signal?.removeEventListener("abort", follow);
    }
  }
};
function localName(key) {
  return Array.from(JSON.stringify(key)).slice(0, 200).join("");
}
function noAnswer(name, limit) {
  return new StorageError(
    `The store did not say within ${limit} ms whether the lock of circuit ${JSON.stringify(name)} could be had. Check that it is up and near.`,
    { ambiguous: true }
  );
}

// packages/core/src/breaker/failures.ts
var storageFaults = ["ERR_STORAGE", "ERR_CORRUPT_RECORD", "ERR_UNSUPPORTED_RECORD", "ERR_INVALID_NAME"];
function isStorageFault(error) {
  return storageFaults.some((code) => isCircuitryError(error, code));
}
function isAmbiguous(error) {
  return isCircuitryError(error, "ERR_STORAGE") && error.ambiguous;
}
function asOurs(name, verb, thrown) {
  if (isStorageFault(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : show(thrown);
  return new StorageError(
    `The backend failed to ${verb} circuit ${JSON.stringify(name)}: ${message}. See the cause; the circuit follows onStorageFailure meanwhile.`,
    { cause: thrown, ambiguous: verb !== "retrieve" }
  );
}
function tooLate(name, verb, timeout) {
  return new StorageError(
    `The store did not answer ${verb} for circuit ${JSON.stringify(name)} within the storageTimeout of ${timeout} ms. Check that it is up and near; raise storageTimeout if it is only slow.`,
    { ambiguous: verb !== "retrieve" }
  );
}

// packages/core/src/breaker/local-port.ts
var LocalPort = class {
  #fence;
  #now;
  #stamp;
  #record;
  #unsent = { failures: 0, successes: 0, ignored: 0, slow: 0 };
  constructor(record, now, stamp) {
    this.#record = record;
    this.#fence = { state: fenceOf(record).state, since: fenceOf(record).since };
    this.#now = now;
    this.#stamp = stamp;
  }
  read(asker) {
    tell(asker, { ...this.#answer(), applied: false });
  }
  write(base, write2, _now, asker) {
    const writing = write2.kind === "store" ? this.#store(base, write2.next, write2.expect) : this.apply(base, write2.delta);
    void writing.then((answer) => tell(asker, answer));
  }
  async apply(base, delta) {
    const record = this.#record;
    if (record === null || record.revision !== base.revision) return { ...this.#answer(), applied: false };
    this.#record = withCounters(record, applyDelta(record.counters, delta));
    return { ...this.#answer(), applied: true };
  }
  async #store(before, next, expect) {
    const record = this.#record;
    const matches = record?.revision === before?.revision && meetsExpectation(record?.counters ?? {}, expect);
    if (!matches) return { ...this.#answer(), applied: false };
    this.#record = stamped(next, record, this.#now(), this.#stamp());
    return { ...this.#answer(), applied: true };
  }
  transition(transition) {
    return this.#store(transition.before, transition.next, transition.expect);
  }
  /** Notes outcomes that never reached the store, for its totals; only under the fence that the store last had. */
  keepForTotals(fence, more) {
    if (!sameFence(fence, this.#fence)) return;
    const { failures, successes, ignored, slow } = this.#unsent;
    this.#unsent = {
      failures: failures + more.failures,
      successes: successes + more.successes,
      ignored: ignored + more.ignored,
      slow: slow + more.slow
    };
  }
  /**
   * What to add to the record once the store is back: totals only. Consecutive failures, windows and trials are left
   * out, or a worker that lost the store and the dependency together would trip everybody.
   */
  totalsFor(record) {
    if (record.state !== "closed" || !isCurrent(this.#fence, record)) return null;
    const { failures, successes, ignored, slow } = this.#unsent;
    if (failures + successes + ignored === 0) return null;
    const sums = [
      [counter.totalFailures, failures],
      [counter.totalSuccesses, successes],
      [counter.totalIgnored, ignored],
      [counter.totalSlow, slow]
    ];
    return { add: Object.fromEntries(sums.filter(([, value]) => value > 0)) };
  }
  #answer() {
    return { record: this.#record, now: this.#now() };
  }
};

// packages/core/src/breaker/recovery.ts
function reconcile(circuits2) {
  const waiting = [];
  for (const circuit of circuits2) {
    if (circuit.local === null || circuit.health?.isFailing === true) continue;
    waiting.push([circuit, circuit.local]);
    circuit.local = null;
  }
  void addTotals(waiting);
}
async function addTotals(waiting) {
  for (const [circuit, local] of waiting) {
    try {
      let { record } = await answerOf((asker) => circuit.reads.read(asker));
      for (let tries = 0; tries < 2 && record !== null; tries += 1) {
        const delta = local.totalsFor(record);
        if (delta === null) break;
        const answer = await circuit.port.apply(record, delta);
        if (answer.applied) break;
        ({ record } = answer);
      }
    } catch {
    }
  }
}

// packages/core/src/breaker/fallback.ts
var Fallback = class {
  #services;
  #client;
  constructor(services, client2) {
    this.#services = services;
    this.#client = client2;
  }
  /** Whether a call goes on without the store after this error. */
  covers(error) {
    return isStorageFault(error) && this.#services.settings.onStorageFailure !== "throw";
  }
  /**
   * A call went without the store, but by now the store is up again: nobody else will throw its machine away, and the
   * next outage must not begin with a record from this one.
   */
  settle(circuit) {
    if (circuit.local !== null && !this.#client.isDown && circuit.health === null) reconcile([circuit]);
  }
  /** This process's own machine for the circuit, under `'local'`; null under another policy. */
  portFor(circuit) {
    if (this.#services.settings.onStorageFailure !== "local") return null;
    const { time: time2 } = this.#services;
    circuit.local ??= new LocalPort(
      circuit.view?.record ?? null,
      () => time2.now(),
      () => this.#client.stamp()
    );
    return circuit.local;
  }
};

// packages/core/src/settings/expected-error.ts
var ExpectedError = class extends CircuitryError {
  code = "ERR_EXPECTED";
  constructor(cause) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  isExpected() {
    return true;
  }
};
nameErrorClass(ExpectedError, "ExpectedError");
var deepestCause = 16;
function isExpected(error) {
  let each = error;
  try {
    for (let depth = 0; depth < deepestCause && typeof each === "object" && each !== null; depth += 1) {
      const { isExpected: says, cause } = each;
      if (typeof says === "function" && says.call(each) === true) return true;
      each = cause;
    }
  } catch {
  }
  return false;
}

// packages/core/src/breaker/judge.ts
var Judge = class {
  #settings;
  #reports;
  constructor(settings, reports) {
    this.#settings = settings;
    this.#reports = reports;
  }
  ofValue(value, call) {
    const matcher = this.#settings.resultMatcher;
    return matcher === void 0 ? "success" : this.#ask("resultMatcher", matcher, value, call) ?? "success";
  }
  ofError(error, call) {
    if (error === call.abortReason && isCircuitryError(error, "ERR_WORK_TIMEOUT")) return "failure";
    const matcher = this.#settings.errorMatchers.get(call.subject.circuit) ?? this.#settings.errorMatcher;
    const kind = matcher === void 0 ? null : this.#ask("errorMatcher", matcher, error, call);
    return kind ?? this.#ask("errorMatcher", (subject) => defaultKind(subject, call), error, call) ?? "failure";
  }
  #ask(setting, matcher, subject, call) {
    try {
      const kind = atOnce(matcher(subject));
      if (kind === "success" || kind === "failure" || kind === "ignored") return kind;
      const answer = new TypeError(`${setting} answered ${String(kind)}, not 'success', 'failure' or 'ignored'`);
      this.#reports.fault(setting, answer, call.circuit.name);
    } catch (error) {
      this.#reports.fault(setting, error, call.circuit.name);
    }
    return null;
  }
};
function defaultKind(error, call) {
  if (isExpected(error)) return "success";
  const stoppedBy = call.isCancelled ? call.cancelReason : call.abortReason;
  if (stoppedBy !== void 0 && isAbort(error, stoppedBy)) return "ignored";
  return "failure";
}
function isAbort(error, reason) {
  if (error === reason) return true;
  if (typeof error !== "object" || error === null) return false;
  const { name, cause } = error;
  return name === "AbortError" || cause === reason;
}

// packages/core/src/machine/draft.ts
var Draft = class {
  #record;
  /** What the outcomes are added to. */
  #counters;
  #rules;
  #halfOpen;
  #windows;
  #now;
  /** Two runs: whether an outcome of the other kind ended the one that was there, and what came since. */
  #failuresEnded = false;
  #failuresInRow = 0;
  #successesEnded = false;
  #successesInRow = 0;
  #totalFailures = 0;
  #totalSuccesses = 0;
  #ignored = 0;
  #slow = 0;
  #trialsSucceeded = 0;
  #trialsFailed = 0;
  /** @param record what the outcomes are counted onto; null: a circuit that has no record yet. */
  constructor(record, now, rules) {
    this.#record = record;
    this.#counters = record === null || isClearDue(record, now) ? {} : record.counters;
    this.#rules = rules;
    this.#now = now;
    this.#halfOpen = fenceOf(record).state === "half-open";
    const specs = this.#halfOpen ? noSpecs : rules.windows;
    this.#windows = specs.length === 0 ? noWindows : specs.map((spec) => new Window(spec, this.#counters, now));
  }
  /**
   * Counts one outcome.
   *
   * @param keepFailures leave the run of failures alone: a success that waited in a buffer must not wipe failures
   *   that came after it.
   */
  add(outcome, keepFailures = false) {
    if (outcome.kind === "ignored") {
      this.#ignored += 1;
      return;
    }
    if (outcome.slow) this.#slow += 1;
    if (outcome.kind === "success") {
      this.addPlainSuccess();
      if (!keepFailures) {
        this.#failuresEnded = true;
        this.#failuresInRow = 0;
      }
    } else {
      this.#totalFailures += 1;
      this.#failuresInRow += 1;
      this.#successesEnded = true;
      this.#successesInRow = 0;
    }
    if (outcome.kind === "failure" || outcome.slow && this.#rules.slowTrialsFail) this.#trialsFailed += 1;
    else this.#trialsSucceeded += 1;
    for (const window of this.#windows) window.add(outcome);
  }
  /** Counts a success of a closed circuit that is not slow and that no window counts; failures in a row are left alone. */
  addPlainSuccess() {
    this.#totalSuccesses += 1;
    this.#successesInRow += 1;
  }
  /** What is in it. */
  get totals() {
    return { failures: this.#totalFailures, successes: this.#totalSuccesses, ignored: this.#ignored, slow: this.#slow };
  }
  /** Whether a transition follows from what is counted: the place to cut a batch, or later outcomes would hide it. */
  isDecided() {
    if (this.#record !== null && this.#record.override !== null) return false;
    if (this.#halfOpen) return verdictOf(this.#rules.closing, this.#trialCounters()) !== "undecided";
    return fenceOf(this.#record).state === "closed" && trips(this.#rules.trip, this);
  }
  get consecutiveFailures() {
    return this.#failuresInRow + (this.#failuresEnded ? 0 : this.#base(counter.consecutiveFailures));
  }
  get total() {
    const before = this.#base(counter.totalFailures) + this.#base(counter.totalSuccesses);
    return before + this.#totalFailures + this.#totalSuccesses;
  }
  windowSums(spec) {
    const index = this.#rules.windows.findIndex(({ prefix: prefix2 }) => prefix2 === spec.prefix);
    return this.#windows[index].sumsAsOfNewest(this.#now);
  }
  information() {
    return informationOf(this.#asRecord(), this.#now, this.#rules);
  }
  /** The change to the record's counters; the same whichever record of the same fence it is applied to. */
  delta() {
    const add = this.#windows.length === 0 ? {} : /* @__PURE__ */ Object.create(null);
    const set = {};
    put2(this.#failuresEnded ? set : add, counter.consecutiveFailures, this.#failuresInRow, this.#failuresEnded);
    put2(this.#successesEnded ? set : add, counter.consecutiveSuccesses, this.#successesInRow, this.#successesEnded);
    put2(add, counter.totalFailures, this.#totalFailures);
    put2(add, counter.totalSuccesses, this.#totalSuccesses);
    put2(add, counter.totalIgnored, this.#ignored);
    put2(add, counter.totalSlow, this.#slow);
    if (this.#halfOpen) {
      put2(add, counter.trialsSucceeded, this.#trialsSucceeded);
      put2(add, counter.trialsFailed, this.#trialsFailed);
      put2(add, counter.trialsStarted, -this.#ignored);
    }
    const drop = [];
    if (!this.#halfOpen) {
      for (const name in this.#counters) if (isLeftOver(name, this.#rules.windows, this.#now)) drop.push(name);
    }
    for (const window of this.#windows) {
      for (const [name, amount] of window.added) put2(add, name, amount);
      for (const name of window.stale) if (!(name in add)) drop.push(name);
    }
    return drop.length === 0 ? { add, set } : { add, set, drop };
  }
  #trialCounters() {
    return {
      [counter.trialsSucceeded]: this.#base(counter.trialsSucceeded) + this.#trialsSucceeded,
      [counter.trialsFailed]: this.#base(counter.trialsFailed) + this.#trialsFailed
    };
  }
  #base(name) {
    return this.#counters[name] ?? 0;
  }
  #asRecord() {
    const record = this.#record ?? { ...unrecorded, revision: 0, by: "" };
    return { ...record, counters: applyDelta(this.#counters, this.delta()) };
  }
};
var noSpecs = Object.freeze([]);
var noWindows = Object.freeze([]);
function put2(counters, name, value, evenZero = false) {
  if (value !== 0 || evenZero) counters[name] = value;
}

// packages/core/src/machine/report.ts
function mergeOutcomes(draft, outcomes) {
  let taken = 0;
  for (const outcome of outcomes) {
    draft.add(outcome);
    taken += 1;
    if (draft.isDecided()) break;
  }
  return taken;
}
function reportWrite(record, draft, now, rules, mayAdopt) {
  const delta = draft.delta();
  if (record === null) {
    return { kind: "store", reason: "created", next: firstRecord(applyDelta({}, delta), now, rules) };
  }
  if (isClearDue(record, now))
    return { kind: "store", reason: "cleared", next: clearedRecord(record, delta, now, rules) };
  if (mayAdopt && lacksPeriod(record, rules)) {
    const next = { ...record, expiresAt: nextClear(now, rules), counters: applyDelta(record.counters, delta) };
    return { kind: "store", reason: "period-adopted", next, expect: { ...untouched, ...record.counters } };
  }
  return { kind: "apply", revision: record.revision, delta };
}
function mattersToFailures(kind, record) {
  if (kind === "failure") return true;
  if (record === null) return false;
  return record.state === "half-open" || (record.counters[counter.consecutiveFailures] ?? 0) > 0;
}
function firstRecord(counters, now, rules) {
  return { ...unrecorded, expiresAt: nextClear(now, rules), counters };
}
function clearedRecord(record, delta, now, rules) {
  return {
    ...record,
    generation: record.generation + 1,
    expiresAt: nextClear(now, rules),
    counters: applyDelta({}, delta)
  };
}
function lacksPeriod(record, rules) {
  return record.expiresAt === null && record.override === null && rules.cyclicClearAfter !== null;
}
var untouched = Object.freeze({
  [counter.totalFailures]: 0,
  [counter.totalSuccesses]: 0,
  [counter.totalIgnored]: 0
});

// packages/core/src/breaker/batch.ts
function nextBatch(circuit) {
  const first = circuit.ends[0]?.call;
  const { buffer } = circuit;
  const goesAlone = first === void 0 ? buffer?.isDue === true : buffer !== null && !isJoinedBy(buffer, first);
  if (buffer !== null && goesAlone) {
    circuit.buffer = null;
    return {
      fence: buffer.fence,
      record: buffer.record,
      ends: [],
      buffered: buffer.draft,
      merged: null,
      isLocalTrial: false
    };
  }
  if (first === void 0) return null;
  circuit.buffer = null;
  return {
    fence: first.fence,
    record: first.record,
    ends: takeRun(circuit, first, buffer !== null),
    buffered: buffer === null ? null : buffer.draft,
    merged: null,
    isLocalTrial: isLocalTrial(first)
  };
}
function totalsOf({ buffered, merged, ends }) {
  const totals = { failures: 0, successes: 0, ignored: 0, slow: 0, ...buffered?.totals };
  for (const outcome of ends.slice(merged ?? 0)) {
    if (outcome.kind === "failure") totals.failures += 1;
    else if (outcome.kind === "success") totals.successes += 1;
    else totals.ignored += 1;
    if (outcome.slow) totals.slow += 1;
  }
  return totals;
}
function takeRun(circuit, first, joinsBuffer) {
  const { ends } = circuit;
  let count3 = 1;
  while (count3 < ends.length && fits(ends[count3], first, joinsBuffer)) count3 += 1;
  if (count3 < ends.length) return ends.splice(0, count3);
  circuit.ends = [];
  return ends;
}
function fits({ call, kind }, first, joinsBuffer) {
  if (joinsBuffer && kind === "success") return false;
  return sameFence(first.fence, call.fence) && isLocalTrial(first) === isLocalTrial(call);
}
function isJoinedBy(buffer, call) {
  return sameFence(buffer.fence, call.fence) && !isLocalTrial(call);
}
function isLocalTrial(call) {
  return call.decidedBy === "local" && call.isTrial;
}

// packages/core/src/breaker/delivery.ts
var mostRebases = 32;
var Delivery = class {
  circuit;
  batch;
  port;
  /** What kept the batch from the store before it came here; null: nothing did. */
  error;
  #services;
  #courier;
  #base;
  #taken = 0;
  #tries = 0;
  constructor(services, courier, circuit, batch, port, error) {
    this.#services = services;
    this.#courier = courier;
    this.circuit = circuit;
    this.batch = batch;
    this.port = port;
    this.error = error;
    this.#base = baseFor(circuit, batch);
  }
  send() {
    const { batch, circuit } = this;
    try {
      const now = this.#services.time.now();
      const draft = batch.buffered ?? new Draft(this.#base, now, circuit.rules);
      this.#taken = batch.merged ?? mergeOutcomes(draft, batch.ends);
      if (batch.buffered !== null) batch.merged = this.#taken;
      const write2 = reportWrite(this.#base, draft, now, circuit.rules, this.#tries === 0);
      this.port.write(this.#base, write2, now, this);
    } catch (error) {
      this.fail(error);
    }
  }
  take(answer) {
    if (answer.applied) this.#written(answer);
    else if (!isCurrent(this.batch.fence, answer.record)) this.#courier.late(this, answer.record);
    else if (this.#tries < mostRebases) {
      this.#tries += 1;
      this.#base = answer.record;
      this.send();
    } else this.fail(changedTooOften(this.circuit.name));
  }
  fail(error) {
    this.#courier.failed(this, error);
  }
  #written(answer) {
    const decided = decidedBy(answer, this.circuit.rules);
    if (decided === null) this.#over();
    else
      this.#store(decided).then(
        () => this.#over(),
        (error) => this.fail(error)
      );
  }
  #over() {
    this.#courier.delivered(this, this.#taken);
  }
  /** Stores what the outcomes decided, until it is stored or another worker's record decides otherwise. */
  async #store(first) {
    let decided = first;
    for (let tries = 0; tries < mostRebases && decided !== null; tries += 1) {
      let answer;
      try {
        answer = await this.port.transition(decided);
      } catch (error) {
        if (isStorageFault(error)) return;
        throw error;
      }
      if (answer.applied) return;
      decided = decidedBy(answer, this.circuit.rules);
    }
  }
};
function baseFor(circuit, batch) {
  const seen = circuit.view;
  return seen !== null && isCurrent(batch.fence, seen.record) ? seen.record : batch.record;
}
function decidedBy({ record, now }, rules) {
  return record === null ? null : decidedTransition(record, now, rules);
}
function changedTooOften(name) {
  return new StorageError(
    `Circuit ${JSON.stringify(name)} changed ${mostRebases} times while outcomes were written to it: they were given up.`
  );
}

// packages/core/src/breaker/reporter.ts
var Reporter = class {
  #services;
  #fallback;
  /** How many circuits have ends on their way, whether or not the process still remembers them. */
  #sending = 0;
  #onIdle = [];
  constructor(services, fallback) {
    this.#services = services;
    this.#fallback = fallback;
  }
  /**
   * Tells once the outcome is where it belongs: in the store; or, with the storage error that kept it from there, in
   * this process's own machine or nowhere; or nowhere because it came too late, or because it belongs nowhere.
   */
  report(call, kind, slow, at, reported) {
    const { circuit } = call;
    if (call.decidedBy === "allow" || !this.#mustWrite(call, kind)) return reported.over(null);
    if (kind === "failure") circuit.failuresOnTheWay += 1;
    circuit.ends.push({ kind, slow, at, openFor: null, failure: null, call, reported });
    if (!circuit.isSending) this.#start(circuit);
  }
  /**
   * Sends the successes that wait in memory by now: those that come while it does wait for their own time, or a busy
   * circuit would write without a pause. Resolves once they are sent and nothing else is on its way.
   */
  async flush(circuit) {
    if (circuit.buffer !== null) circuit.buffer.isDue = true;
    while (circuit.buffer?.isDue === true || circuit.isSending) {
      const sent = new Promise((resolve) => circuit.onSent.push(resolve));
      if (!circuit.isSending) this.#start(circuit);
      await sent;
    }
  }
  /** Resolves once nothing is on its way. */
  async idle() {
    while (this.#sending > 0) await new Promise((resolve) => this.#onIdle.push(resolve));
  }
  /** Of {@link Courier}. What a cut left over goes first again: its order holds. */
  delivered({ circuit, batch, port, error }, taken) {
    const { ends } = batch;
    for (let index = 0; index < taken; index += 1) over(ends[index], error);
    if (taken === ends.length) return this.#over(circuit, error);
    const left = ends.slice(taken);
    if (port === circuit.port) {
      circuit.ends.unshift(...left);
      this.#over(circuit, error);
    } else this.#deliver(circuit, { ...batch, ends: left, buffered: null, merged: null }, port, error);
  }
  /** Of {@link Courier}. */
  late({ circuit, batch, error }, record) {
    this.#drop(circuit, batch, record, error);
  }
  /** Of {@link Courier}. */
  failed({ circuit, batch, port }, error) {
    const isStores = port === circuit.port && isStorageFault(error);
    const local = isStores ? this.#fallback.portFor(circuit) : null;
    if (local !== null) {
      if (!isAmbiguous(error)) local.keepForTotals(batch.fence, totalsOf(batch));
      this.#deliver(circuit, batch, local, error);
      return;
    }
    for (const end of batch.ends) {
      if (isStores) over(end, error);
      else {
        noteEnded(end);
        end.reported.fail(error);
      }
    }
    this.#over(circuit, null);
  }
  #mustWrite(call, kind) {
    if (this.#services.settings.counting === "all" || call.isTrial) return true;
    const { circuit } = call;
    return circuit.failuresOnTheWay > 0 || mattersToFailures(kind, circuit.view?.record ?? call.record);
  }
  #start(circuit) {
    circuit.isSending = true;
    this.#sending += 1;
    soon(() => this.#sendNext(circuit));
  }
  #sendNext(circuit) {
    const batch = nextBatch(circuit);
    if (batch === null) return this.#allSent(circuit);
    if (!batch.isLocalTrial) return this.#deliver(circuit, batch, circuit.port, null);
    if (circuit.local !== null) return this.#deliver(circuit, batch, circuit.local, null);
    this.#drop(circuit, batch, circuit.view?.record ?? null, null);
  }
  /** The batch came too late. */
  #drop(circuit, batch, record, error) {
    announceLate(this.#services, circuit, batch, record);
    for (const end of batch.ends) over(end, error);
    this.#over(circuit, error);
  }
  #deliver(circuit, batch, port, error) {
    new Delivery(this.#services, this, circuit, batch, port, error).send();
  }
  /** @param error what kept the batch from the store; null: nothing did */
  #over(circuit, error) {
    if (error !== null) this.#fallback.settle(circuit);
    this.#sendNext(circuit);
  }
  #allSent(circuit) {
    circuit.isSending = false;
    this.#sending -= 1;
    if (circuit.onSent.length > 0) callAll(circuit.onSent.splice(0));
    if (this.#sending === 0 && this.#onIdle.length > 0) callAll(this.#onIdle.splice(0));
  }
};
function over(end, error) {
  noteEnded(end);
  end.reported.over(error);
}
function noteEnded({ call, kind }) {
  if (kind === "failure") call.circuit.failuresOnTheWay -= 1;
}
function callAll(callbacks) {
  for (const callback of callbacks) callback();
}

// packages/core/src/breaker/until-aborted.ts
var UntilAborted = class {
  #signal;
  #applicant;
  #engine;
  #isOver = false;
  constructor(signal, applicant, engine) {
    this.#signal = signal;
    this.#applicant = applicant;
    this.#engine = engine;
    signal.addEventListener("abort", this.#abort, { once: true });
  }
  decided(decision) {
    if (!this.#isOver) return this.#tell(decision);
    if (decision.status === "admitted") void this.#engine.release(decision);
  }
  #abort = () => this.#tell(refusedBy(this.#signal.reason));
  #tell(decision) {
    this.#isOver = true;
    this.#signal.removeEventListener("abort", this.#abort);
    this.#applicant.decided(decision);
  }
};

// packages/core/src/breaker/view-mode.ts
var ViewMode = class {
  #services;
  #admission;
  #reporter;
  #watcher;
  /** ms */
  #maxStaleness;
  /** Circuits whose buffers may wait at a time: as many as a process remembers at most. */
  #mostWaiting;
  /** Circuits whose buffers wait for the next flush. */
  #waiting = /* @__PURE__ */ new Set();
  #cancelFlush = null;
  /** When the next flush is due, ms by the process's clock. */
  #flushAt = 0;
  constructor(services, admission, reporter, watcher, maxStaleness) {
    this.#services = services;
    this.#admission = admission;
    this.#reporter = reporter;
    this.#watcher = watcher;
    this.#maxStaleness = maxStaleness;
    this.#mostWaiting = services.settings.maxCircuits * hardLimit;
  }
  /** Decides by the view; null where it is too old, or says that the store must be asked. */
  decide(circuit, subject, signal) {
    const { view } = circuit;
    const now = this.#services.settings.clock.now();
    if (view === null || circuit.nameFault !== null) return this.#none();
    const age = now - view.at;
    if (!(age >= 0 && age < this.#maxStaleness)) return this.#none();
    if (age * 2 >= this.#maxStaleness && !circuit.reads.isBusy && !this.#isWrittenSoon(circuit, view)) refresh(circuit);
    const { record } = view;
    if (record === null || circuit.admitting === record)
      return new Call(circuit, subject, record, "view", false, now, signal);
    return this.#ask(circuit, subject, record, now, signal);
  }
  /** Whether a success of this call may wait in memory; then it does. */
  keepSuccess(call, slow) {
    const { circuit } = call;
    const record = circuit.view === null ? null : circuit.view.record;
    if (call.decidedBy !== "view" && call.decidedBy !== "store") return false;
    if (circuit.failuresOnTheWay > 0 || circuit.calm !== record && !isCalm(circuit, record)) return false;
    const buffer = circuit.buffer;
    if (buffer !== null && buffer.fence === call.fence) return this.#add(buffer.draft, circuit, slow);
    return this.#keepFirst(call, record, slow);
  }
  /** Sends everything that waits. */
  async flush() {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    const circuits2 = [...this.#waiting];
    this.#waiting.clear();
    await Promise.all(circuits2.map((circuit) => this.#reporter.flush(circuit)));
  }
  #ask(circuit, subject, record, startedAt, signal) {
    const now = this.#services.time.now();
    const answer = admit(record, now, circuit.rules);
    if (answer.kind === "refuse")
      return this.#admission.refuse(circuit, subject, record, answer.because, answer.until, now);
    if (answer.kind !== "admit") return null;
    if (record.override === null) circuit.admitting = record;
    return new Call(circuit, subject, record, "view", false, startedAt, signal);
  }
  /** Whether a write will renew the view while it is well fresh: a busy circuit then needs one read, not two. */
  #isWrittenSoon(circuit, view) {
    if (circuit.isSending) return true;
    return circuit.buffer !== null && this.#flushAt <= view.at + this.#maxStaleness * 0.75;
  }
  #none() {
    this.#watcher.begin();
    return null;
  }
  #keepFirst(call, record, slow) {
    const { circuit } = call;
    if (!isCurrent(call.fence, record)) return false;
    const buffer = circuit.buffer;
    if (buffer !== null) {
      const same = buffer.fence.state === call.fence.state && buffer.fence.since === call.fence.since;
      return same && this.#add(buffer.draft, circuit, slow);
    }
    if (this.#services.settings.counting === "failures") return true;
    const draft = new Draft(record, this.#services.time.now(), circuit.rules);
    circuit.buffer = { fence: call.fence, record: call.record, draft, isDue: false };
    this.#waiting.add(circuit);
    this.#add(draft, circuit, slow);
    if (this.#cancelFlush === null) this.#armFlush();
    if (this.#waiting.size >= this.#mostWaiting) void this.flush();
    return true;
  }
  #armFlush() {
    const { clock } = this.#services.settings;
    this.#flushAt = clock.now() + this.#maxStaleness;
    this.#cancelFlush = clock.after(this.#maxStaleness, () => {
      this.#cancelFlush = null;
      void this.flush();
    });
  }
  #add(draft, circuit, slow) {
    if (!slow && circuit.rules.windows.length === 0) draft.addPlainSuccess();
    else draft.add({ kind: "success", slow, at: this.#services.time.now(), openFor: null, failure: null }, true);
    return true;
  }
};
var nobody = { take: () => {
}, fail: () => {
} };
function refresh(circuit) {
  circuit.reads.read(nobody);
}
function isCalm(circuit, record) {
  const calm = record === null || record.state === "closed" && (record.counters[counter.consecutiveFailures] ?? 0) === 0;
  if (calm) circuit.calm = record;
  return calm;
}

// packages/core/src/breaker/watcher.ts
var Watcher = class {
  #watch;
  #onError;
  #unwatch = null;
  constructor(watch, onError) {
    this.#watch = watch;
    this.#onError = onError;
  }
  /** Begins, once. If the store can't, the next need tries again. */
  begin() {
    if (this.#unwatch !== null) return;
    this.#unwatch = this.#watch().catch((error) => {
      this.#onError(error);
      this.#unwatch = null;
      return void 0;
    });
  }
  async close() {
    try {
      await (await this.#unwatch)?.();
    } catch {
    }
  }
};
function watcherOf(services) {
  const { backend, circuits: circuits2, reports, time: time2 } = services;
  const onEvent = (event) => {
    if (event.type === "missed") {
      for (const circuit2 of circuits2.values()) circuit2.distrustView();
      return;
    }
    const circuit = circuits2.get(event.name);
    try {
      checkRecord(event.name, event.record);
    } catch {
      return circuit?.distrustView();
    }
    if (circuit?.push(event.record) === true) noteObserved(services, circuit, time2.now());
  };
  const onError = (error) => reports.log("warn", "The store could not be watched; its changes are seen a little later", { error });
  return new Watcher(async () => backend.watch?.(onEvent), onError);
}

// packages/core/src/breaker/work.ts
function withTimeout(work2, call, timeout, clock) {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeout, () => {
      const error = new WorkTimeoutError(call.circuit.name, timeout);
      call.abort(error);
      reject(error);
    });
    const settle = async () => work2(call);
    settle().then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      }
    );
  });
}

// packages/core/src/breaker/engine.ts
var Engine = class {
  services;
  judge;
  #client;
  #admission;
  #exclusive;
  #reporter;
  #watcher;
  /** Null: strict, or exclusive, which asks the store anyway. */
  #views;
  /** Whether a success needs no look at its duration. */
  #isPlain;
  constructor(services, client2) {
    const { settings } = services;
    const fallback = new Fallback(services, client2);
    this.services = services;
    this.#client = client2;
    this.judge = new Judge(settings, services.reports);
    this.#reporter = new Reporter(services, fallback);
    this.#admission = new Admission(services, fallback);
    this.#watcher = watcherOf(services);
    this.#exclusive = settings.exclusive && new Exclusive(services, client2, this.#admission, fallback, settings.exclusive);
    const useViews = settings.consistency !== null && this.#exclusive === null;
    this.#views = useViews ? new ViewMode(services, this.#admission, this.#reporter, this.#watcher, settings.consistency) : null;
    this.#isPlain = settings.slowCallAfter === Infinity;
  }
  /** Admits a call, or says why not; null where the store has to be asked. */
  decideAtOnce(circuit, subject, signal) {
    const { lifecycle } = this.services;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (signal?.aborted === true) return refusedBy(signal.reason);
    return this.#views === null ? null : this.#views.decide(circuit, subject, signal);
  }
  /** By what the store says. */
  decide(circuit, subject, signal, applicant) {
    const waiting = signal === void 0 ? applicant : new UntilAborted(signal, applicant, this);
    (this.#exclusive ?? this.#admission).decide(circuit, subject, signal, waiting);
  }
  /** Runs the work of a call that was admitted. */
  run(work2, call) {
    const { workTimeout, clock } = this.services.settings;
    return workTimeout === null ? work2(call) : withTimeout(work2, call, workTimeout, clock);
  }
  /** Whether the outcome may wait in memory; then it does, and the call has ended. */
  keep(call, outcome) {
    if (this.#views === null || outcome !== "success" || this.services.lifecycle.isClosed) return false;
    const duration3 = this.#durationOf(call);
    const slow = duration3 > this.services.settings.slowCallAfter;
    if (!this.#views.keepSuccess(call, slow)) return false;
    call.finish();
    this.#tellSettled(call, outcome, slow, duration3);
    return true;
  }
  /** Reports what the call came to. */
  end(call, outcome, reported) {
    if (this.keep(call, outcome)) return reported.over(null);
    const { settings, time: time2, reports } = this.services;
    const duration3 = this.#durationOf(call);
    const slow = duration3 > settings.slowCallAfter && outcome !== "ignored";
    call.finish();
    const at = call.circuit.rules.windows.length === 0 ? 0 : time2.now();
    const holdsNothing = call.trial === null && call.lease === null && !reports.isHeard("settled");
    const waiting = holdsNothing ? reported : this.#letGo(call, outcome, slow, duration3, reported);
    this.#reporter.report(call, outcome, slow, at, waiting);
  }
  /** As {@link end}, as a promise. */
  ended(call, outcome) {
    return new Promise((over2, fail) => this.end(call, outcome, { over: over2, fail }));
  }
  /** What a call holds is let go once it is reported, and those who listen are told. */
  #letGo(call, outcome, slow, duration3, reported) {
    const letGo = async (tell2) => {
      call.trial?.stop();
      if (call.lease !== null) await call.lease.release();
      this.#tellSettled(call, outcome, slow, duration3);
      tell2();
    };
    return {
      over: (error) => void letGo(() => reported.over(error)),
      fail: (error) => void letGo(() => reported.fail(error))
    };
  }
  /** ms; 0 where nobody asks. */
  #durationOf(call) {
    if (this.#isPlain && !this.services.reports.isHeard("settled")) return 0;
    return this.services.settings.clock.now() - call.startedAt;
  }
  /** Gives back what an admitted call holds whose work never ran. It counts as nothing. */
  async release(call) {
    call.finish();
    call.trial?.stop();
    if (call.isTrial) await giveTicketBack(call, this.#portOf(call)).catch(() => {
    });
    if (call.lease !== null) await call.lease.release();
  }
  /** What the store holds now. Asked even while it is known to be down; rejects with ERR_STORAGE whatever the policy. */
  look(circuit) {
    const { lifecycle } = this.services;
    if (lifecycle.isClosed) return Promise.reject(lifecycle.closedError());
    const isUsable = !this.#client.isDown && circuit.health === null;
    return isUsable ? answerOf((asker) => circuit.reads.read(asker)) : this.#client.retrieve(circuit);
  }
  /** Begins to take in what the store pushes. */
  watch() {
    this.#watcher.begin();
  }
  /** Sends what waits in memory, and waits for what is on its way. */
  async flush() {
    await this.#views?.flush();
    await this.#reporter.idle();
  }
  async close() {
    this.services.lifecycle.close();
    await this.flush();
    await this.#watcher.close();
    this.#client.close();
  }
  #tellSettled(call, outcome, slow, duration3) {
    const { reports } = this.services;
    if (!reports.isHeard("settled")) return;
    reports.emit("settled", { ...subjectOf(call.subject), outcome, slow, duration: duration3, decidedBy: call.decidedBy });
  }
  #portOf(call) {
    const { circuit } = call;
    return call.decidedBy === "local" ? circuit.local ?? circuit.port : circuit.port;
  }
};

// packages/core/src/machine/override.ts
function forced(record, override, now, rules) {
  return cleanClosed(record, now, rules, override.state === "open" ? "forced-open" : "forced-closed", override);
}
function released(record, now, rules) {
  return record === null || record.override === null ? null : cleanClosed(record, now, rules, "released");
}
function reset(record, now, rules) {
  return cleanClosed(record, now, rules, "reset");
}

// packages/core/src/breaker/operator.ts
var readers2 = {
  reason: optional(text(), null),
  by: optional(text(), null),
  for: optional(duration(1, "1 ms", Infinity), Infinity)
};
var mostTries = 32;
var Operator = class {
  #services;
  #client;
  constructor(services, client2) {
    this.#services = services;
    this.#client = client2;
  }
  async force(circuit, state, options) {
    const problems = [];
    const given = options;
    if (!isObject2(given))
      problems.push({ name: "options", value: given, expected: "an object with reason, by and for" });
    const { reason, by, for: length } = readEach(readers2, isObject2(given) ? given : {}, "", problems);
    if (problems.length > 0) throw new InvalidSettingsError(problems);
    await this.#store(circuit, (record, now) => {
      const until2 = length === Infinity ? null : momentAfter(now, length);
      return forced(record, { state, reason, by, until: until2 }, now, circuit.rules);
    });
  }
  async release(circuit) {
    await this.#store(circuit, (record, now) => released(record, now, circuit.rules));
  }
  async reset(circuit) {
    await this.#store(circuit, (record, now) => reset(record, now, circuit.rules));
  }
  async #store(circuit, make) {
    if (this.#services.lifecycle.isClosed) throw this.#services.lifecycle.closedError();
    let { record, now } = await this.#client.retrieve(circuit);
    for (let tries = 0; tries < mostTries; tries += 1) {
      const transition = make(record, now);
      if (transition === null) return;
      const answer = await this.#client.transition(circuit, transition, true);
      if (answer.applied) {
        const { reason, next } = transition;
        this.#services.reports.log("warn", `An operator changed circuit ${JSON.stringify(circuit.name)} (${reason})`, {
          circuit: circuit.name,
          reason,
          override: next.override
        });
        return;
      }
      ({ record, now } = answer);
    }
    throw new StorageError(
      `Circuit ${JSON.stringify(circuit.name)} changed ${mostTries} times under an operator's write, which was given up. Try again.`
    );
  }
};

// packages/core/src/breaker/services.ts
var Lifecycle = class {
  #isClosed = false;
  get isClosed() {
    return this.#isClosed;
  }
  close() {
    this.#isClosed = true;
  }
  /** What a call after `close` is told. */
  closedError() {
    return new ClosedError("This CircuitBreakerFactory");
  }
};

// packages/core/src/machine/ttl.ts
function ttlOf(record, now, rules, delta) {
  if (record.override !== null && record.override.until === null) return Infinity;
  const deadline = delta?.set?.[counter.trialsDeadline] ?? 0;
  const end = Math.max(endOf(record) ?? 0, deadline);
  return Math.max(0, Math.ceil(end - now)) + rules.retention;
}

// packages/core/src/breaker/deadlines.ts
var Bounded = class {
  /** Null: it waits for nothing. This and the two links are for {@link Deadlines} alone. */
  slice = null;
  previous = null;
  next = null;
};
var Deadlines = class {
  #clock;
  #timeout;
  #onLate;
  #slice = null;
  /**
   * @param timeout ms
   * @param onLate told of a call whose time is over, once it has left
   */
  constructor(clock, timeout, onLate) {
    this.#clock = clock;
    this.#timeout = timeout;
    this.#onLate = onLate;
  }
  /** Bounds a call that begins at `now`, until it leaves. Answers the signal that is aborted when its time is over. */
  enter(call, now) {
    const slice = this.#currentSlice(now);
    call.slice = slice;
    call.next = slice.first;
    if (slice.first !== null) slice.first.previous = call;
    slice.first = call;
    return slice.controller.signal;
  }
  /** A call is done, and nobody's timer is kept. False: it had left before, or its time was over. */
  leave(call) {
    const { slice, previous, next } = call;
    if (slice === null) return false;
    call.slice = null;
    if (next !== null) next.previous = previous;
    if (previous !== null) previous.next = next;
    else slice.first = next;
    this.#letGo(slice);
    return true;
  }
  /** Lets the timer go, or, with calls in flight, lets the last of them do so: they stay bounded. */
  close() {
    const slice = this.#slice;
    this.#slice = null;
    if (slice !== null) this.#letGo(slice);
  }
  #currentSlice(now) {
    const current = this.#slice;
    if (current !== null && now >= current.openedAt && now < current.openedAt + this.#timeout / 10) return current;
    const controller = new AbortController();
    const slice = { controller, openedAt: now, isExtended: false, cancel: () => {
    }, first: null };
    this.#arm(slice, this.#timeout);
    this.#slice = slice;
    if (current !== null) this.#letGo(current);
    return slice;
  }
  #arm(slice, ms) {
    slice.cancel = this.#clock.after(ms, () => this.#expire(slice), { background: true });
  }
  #letGo(slice) {
    if (slice !== this.#slice && slice.first === null) slice.cancel();
  }
  #expire(slice) {
    if (this.#slice === slice) this.#slice = null;
    if (slice.first === null) return;
    const late = this.#clock.now() - slice.openedAt - this.#timeout;
    if (late > this.#timeout / 10 && !slice.isExtended) {
      slice.isExtended = true;
      this.#arm(slice, this.#timeout / 10);
      return;
    }
    slice.controller.abort(new DOMException("The time for this call to the store is over.", "TimeoutError"));
    while (slice.first !== null) {
      const call = slice.first;
      this.leave(call);
      this.#onLate(call);
    }
  }
};

// packages/core/src/breaker/health.ts
var firstPause = 100;
var longestPause = 5e3;
var Health = class {
  #clock;
  #random;
  #error = null;
  #failedSince = 0;
  #failures = 0;
  #askAgainAt = 0;
  #asking = false;
  constructor(clock, random) {
    this.#clock = clock;
    this.#random = random;
  }
  /** Why it can't be asked now; null: it can, and while it is failing the caller is the one to find out. */
  refusal() {
    if (this.#error === null) return null;
    const now = this.#clock.now();
    const isDue = now >= this.#askAgainAt || now < this.#askAgainAt - longestPause;
    if (this.#asking || !isDue) return this.#error;
    this.#asking = true;
    return null;
  }
  get isFailing() {
    return this.#error !== null;
  }
  /** Answers whether this is news. */
  failed(error) {
    const isNews = this.#error === null;
    const now = this.#clock.now();
    if (isNews) this.#failedSince = now;
    if (isNews || this.#asking) {
      const pause = Math.min(longestPause, firstPause * 2 ** this.#failures);
      this.#failures += 1;
      this.#askAgainAt = now + pause * (0.5 + this.#random() / 2);
    }
    this.#asking = false;
    this.#error = unsent(error);
    return isNews;
  }
  /** Whoever was let through to find out did not: something else failed on the way. */
  unanswered() {
    if (this.#error !== null && this.#asking) this.failed(this.#error);
  }
  /** Answers how long it had been failing, ms; null where it had not. */
  succeeded() {
    if (this.#error === null) return null;
    this.#error = null;
    this.#asking = false;
    this.#failures = 0;
    return Math.max(0, this.#clock.now() - this.#failedSince);
  }
};
function unsent(error) {
  if (!isCircuitryError(error, "ERR_STORAGE") || !error.ambiguous) return error;
  const { retriable } = error;
  return new StorageError(`The store is down, so it was not asked. Before that: ${error.message}`, {
    cause: error,
    retriable
  });
}

// packages/core/src/breaker/outages.ts
var Outages = class {
  #services;
  #health;
  constructor(services) {
    this.#services = services;
    this.#health = this.#newHealth();
  }
  get isStoreDown() {
    return this.#health.isFailing;
  }
  /** Why the store is not asked at all. */
  refusal(circuit, insist) {
    if (circuit.nameFault !== null) return this.#badName(circuit, circuit.nameFault);
    if (insist) return null;
    return this.#health.isFailing ? this.#health.refusal() : circuit.health?.refusal() ?? null;
  }
  /** Takes in that a question was answered. */
  succeeded(circuit) {
    this.#storeAnswered();
    if (circuit.health !== null) this.#recordIsUsable(circuit, circuit.health);
  }
  #storeAnswered() {
    const downFor = this.#health.succeeded();
    if (downFor === null) return;
    const { reports } = this.#services;
    reports.log("info", "The store of the circuits answers again", { downFor });
    reports.emit("storageRecovered", { scope: "store", downFor, name: null });
    reconcile(this.#services.circuits.values());
  }
  #recordIsUsable(circuit, health) {
    const { reports } = this.#services;
    const downFor = health.succeeded() ?? 0;
    circuit.health = null;
    reports.log("info", "The circuit's record can be used again", { circuit: circuit.name, downFor });
    reports.emit("storageRecovered", { scope: "circuit", downFor, name: circuit.name });
    reconcile(this.#services.circuits.values());
  }
  /** Takes in that a question was not answered; answers the error to tell. */
  failed(circuit, verb, thrown) {
    const error = asOurs(circuit.name, verb, thrown);
    if (isCircuitryError(error, "ERR_STORAGE")) {
      circuit.health?.unanswered();
      this.#tellFailure(circuit, error, "store", this.#health.failed(error));
    } else {
      this.#storeAnswered();
      this.#tellFailure(circuit, error, "circuit", this.#healthOf(circuit).failed(error));
    }
    return error;
  }
  /** Nothing is asked under such a name, so it is told once, and never gets better. */
  #badName(circuit, error) {
    const health = this.#healthOf(circuit);
    if (!health.isFailing) this.#tellFailure(circuit, error, "circuit", health.failed(error));
    return error;
  }
  #healthOf(circuit) {
    circuit.health ??= this.#newHealth();
    return circuit.health;
  }
  #newHealth() {
    const { clock, random } = this.#services.settings;
    return new Health(clock, random);
  }
  #tellFailure(circuit, error, scope, isNews) {
    const { reports, settings } = this.#services;
    const policy = settings.onStorageFailure;
    if (isNews) reports.log("warn", error.message, { circuit: circuit.name, policy, error });
    reports.emit("storageFailure", { error, scope, policy, name: circuit.name });
  }
};

// packages/core/src/breaker/question.ts
var Question = class extends Bounded {
  circuit;
  verb;
  /** Growing in the process: which of two answers is to a later question. */
  order;
  /** When it began, ms by the process's clock. */
  at;
  asker;
  constructor(circuit, verb, order, at, asker) {
    super();
    this.circuit = circuit;
    this.verb = verb;
    this.order = order;
    this.at = at;
    this.asker = asker;
  }
};

// packages/core/src/breaker/store-client.ts
var StoreClient = class {
  #services;
  #deadlines;
  #outages;
  #order = 0;
  constructor(services) {
    const { clock, storageTimeout } = services.settings;
    this.#services = services;
    this.#deadlines = new Deadlines(clock, storageTimeout, (question) => {
      this.#reject(question, tooLate(question.circuit.name, question.verb, storageTimeout));
    });
    this.#outages = new Outages(services);
  }
  /** Whether the store is known to be down. */
  get isDown() {
    return this.#outages.isStoreDown;
  }
  /** A read of its own, asked even while the store is known to be down: an operator wants the truth. */
  retrieve(circuit) {
    return answerOf((asker) => this.read(circuit, asker, true));
  }
  /** The read that `circuit.reads` shares. */
  read(circuit, asker, insist = false) {
    const { backend, time: time2 } = this.#services;
    const send = (signal) => backend.retrieve(circuit.name, { signal });
    this.#ask(circuit, "retrieve", time2.now(), insist, send, asker);
  }
  apply(circuit, base, delta, now, asker) {
    const { backend } = this.#services;
    const ttl2 = ttlOf(base, now, circuit.rules, delta);
    const send = (signal) => backend.apply(circuit.name, base.revision, delta, { ttl: ttl2, signal });
    this.#ask(circuit, "apply", now, false, send, asker);
  }
  /** Stores a transition. If it wins it is announced; if nobody answers, its `by` is looked for from then on. */
  async transition(circuit, transition, insist = false) {
    const now = this.#services.time.now();
    const record = this.#stamped(transition.next, transition.before, now);
    try {
      const { before, expect } = transition;
      const answer = await answerOf((asker) => this.#store(circuit, before, record, expect, now, insist, asker));
      if (answer.applied) announce(this.#services, circuit, transition, answer.now);
      return answer;
    } catch (error) {
      if (isAmbiguous(error)) {
        circuit.unconfirmed ??= /* @__PURE__ */ new Map();
        circuit.unconfirmed.set(record.by, { transition, after: this.#order });
      }
      throw error;
    }
  }
  /** The lock, which does not go through here, failed: if that is the store's fault, the store is down. */
  lockFailed(circuit, thrown) {
    return this.#outages.failed(circuit, "lock", thrown);
  }
  /** The store as the one circuit's port. */
  portOf(circuit) {
    return {
      read: (asker) => circuit.reads.read(asker),
      write: (base, write2, now, asker) => {
        if (write2.kind === "apply") this.apply(circuit, base, write2.delta, now, asker);
        else this.#store(circuit, base, this.#stamped(write2.next, base, now), write2.expect, now, false, asker);
      },
      apply: (base, delta) => answerOf((asker) => this.apply(circuit, base, delta, this.#services.time.now(), asker)),
      transition: (transition) => this.transition(circuit, transition)
    };
  }
  /** A stamp for a store call. */
  stamp() {
    return { chance: this.#services.settings.random(), by: this.#services.by() };
  }
  close() {
    this.#deadlines.close();
  }
  #stamped(next, before, now) {
    return stamped(next, before, now, this.stamp());
  }
  #store(circuit, before, record, expect, now, insist, asker) {
    const { backend } = this.#services;
    const ttl2 = ttlOf(record, now, circuit.rules);
    const revision = before?.revision ?? null;
    const condition = expect === void 0 ? {} : { expect };
    const send = (signal) => backend.store(circuit.name, revision, record, { ttl: ttl2, signal, ...condition });
    this.#ask(circuit, "store", now, insist, send, asker);
  }
  #ask(circuit, verb, now, insist, send, asker) {
    const refusal = this.#outages.refusal(circuit, insist);
    if (refusal !== null) {
      asker.fail(refusal);
      return;
    }
    this.#order += 1;
    const at = this.#services.time.inProcess(now);
    const question = new Question(circuit, verb, this.#order, at, asker);
    const signal = this.#deadlines.enter(question, at);
    try {
      send(signal).then(
        (answer) => this.#answered(question, answer),
        (thrown) => this.#threw(question, thrown)
      );
    } catch (error) {
      this.#threw(question, error);
    }
  }
  #answered(question, answer) {
    const { circuit } = question;
    try {
      if (answer.record !== null && answer.record !== circuit.view?.record) checkRecord(circuit.name, answer.record);
    } catch (error) {
      this.#threw(question, error);
      return;
    }
    if (this.#deadlines.leave(question)) tell(question.asker, this.#take(circuit, answer, question.order, question.at));
  }
  #threw(question, thrown) {
    if (this.#deadlines.leave(question)) this.#reject(question, thrown);
  }
  #reject(question, thrown) {
    question.asker.fail(this.#outages.failed(question.circuit, question.verb, thrown));
  }
  /** Takes an answer's news into the circuit's view. */
  #take(circuit, answer, order, at) {
    this.#outages.succeeded(circuit);
    const { record } = answer;
    const now = this.#services.time.observe(answer.now);
    if (circuit.see(record, order, at)) noteObserved(this.#services, circuit, now);
    if (circuit.unconfirmed !== null) settleUnconfirmed(this.#services, circuit, record, order, now);
    return { record, now, applied: answer.applied === true };
  }
};

// packages/core/src/breaker/store-time.ts
var StoreTime = class {
  #clock;
  #offset = 0;
  #readAt = 0;
  constructor(clock) {
    this.#clock = clock;
  }
  /** ms since the epoch. */
  now() {
    this.#readAt = this.#clock.now();
    return this.#readAt + this.#offset;
  }
  /** When the clock was last read, ms by the process's clock: who acts in the same turn need not read it again. */
  get readAt() {
    return this.#readAt;
  }
  /** What this process's clock says when the store's says `now`, as far as it is known now. */
  inProcess(now) {
    return now - this.#offset;
  }
  /** Takes in what an answer says, and answers the time to decide on it by. */
  observe(storeNow) {
    if (storeNow === void 0 || !Number.isFinite(storeNow)) return this.now();
    this.#readAt = this.#clock.now();
    this.#offset = storeNow - this.#readAt;
    return storeNow;
  }
};

// packages/core/src/breaker/factory.ts
var factories = 0;
var CircuitBreakerFactory = class {
  #settings;
  #services;
  #client;
  #engine;
  #operator;
  #sharedRules;
  #host;
  /** @throws InvalidSettingsError with every fault of `options` */
  constructor(options) {
    const settings = parseSettings(options);
    const reports = new Reports(settings.logger);
    const services = {
      settings,
      backend: settings.backend,
      reports,
      circuits: new Circuits(settings.maxCircuits),
      time: new StoreTime(settings.clock),
      by: uniqueNames(settings.random),
      lifecycle: new Lifecycle()
    };
    this.#settings = settings;
    this.#services = services;
    this.#client = new StoreClient(services);
    this.#engine = new Engine(services, this.#client);
    this.#operator = new Operator(services, this.#client);
    this.#sharedRules = asksUserCode(settings) ? null : rulesFor(settings, { name: "", context: void 0 }, reports.fault);
    this.#host = { engine: this.#engine, operator: this.#operator, circuitOf: (known) => this.#circuitOf(known) };
  }
  breakerFor(circuit, context = {}) {
    const subject = this.#subject(circuit, context);
    return new CircuitBreaker(this.#host, subject, this.#remember(subject));
  }
  /**
   * Adds a listener; the answer removes it.
   *
   * @throws InvalidSettingsError for an event that there is not
   */
  on(event, listener) {
    if (event === "observed") this.#engine.watch();
    return this.#services.reports.on(event, listener);
  }
  /** Sends what waits in memory. */
  async flush() {
    await this.#engine.flush();
  }
  /** Sends what waits in memory, then lets every timer and listener go. Calls after it reject with ERR_CLOSED. The backend stays open: it is yours. */
  async close() {
    await this.#engine.close();
  }
  [Symbol.asyncDispose]() {
    return this.close();
  }
  /** The subject of a circuit; one whose name can't be is remembered as such, and never asked for. */
  #subject(circuit, context) {
    let name;
    try {
      name = atOnce(this.#settings.nameFor(circuit, context));
    } catch (error) {
      this.#services.reports.fault("nameFor", error, null);
      const nameFault = new InvalidNameError(
        `nameFor threw for circuit ${JSON.stringify(circuit)}, so nobody knows its name in the store; see the cause.`,
        { cause: error }
      );
      return { name: String(circuit), circuit, context, nameFault };
    }
    try {
      assertName(name);
      return { name, circuit, context, nameFault: null };
    } catch (error) {
      if (!isCircuitryError(error, "ERR_INVALID_NAME")) throw error;
      return { name: show(name), circuit, context, nameFault: error };
    }
  }
  #remember(subject) {
    const key = subject.nameFault === null ? subject.name : `\uD800${subject.name}`;
    return this.#services.circuits.use(key, () => {
      const rules = this.#sharedRules ?? rulesFor(this.#settings, subject, this.#services.reports.fault);
      return new Circuit(key, subject, rules, this.#client);
    });
  }
  #circuitOf(known) {
    return known.isForgotten || this.#services.circuits.isCrowded ? this.#remember(known.subject) : known;
  }
};
function uniqueNames(random) {
  factories += 1;
  const prefix2 = `${factories.toString(36)}${Math.floor(random() * 2 ** 40).toString(36)}`;
  let calls = 0;
  return () => {
    calls += 1;
    return `${prefix2}-${calls.toString(36)}`;
  };
}

// packages/core/src/settings/trip-policy.ts
function failureRate(options = {}) {
  return { ...options, kind: "failure-rate" };
}

// packages/core/src/backend/signal-groups.ts
var lingerTime = 100;
var SignalGroups = class {
  #clock;
  #groups = /* @__PURE__ */ new Map();
  constructor(clock) {
    this.#clock = clock;
  }
  of(signal) {
    let group = this.#groups.get(signal);
    if (group === void 0) {
      group = new Group(signal, this.#clock, () => this.#groups.delete(signal));
      this.#groups.set(signal, group);
    }
    return group;
  }
  /** Takes every listener off. */
  close() {
    for (const group of this.#groups.values()) group.end();
  }
};
var Group = class {
  signal;
  #clock;
  #onEnd;
  #calls = /* @__PURE__ */ new Set();
  #cancelTimer = null;
  constructor(signal, clock, onEnd) {
    this.signal = signal;
    this.#clock = clock;
    this.#onEnd = onEnd;
    signal.addEventListener("abort", this.#onAbort);
  }
  enter(call) {
    this.#calls.add(call);
  }
  leave(call) {
    if (!this.#calls.delete(call) || this.#calls.size > 0) return;
    this.#cancelTimer ??= this.#clock.after(lingerTime, this.#endIfIdle, { background: true });
  }
  /** Leaves nothing on the signal. */
  end() {
    this.#cancelTimer?.();
    this.signal.removeEventListener("abort", this.#onAbort);
    this.#onEnd();
  }
  #endIfIdle = () => {
    this.#cancelTimer = null;
    if (this.#calls.size === 0) this.end();
  };
  #onAbort = () => {
    for (const call of [...this.#calls]) call.abort();
  };
};

// packages/core/src/backend/pending-calls.ts
var PendingCalls = class {
  #owner;
  #calls = /* @__PURE__ */ new Set();
  #running = /* @__PURE__ */ new Map();
  #groups;
  #closed = false;
  /**
   * @param owner what a {@link ClosedError} says was closed.
   * @param clock times how long a listener outlives its last call.
   */
  constructor(owner, clock) {
    this.#owner = owner;
    this.#groups = new SignalGroups(clock);
  }
  get closed() {
    return this.#closed;
  }
  /**
   * Refuses a call that must not begin.
   *
   * @throws ClosedError after {@link PendingCalls.close}; the signal's reason if it is aborted already.
   */
  begin(signal) {
    if (this.#closed) throw new ClosedError(this.#owner);
    if (signal?.aborted === true) throw signal.reason;
  }
  /** Settles as `work` does, or as `endings` say. Rejects with a ClosedError once this is closed. */
  track(work2, signal, endings) {
    return new Promise((resolve, reject) => {
      const call = new Call2(this.#calls, signal === void 0 ? null : this.#groups.of(signal), endings, reject);
      work2.then(
        (value) => {
          call.end();
          try {
            resolve(endings.onValue === void 0 ? value : endings.onValue(value));
          } catch (error) {
            reject(error);
          }
        },
        (error) => call.fail(endings.onFailure === void 0 ? error : endings.onFailure(error))
      );
      if (this.#closed) call.fail(new ClosedError(this.#owner));
      else if (signal?.aborted === true) call.abort();
    });
  }
  /**
   * Runs a call under a signal of its own. It is aborted with the caller's reason, or with a ClosedError by
   * {@link PendingCalls.close}.
   *
   * @throws ClosedError once closed; the signal's reason where it is aborted already: then nothing is sent.
   */
  async run(signal, work2) {
    this.begin(signal);
    const controller = new AbortController();
    const end = { abort: () => controller.abort(signal?.reason) };
    const group = signal === void 0 ? null : this.#groups.of(signal);
    group?.enter(end);
    const running2 = work2(controller.signal);
    this.#running.set(controller, running2);
    try {
      return await running2;
    } finally {
      group?.leave(end);
      this.#running.delete(controller);
    }
  }
  /** Rejects every call in flight, and refuses those to come. Resolves once those that run under a signal have settled. */
  async close() {
    this.#closed = true;
    for (const call of [...this.#calls]) call.fail(new ClosedError(this.#owner));
    const running2 = [...this.#running.values()];
    for (const controller of this.#running.keys()) controller.abort(new ClosedError(this.#owner));
    this.#groups.close();
    await Promise.allSettled(running2);
  }
};
var Call2 = class {
  #all;
  #group;
  #endings;
  #reject;
  constructor(all, group, endings, reject) {
    this.#all = all;
    this.#group = group;
    this.#endings = endings;
    this.#reject = reject;
    all.add(this);
    group?.enter(this);
  }
  /** It settles: nothing is to be remembered of it. */
  end() {
    this.#all.delete(this);
    this.#group?.leave(this);
  }
  fail(error) {
    this.end();
    this.#reject(error);
  }
  /** The call's time is over. */
  abort() {
    this.fail(this.#endings.onAbort(this.#group?.signal.reason));
  }
};

// packages/core/src/backend/read-options.ts
function readOptions(readers4, options, check = () => {
}) {
  if (!isObject2(options)) throw new InvalidSettingsError([{ name: "options", value: options, expected: "an object" }]);
  const problems = [];
  const read2 = readEach(readers4, options, "", problems);
  check(read2, problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze(read2);
}

// packages/backend-redis/src/connection/run-script.ts
function runScript(connection, script2, keys, args) {
  const [key = ""] = keys;
  const words = (command, which2) => [command, which2, String(keys.length), ...keys, ...args];
  return connection.send(key, words("evalsha", script2.sha1)).catch((error) => {
    if (!error.message.startsWith("NOSCRIPT")) throw error;
    return connection.send(key, words("eval", script2.lua));
  });
}

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/util.js
function getEnumValues(entries2) {
  const numericValues = Object.values(entries2).filter((v) => typeof v === "number");
  const values = Object.entries(entries2).filter(([k, _]) => numericValues.indexOf(+k) === -1).map(([_, v]) => v);
  return values;
}
function jsonStringifyReplacer(_, value) {
  if (typeof value === "bigint")
    return value.toString();
  return value;
}
var Cached = class {
  constructor(getter) {
    this._getter = getter;
    this._value = void 0;
  }
  get value() {
    const getter = this._getter;
    if (getter !== void 0) {
      this._value = getter();
      this._getter = void 0;
    }
    return this._value;
  }
};
function cached(getter) {
  return new Cached(getter);
}
function cleanRegex(source) {
  const start = source.startsWith("^") ? 1 : 0;
  const end = source.endsWith("$") ? source.length - 1 : source.length;
  return source.slice(start, end);
}
function assignProp(target, prop, value) {
  Object.defineProperty(target, prop, {
    value,
    writable: true,
    enumerable: true,
    configurable: true
  });
}
var captureStackTrace = "captureStackTrace" in Error ? Error.captureStackTrace : (..._args) => {
};
function isObject3(data) {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
var propertyKeyTypes = /* @__PURE__ */ new Set(["string", "number", "symbol"]);
function escapeRegex(str) {
  return str.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
function clone(inst, def, params) {
  const cl = new inst._zod.constr(def ?? inst._zod.def);
  if (!def || params?.parent)
    cl._zod.parent = inst;
  return cl;
}
function normalizeParams(_params) {
  const params = _params;
  if (!params)
    return {};
  if (typeof params === "string")
    return { error: () => params };
  if (params?.message !== void 0) {
    if (params?.error !== void 0)
      throw new Error("Cannot specify both `message` and `error` params");
    params.error = params.message;
  }
  delete params.message;
  if (typeof params.error === "string")
    return { ...params, error: () => params.error };
  return params;
}
function optionalKeys(shape2) {
  return Object.keys(shape2).filter((k) => {
    return shape2[k]._zod.optin !== void 0 && shape2[k]._zod.optout === "optional";
  });
}
var NUMBER_FORMAT_RANGES = /* @__PURE__ */ (() => ({
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  float32: [-34028234663852886e22, 34028234663852886e22],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE]
}))();
function aborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue !== true) {
      return true;
    }
  }
  return false;
}
function explicitlyAborted(x, startIndex = 0) {
  if (x.aborted === true)
    return true;
  for (let i = startIndex; i < x.issues.length; i++) {
    if (x.issues[i]?.continue === false) {
      return true;
    }
  }
  return false;
}
function prefixIssues(path, issues) {
  return issues.map((iss) => {
    var _a2;
    (_a2 = iss).path ?? (_a2.path = []);
    iss.path.unshift(path);
    return iss;
  });
}
function unwrapMessage(message) {
  return typeof message === "string" ? message : message?.message;
}
function attachSchema(issues, start, inst) {
  var _a2;
  for (let i = start; i < issues.length; i++) {
    (_a2 = issues[i]).schema ?? (_a2.schema = inst);
  }
}
function finalizeIssue(iss, ctx, config2) {
  var _a2;
  const traits = iss.inst?._zod?.traits;
  if (traits?.has("$ZodType")) {
    if (traits.has("$ZodCheck"))
      (_a2 = iss).schema ?? (_a2.schema = iss.inst);
    else
      iss.schema = iss.inst;
  }
  const schemaError = iss.schema !== iss.inst ? iss.schema?._zod.def?.error : void 0;
  const message = iss.message ? iss.message : unwrapMessage(iss.inst?._zod.def?.error?.(iss)) ?? unwrapMessage(schemaError?.(iss)) ?? unwrapMessage(ctx?.error?.(iss)) ?? unwrapMessage(config2.customError?.(iss)) ?? unwrapMessage(config2.localeError?.(iss)) ?? "Invalid input";
  const full = {};
  for (const k of Object.keys(iss)) {
    if (k === "inst" || k === "schema" || k === "continue" || k === "input" || k === "__proto__")
      continue;
    full[k] = iss[k];
  }
  full.path ?? (full.path = []);
  full.message = message;
  if (ctx?.reportInput) {
    full.input = iss.input;
  }
  return full;
}
function members(proto, table2) {
  for (const key in table2) {
    const desc = Object.getOwnPropertyDescriptor(table2, key);
    if (desc.get)
      Object.defineProperty(proto, key, { ...desc, enumerable: false });
    else
      defineBound(proto, key, desc.value);
  }
}
function own(inst, key, value, enumerable = true) {
  Object.defineProperty(inst, key, { configurable: true, writable: true, enumerable, value });
  return value;
}
function hide(inst, key, value) {
  return own(inst, key, value, false);
}
function defineBound(proto, key, fn) {
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      return this == null ? fn : own(this, key, fn.bind(this));
    },
    set(value) {
      own(this, key, value);
    }
  });
}
function claim(inst, sentinel) {
  const proto = Object.getPrototypeOf(inst);
  return sentinel in proto ? void 0 : proto;
}
var installing;
var broke = false;
var breaker = {
  configurable: true,
  get() {
    broke = true;
    return void 0;
  }
};
function defineLazyInternal(inst, key, compute) {
  const proto = Object.getPrototypeOf(inst._zod);
  if (key in proto && installing !== inst._zod) {
    installing = void 0;
    return;
  }
  installing = inst._zod;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      Object.defineProperty(this, key, breaker);
      const outer = broke;
      broke = false;
      try {
        const value = compute(this);
        if (broke)
          delete this[key];
        else
          Object.defineProperty(this, key, { configurable: true, writable: true, value });
        broke = broke || outer;
        return value;
      } catch (err) {
        delete this[key];
        broke = broke || outer;
        throw err;
      }
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, value });
    }
  });
}
function installLazyProp(inst, key, make, enumerable) {
  const proto = claim(inst, key);
  if (!proto)
    return;
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      const desc = { configurable: true, writable: true, enumerable, value: void 0 };
      Object.defineProperty(this, key, desc);
      desc.value = make(this);
      Object.defineProperty(this, key, desc);
      return desc.value;
    },
    set(value) {
      Object.defineProperty(this, key, { configurable: true, writable: true, enumerable, value });
    }
  });
}

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/core.js
var _a;
var _zodDesc = { value: void 0, enumerable: false };
var _E = "captureStackTrace" in Error ? Error : null;
function newError(Definition) {
  const E = _E;
  if (E) {
    const saved = E.stackTraceLimit;
    if (typeof saved === "number") {
      try {
        E.stackTraceLimit = 0;
      } catch {
        _E = null;
        return new Definition();
      }
      try {
        return new Definition();
      } finally {
        E.stackTraceLimit = saved;
      }
    }
  }
  return new Definition();
}
// @__NO_SIDE_EFFECTS__
function $constructor(name, initializer2, proto, params) {
  const zodProto = {};
  function Internals(def) {
    this.def = def;
    this.constr = _;
    this.traits = /* @__PURE__ */ new Set();
  }
  Internals.prototype = zodProto;
  const protoMembers = proto;
  const initialized = protoMembers && /* @__PURE__ */ new WeakSet();
  function init(inst, def) {
    if (!inst._zod) {
      _zodDesc.value = new Internals(def);
      try {
        Object.defineProperty(inst, "_zod", _zodDesc);
      } finally {
        _zodDesc.value = void 0;
      }
    } else if (inst._zod.traits.has(name)) {
      return;
    }
    inst._zod.traits.add(name);
    initializer2(inst, def);
    if (initialized) {
      const own2 = Object.getPrototypeOf(inst);
      const ctorProto = inst._zod.constr.prototype;
      let up = own2;
      while (up && up !== ctorProto)
        up = Object.getPrototypeOf(up);
      const target = up ?? own2;
      if (!initialized.has(target)) {
        initialized.add(target);
        members(target, protoMembers);
      }
    }
    const proto2 = _.prototype;
    for (const k in proto2) {
      if (!Object.prototype.hasOwnProperty.call(proto2, k))
        continue;
      if (!(k in inst)) {
        inst[k] = proto2[k].bind(inst);
      }
    }
  }
  const Parent = params?.Parent ?? Object;
  class Definition extends Parent {
  }
  Object.defineProperty(Definition, "name", { value: name });
  function _(def) {
    const inst = params?.Parent ? newError(Definition) : this;
    init(inst, def);
    const deferred = inst._zod.deferred;
    if (deferred) {
      for (const fn of deferred) {
        fn();
      }
      inst._zod.deferred = void 0;
    }
    const pp = globalThis.__zod_globalConfig?.postProcessor;
    if (pp)
      pp(inst);
    return inst;
  }
  Object.defineProperty(_, "init", { value: init });
  Object.defineProperty(_, Symbol.hasInstance, {
    value: (inst) => {
      if (params?.Parent && inst instanceof params.Parent)
        return true;
      return inst?._zod?.traits?.has(name);
    }
  });
  Object.defineProperty(_, "name", { value: name });
  return _;
}
var $ZodAsyncError = class extends Error {
  constructor() {
    super(`Encountered Promise during synchronous parse. Use .parseAsync() instead.`);
  }
};
(_a = globalThis).__zod_globalConfig ?? (_a.__zod_globalConfig = {});
var globalConfig = globalThis.__zod_globalConfig;
function config(newConfig) {
  if (newConfig)
    Object.assign(globalConfig, newConfig);
  return globalConfig;
}

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/errors.js
function _getMessage() {
  const internals = this._zod;
  internals.message ?? (internals.message = JSON.stringify(internals.def, jsonStringifyReplacer, 2));
  return internals.message;
}
function _setMessage(value) {
  this._zod.message = value;
}
var _messageDesc = {
  get: _getMessage,
  set: _setMessage,
  enumerable: true,
  configurable: true
};
var _issuesDesc = { value: void 0, enumerable: false };
var _installedToString = /* @__PURE__ */ new WeakSet([Object.prototype, Error.prototype]);
var initializer = (inst, def) => {
  inst.name = "$ZodError";
  _issuesDesc.value = def;
  Object.defineProperty(inst, "issues", _issuesDesc);
  _issuesDesc.value = void 0;
  Object.defineProperty(inst, "message", _messageDesc);
  const proto = Object.getPrototypeOf(inst);
  if (!_installedToString.has(proto)) {
    _installedToString.add(proto);
    Object.defineProperty(proto, "toString", {
      configurable: true,
      enumerable: false,
      get() {
        const value = () => this.message;
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(this, "toString", { value, configurable: true, writable: true });
      }
    });
  }
};
var $ZodError = $constructor("$ZodError", initializer);
var $ZodRealError = $constructor("$ZodError", initializer, void 0, {
  Parent: Error
});

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/parse.js
var _parse = (_Err) => {
  const fn = (schema, value, _ctx, _params) => {
    const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
    const result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise) {
      throw new $ZodAsyncError();
    }
    if (result.issues.length) {
      const e = new (_params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, _params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var parse = /* @__PURE__ */ _parse($ZodRealError);
var _parseAsync = (_Err) => {
  const fn = async (schema, value, _ctx, params) => {
    const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
    let result = schema._zod.run({ value, issues: [] }, ctx);
    if (result instanceof Promise)
      result = await result;
    if (result.issues.length) {
      const e = new (params?.Err ?? _Err)(result.issues.map((iss) => finalizeIssue(iss, ctx, config())));
      captureStackTrace(e, params?.callee ?? fn);
      throw e;
    }
    return result.value;
  };
  return fn;
};
var parseAsync = /* @__PURE__ */ _parseAsync($ZodRealError);
var _safeParse = (_Err) => (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: false } : { async: false };
  const result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise) {
    throw new $ZodAsyncError();
  }
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
var safeParse = /* @__PURE__ */ _safeParse($ZodRealError);
function failure(Err, issues, ctx) {
  let error;
  return {
    success: false,
    get error() {
      if (!error) {
        error = new Err(issues.map((iss) => finalizeIssue(iss, ctx, config())));
        issues = void 0;
        ctx = void 0;
      }
      return error;
    },
    set error(e) {
      error = e;
      issues = void 0;
      ctx = void 0;
    }
  };
}
var _safeParseAsync = (_Err) => async (schema, value, _ctx) => {
  const ctx = _ctx ? { ..._ctx, async: true } : { async: true };
  let result = schema._zod.run({ value, issues: [] }, ctx);
  if (result instanceof Promise)
    result = await result;
  return result.issues.length ? failure(_Err, result.issues, ctx) : { success: true, data: result.value };
};
var safeParseAsync = /* @__PURE__ */ _safeParseAsync($ZodRealError);

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/regexes.js
var anyString = /^[\s\S]{0,}$/;
var number2 = /^-?\d+(?:\.\d+)?$/;

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/checks.js
var $ZodCheck = /* @__PURE__ */ $constructor("$ZodCheck", (inst, def) => {
  var _a2;
  inst._zod ?? (inst._zod = {});
  inst._zod.def = def;
  (_a2 = inst._zod).onattach ?? (_a2.onattach = []);
});
var numericOriginMap = {
  number: "number",
  bigint: "bigint",
  object: "date"
};
var $ZodCheckGreaterThan = /* @__PURE__ */ $constructor("$ZodCheckGreaterThan", (inst, def) => {
  $ZodCheck.init(inst, def);
  const origin = numericOriginMap[typeof def.value];
  inst._zod.check = (payload) => {
    if (def.inclusive ? payload.value >= def.value : payload.value > def.value) {
      return;
    }
    payload.issues.push({
      origin: numericOriginMap[typeof payload.value] ?? origin,
      code: "too_small",
      minimum: typeof def.value === "object" ? def.value.getTime() : def.value,
      input: payload.value,
      inclusive: def.inclusive,
      inst,
      continue: !def.abort
    });
  };
});
var $ZodCheckNumberFormat = /* @__PURE__ */ $constructor("$ZodCheckNumberFormat", (inst, def) => {
  $ZodCheck.init(inst, def);
  def.format = def.format || "float64";
  const isInt = def.format?.includes("int");
  const origin = isInt ? "int" : "number";
  const [minimum, maximum] = NUMBER_FORMAT_RANGES[def.format];
  inst._zod.check = (payload) => {
    const input = payload.value;
    if (isInt) {
      if (!Number.isInteger(input)) {
        payload.issues.push({
          expected: origin,
          format: def.format,
          code: "invalid_type",
          continue: false,
          input,
          inst
        });
        return;
      }
      if (!Number.isSafeInteger(input)) {
        if (input > 0) {
          payload.issues.push({
            input,
            code: "too_big",
            maximum: Number.MAX_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        } else {
          payload.issues.push({
            input,
            code: "too_small",
            minimum: Number.MIN_SAFE_INTEGER,
            note: "Integers must be within the safe integer range.",
            inst,
            origin,
            inclusive: true,
            continue: !def.abort
          });
        }
        return;
      }
    }
    if (input < minimum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_small",
        minimum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
    if (input > maximum) {
      payload.issues.push({
        origin: "number",
        input,
        code: "too_big",
        maximum,
        inclusive: true,
        inst,
        continue: !def.abort
      });
    }
  };
});

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/versions.js
var version = {
  major: 4,
  minor: 6,
  patch: 7
};

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/schemas.js
var $ZodType = /* @__PURE__ */ $constructor("$ZodType", (inst, def) => {
  var _a2;
  inst ?? (inst = {});
  inst._zod.def = def;
  inst._zod.bag = inst._zod.bag || {};
  inst._zod.version = version;
  const defChecks = inst._zod.def.checks;
  const checks = inst._zod.traits.has("$ZodCheck") ? [inst, ...defChecks ?? []] : defChecks?.length ? [...defChecks] : [];
  for (const ch of checks) {
    for (const fn of ch._zod.onattach) {
      fn(inst);
    }
  }
  if (checks.length === 0) {
    (_a2 = inst._zod).deferred ?? (_a2.deferred = []);
    inst._zod.deferred?.push(() => {
      inst._zod.run = inst._zod.parse;
    });
  } else {
    const runChecks = (payload, checks2, ctx) => {
      if (payload.memo)
        return payload;
      let isAborted = aborted(payload);
      let asyncResult;
      for (const ch of checks2) {
        if (ch._zod.def.when) {
          if (explicitlyAborted(payload))
            continue;
          const shouldRun = ch._zod.def.when(payload);
          if (!shouldRun)
            continue;
        } else if (isAborted) {
          continue;
        }
        const currLen = payload.issues.length;
        const _ = ch._zod.check(payload);
        if (_ instanceof Promise && ctx?.async === false) {
          throw new $ZodAsyncError();
        }
        if (asyncResult || _ instanceof Promise) {
          asyncResult = (asyncResult ?? Promise.resolve()).then(async () => {
            await _;
            const nextLen = payload.issues.length;
            if (nextLen === currLen)
              return;
            attachSchema(payload.issues, currLen, inst);
            if (!isAborted)
              isAborted = aborted(payload, currLen);
          });
        } else {
          const nextLen = payload.issues.length;
          if (nextLen === currLen)
            continue;
          attachSchema(payload.issues, currLen, inst);
          if (!isAborted)
            isAborted = aborted(payload, currLen);
        }
      }
      if (asyncResult) {
        return asyncResult.then(() => {
          return payload;
        });
      }
      return payload;
    };
    const handleCanaryResult = (canary, payload, ctx) => {
      if (aborted(canary)) {
        canary.aborted = true;
        return canary;
      }
      const checkResult = runChecks(payload, checks, ctx);
      if (checkResult instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return checkResult.then((checkResult2) => inst._zod.parse(checkResult2, ctx));
      }
      return inst._zod.parse(checkResult, ctx);
    };
    inst._zod.run = (payload, ctx) => {
      if (ctx.skipChecks) {
        return inst._zod.parse(payload, ctx);
      }
      if (ctx.direction === "backward") {
        const canary = inst._zod.parse({ value: payload.value, issues: [] }, { ...ctx, skipChecks: true });
        if (canary instanceof Promise) {
          return canary.then((canary2) => {
            return handleCanaryResult(canary2, payload, ctx);
          });
        }
        return handleCanaryResult(canary, payload, ctx);
      }
      const result = inst._zod.parse(payload, ctx);
      if (result instanceof Promise) {
        if (ctx.async === false)
          throw new $ZodAsyncError();
        return result.then((result2) => runChecks(result2, checks, ctx));
      }
      return runChecks(result, checks, ctx);
    };
  }
}, {
  // Wrappers extend this by installing a richer factory over it; reading it eagerly would defeat the laziness.
  get "~standard"() {
    return hide(this, "~standard", standardProps(this));
  },
  set "~standard"(value) {
    own(this, "~standard", value);
  }
});
var toStandardResult = (r, ctx) => r.issues.length ? { issues: r.issues.map((iss) => finalizeIssue(iss, ctx, config())) } : { value: r.value };
async function validateAsync(inst, value) {
  const ctx = { async: true };
  return toStandardResult(await inst._zod.run({ value, issues: [] }, ctx), ctx);
}
function standardProps(inst) {
  return {
    validate: (value) => {
      const ctx = { async: false };
      try {
        const r = inst._zod.run({ value, issues: [] }, ctx);
        if (!(r instanceof Promise))
          return toStandardResult(r, ctx);
      } catch (_) {
      }
      return validateAsync(inst, value);
    },
    vendor: "zod",
    version: 1
  };
}
var $ZodString = /* @__PURE__ */ $constructor("$ZodString", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = def.pattern ?? anyString;
  inst._zod.parse = (payload, _) => {
    if (def.coerce)
      try {
        payload.value = String(payload.value);
      } catch (_2) {
      }
    if (typeof payload.value === "string")
      return payload;
    payload.issues.push({
      expected: "string",
      code: "invalid_type",
      input: payload.value,
      inst
    });
    return payload;
  };
});
var $ZodNumber = /* @__PURE__ */ $constructor("$ZodNumber", (inst, def) => {
  $ZodType.init(inst, def);
  inst._zod.pattern = number2;
  inst._zod.parse = (payload, _ctx) => {
    if (def.coerce)
      try {
        payload.value = Number(payload.value);
      } catch (_) {
      }
    const input = payload.value;
    if (typeof input === "number" && !Number.isNaN(input) && Number.isFinite(input)) {
      return payload;
    }
    const received = typeof input === "number" ? Number.isNaN(input) ? "NaN" : !Number.isFinite(input) ? String(input) : void 0 : void 0;
    payload.issues.push({
      expected: "number",
      code: "invalid_type",
      input,
      inst,
      ...received ? { received } : {}
    });
    return payload;
  };
});
var $ZodNumberFormat = /* @__PURE__ */ $constructor("$ZodNumberFormat", (inst, def) => {
  $ZodCheckNumberFormat.init(inst, def);
  $ZodNumber.init(inst, def);
});
function handlePropertyResult(result, final, key, input, optin, optout) {
  const isPresent = key in input;
  const isOptionalOut = optout === "optional";
  if (!isPresent && isOptionalOut && optin === "optional") {
    return;
  }
  if (result.issues.length) {
    if (optin !== void 0 && isOptionalOut && !isPresent) {
      return;
    }
    final.issues.push(...prefixIssues(key, result.issues));
  }
  if (!isPresent && optin === void 0) {
    if (!result.issues.length) {
      final.issues.push({
        code: "invalid_type",
        expected: "nonoptional",
        input: void 0,
        path: [key]
      });
    }
    return;
  }
  if (result.value === void 0) {
    if (isPresent || optin === "defaulted" && !isOptionalOut) {
      final.value[key] = void 0;
    }
  } else {
    final.value[key] = result.value;
  }
}
var NO_SYMBOL_KEYS = [];
function normalizeDef(def) {
  const keys = Object.keys(def.shape);
  const ownSymbols = Object.getOwnPropertySymbols(def.shape);
  const symbolKeys = ownSymbols.length ? ownSymbols : NO_SYMBOL_KEYS;
  const allKeys = symbolKeys.length ? [...keys, ...symbolKeys] : keys;
  for (const k of allKeys) {
    if (!def.shape?.[k]?._zod?.traits?.has("$ZodType")) {
      throw new Error(`Invalid element at key "${String(k)}": expected a Zod schema`);
    }
  }
  const okeys = optionalKeys(def.shape);
  return {
    ...def,
    allKeys,
    symbolKeys,
    // string-only: handleCatchall matches it against `for...in`, which never yields a symbol
    keySet: new Set(keys),
    numKeys: keys.length,
    optionalKeys: new Set(okeys)
  };
}
function handleCatchall(proms, input, payload, ctx, def, inst, abortEarly) {
  const unrecognized = [];
  const keySet = def.keySet;
  const _catchall = def.catchall._zod;
  const t = _catchall.def.type;
  const optin = _catchall.optin;
  const optout = _catchall.optout;
  let seen = 0;
  for (const key in input) {
    if (abortEarly && payload.issues.length !== seen) {
      if (aborted(payload, seen))
        break;
      seen = payload.issues.length;
    }
    if (keySet.has(key))
      continue;
    if (key === "__proto__") {
      if (t === "never")
        unrecognized.push(key);
      continue;
    }
    if (t === "never") {
      unrecognized.push(key);
      continue;
    }
    const r = _catchall.run({ value: input[key], issues: [] }, ctx);
    if (r instanceof Promise) {
      proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
    } else {
      handlePropertyResult(r, payload, key, input, optin, optout);
    }
  }
  if (unrecognized.length) {
    payload.issues.push({
      code: "unrecognized_keys",
      keys: unrecognized,
      input,
      inst,
      // Describes the shape of the input, not the validity of the parsed value, so it never aborts. The parse still fails; the schema's own checks just get to run first, and an enclosing intersection can reconcile the key against a sibling operand.
      continue: true
    });
  }
  if (!proms.length)
    return payload;
  return Promise.all(proms).then(() => {
    return payload;
  });
}
var $ZodObject = /* @__PURE__ */ $constructor("$ZodObject", (inst, def) => {
  $ZodType.init(inst, def);
  const desc = Object.getOwnPropertyDescriptor(def, "shape");
  const sh = desc?.get ? desc.get.raw : def.shape ?? {};
  if (sh) {
    const get = () => {
      const newSh = { ...sh };
      Object.defineProperty(def, "shape", { value: newSh });
      get.raw = newSh;
      return newSh;
    };
    get.raw = sh;
    Object.defineProperty(def, "shape", { get });
  }
  const _normalized = cached(() => normalizeDef(def));
  defineLazyInternal(inst, "propValues", (zod) => {
    const shape2 = zod.def.shape;
    const propValues = {};
    for (const key in shape2) {
      const field = shape2[key]._zod;
      if (field.values) {
        if (!Object.prototype.hasOwnProperty.call(propValues, key)) {
          assignProp(propValues, key, /* @__PURE__ */ new Set());
        }
        for (const v of field.values)
          propValues[key].add(v);
        if (field.optin !== void 0)
          propValues[key].add(void 0);
      }
    }
    return propValues;
  });
  const isObject4 = isObject3;
  const catchall = def.catchall;
  let value;
  const memo = globalConfig.memoizer;
  memo?.attach(inst);
  inst._zod.parse = (payload, ctx) => {
    value ?? (value = _normalized.value);
    const input = payload.value;
    if (!isObject4(input)) {
      payload.issues.push({
        expected: "object",
        code: "invalid_type",
        input,
        inst
      });
      return payload;
    }
    payload.value = memo ? memo.alloc(inst, payload, {}, ctx) : {};
    const proms = [];
    const shape2 = value.shape;
    const abortEarly = ctx?.abortEarly;
    let seen = payload.issues.length;
    for (const key of value.allKeys) {
      if (abortEarly && payload.issues.length !== seen) {
        if (aborted(payload, seen))
          break;
        seen = payload.issues.length;
      }
      if (key === "__proto__")
        continue;
      const el = shape2[key];
      const optin = el._zod.optin;
      const optout = el._zod.optout;
      const r = el._zod.run({ value: input[key], issues: [] }, ctx);
      if (r instanceof Promise) {
        proms.push(r.then((r2) => handlePropertyResult(r2, payload, key, input, optin, optout)));
      } else {
        handlePropertyResult(r, payload, key, input, optin, optout);
      }
    }
    if (!catchall) {
      return proms.length ? Promise.all(proms).then(() => payload) : payload;
    }
    return handleCatchall(proms, input, payload, ctx, _normalized.value, inst, abortEarly === true);
  };
});
var $ZodEnum = /* @__PURE__ */ $constructor("$ZodEnum", (inst, def) => {
  $ZodType.init(inst, def);
  const values = getEnumValues(def.entries);
  const valuesSet = new Set(values);
  inst._zod.values = valuesSet;
  defineLazyInternal(inst, "pattern", (zod) => {
    const patternValues = getEnumValues(zod.def.entries).filter((k) => propertyKeyTypes.has(typeof k));
    return new RegExp(patternValues.length ? `^(${patternValues.map((o) => escapeRegex(o.toString())).join("|")})$` : "^[^\\s\\S]$");
  });
  inst._zod.parse = (payload, _ctx) => {
    const input = payload.value;
    if (valuesSet.has(input)) {
      return payload;
    }
    payload.issues.push({
      code: "invalid_value",
      values,
      input,
      inst
    });
    return payload;
  };
});
var $ZodNullable = /* @__PURE__ */ $constructor("$ZodNullable", (inst, def) => {
  $ZodType.init(inst, def);
  defineLazyInternal(inst, "optin", (zod) => zod.def.innerType._zod.optin);
  defineLazyInternal(inst, "optout", (zod) => zod.def.innerType._zod.optout);
  defineLazyInternal(inst, "pattern", (zod) => {
    const pattern2 = zod.def.innerType._zod.pattern;
    return pattern2 ? new RegExp(`^(${cleanRegex(pattern2.source)}|null)$`) : void 0;
  });
  defineLazyInternal(inst, "values", (zod) => {
    return zod.def.innerType._zod.values ? /* @__PURE__ */ new Set([...zod.def.innerType._zod.values, null]) : void 0;
  });
  inst._zod.parse = (payload, ctx) => {
    if (payload.value === null)
      return payload;
    return def.innerType._zod.run(payload, ctx);
  };
});

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/core/api.js
function snapshotChecks(def) {
  if (def.checks)
    def.checks = [...def.checks];
  return def;
}
// @__NO_SIDE_EFFECTS__
function _string(Class, params) {
  return new Class(snapshotChecks({ type: "string", ...normalizeParams(params) }));
}
// @__NO_SIDE_EFFECTS__
function _int(Class, params) {
  return new Class({
    type: "number",
    check: "number_format",
    abort: false,
    format: "safeint",
    ...normalizeParams(params)
  });
}
// @__NO_SIDE_EFFECTS__
function _gte(value, params) {
  return new $ZodCheckGreaterThan({
    check: "greater_than",
    ...normalizeParams(params),
    value,
    inclusive: true
  });
}
// @__NO_SIDE_EFFECTS__
function _nonnegative(params) {
  return /* @__PURE__ */ _gte(0, params);
}

// node_modules/.pnpm/zod@4.6.7/node_modules/zod/v4/mini/schemas.js
var ZodMiniType = /* @__PURE__ */ $constructor("ZodMiniType", (inst, def) => {
  if (!inst._zod)
    throw new Error("Uninitialized schema in ZodMiniType.");
  $ZodType.init(inst, def);
  inst.def = def;
  inst.type = def.type;
}, {
  // `with` is an alias for `check`: the same function object, not a wrapper.
  get with() {
    return this.check;
  },
  set with(value) {
    own(this, "with", value);
  },
  parse(data, params) {
    return parse(this, data, params, { callee: this.parse });
  },
  parseAsync(data, params) {
    return parseAsync(this, data, params, { callee: this.parseAsync });
  },
  safeParse(data, params) {
    return safeParse(this, data, params);
  },
  safeParseAsync(data, params) {
    return safeParseAsync(this, data, params);
  },
  check(...checks) {
    const def = this.def;
    return this.clone({
      ...def,
      checks: [
        ...def.checks ?? [],
        ...checks.map((ch) => typeof ch === "function" ? { _zod: { check: ch, def: { check: "custom" }, onattach: [] } } : ch)
      ]
    }, { parent: true });
  },
  clone(_def, params) {
    return clone(this, _def, params);
  },
  brand() {
    return this;
  },
  register(reg, meta2) {
    reg.add(this, meta2);
    return this;
  },
  apply(fn, ...args) {
    return args.length === 0 ? fn(this) : fn(this, ...args);
  }
});
var ZodMiniString = /* @__PURE__ */ $constructor("ZodMiniString", (inst, def) => {
  $ZodString.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function string2(params) {
  return _string(ZodMiniString, params);
}
var ZodMiniNumber = /* @__PURE__ */ $constructor("ZodMiniNumber", (inst, def) => {
  $ZodNumber.init(inst, def);
  ZodMiniType.init(inst, def);
});
var ZodMiniNumberFormat = /* @__PURE__ */ $constructor("ZodMiniNumberFormat", (inst, def) => {
  $ZodNumberFormat.init(inst, def);
  ZodMiniNumber.init(inst, def);
});
function int(params) {
  return _int(ZodMiniNumberFormat, params);
}
var ZodMiniObject = /* @__PURE__ */ $constructor("ZodMiniObject", (inst, def) => {
  $ZodObject.init(inst, def);
  ZodMiniType.init(inst, def);
  installLazyProp(inst, "shape", (self) => self._zod.def.shape, false);
});
// @__NO_SIDE_EFFECTS__
function object(shape2, params) {
  const def = {
    type: "object",
    shape: shape2 ?? {},
    ...normalizeParams(params)
  };
  return new ZodMiniObject(def);
}
var ZodMiniEnum = /* @__PURE__ */ $constructor("ZodMiniEnum", (inst, def) => {
  $ZodEnum.init(inst, def);
  ZodMiniType.init(inst, def);
  inst.options = [...inst._zod.values];
});
// @__NO_SIDE_EFFECTS__
function _enum(values, params) {
  const entries2 = Array.isArray(values) ? Object.fromEntries(values.map((v) => [v, v])) : values;
  return new ZodMiniEnum({
    type: "enum",
    entries: entries2,
    ...normalizeParams(params)
  });
}
var ZodMiniNullable = /* @__PURE__ */ $constructor("ZodMiniNullable", (inst, def) => {
  $ZodNullable.init(inst, def);
  ZodMiniType.init(inst, def);
});
// @__NO_SIDE_EFFECTS__
function nullable(innerType) {
  return new ZodMiniNullable({
    type: "nullable",
    innerType
  });
}

// packages/backend-redis/src/record/notes.ts
var note = nullable(string2("a string or null"));
var overrideSchema = object({
  state: _enum(["open", "closed"], "'open' or 'closed'"),
  reason: note,
  by: note,
  until: nullable(int("ms since the epoch or null").check(_nonnegative("ms since the epoch or null")))
});
function parseNotes(circuit, text2) {
  const value = parse2(circuit, text2);
  if (typeof value === "string") return { override: null, lastFailure: value };
  const [lastFailure, override, ...more] = Array.isArray(value) ? value : [value];
  if (lastFailure !== null && typeof lastFailure !== "string" || more.length > 0 || !Array.isArray(value)) {
    throw new CorruptRecordError(circuit, "lastFailure", `is wrong in ${show2(text2)}, not a string or null`);
  }
  const parsed = overrideSchema.safeParse(override);
  if (parsed.success) return { override: parsed.data, lastFailure };
  const issue2 = parsed.error.issues[0];
  const path = ["override", ...issue2?.path ?? []].join(".");
  throw new CorruptRecordError(circuit, path, `is wrong in ${show2(text2)}, not ${issue2?.message}`);
}
function parse2(circuit, text2) {
  try {
    return JSON.parse(text2);
  } catch (cause) {
    throw new CorruptRecordError(circuit, "lastFailure", `is ${show2(text2)}, not JSON`, { cause });
  }
}
function show2(value) {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}\u2026` : value);
}

// packages/backend-redis/src/record/spelling.ts
function spell(name) {
  const short = shortForms.get(name);
  if (short !== void 0) return short;
  if (name === "") return "%";
  if (longForms.has(name)) return percent(name.charAt(0)) + name.slice(1);
  return divider.test(name) ? name.replace(dividers, percent) : name;
}
function unspell(text2) {
  const long = longForms.get(text2);
  if (long !== void 0) return long;
  if (!text2.includes("%")) return text2;
  if (text2 === "%") return "";
  if (/%(?![0-9A-F]{2})/.test(text2)) return null;
  return text2.replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}
function entryOf(counter2) {
  return entries.get(counter2) ?? `|${spell(counter2)}=`;
}
var shortForms = /* @__PURE__ */ new Map([
  ["consecutive.failures", "cf"],
  ["consecutive.successes", "cs"],
  ["total.failures", "f"],
  ["total.successes", "s"],
  ["total.ignored", "i"],
  ["total.slow", "slow"],
  ["trials.started", "ts"],
  ["trials.limit", "tl"],
  ["trials.deadline", "td"],
  ["trials.succeeded", "tg"],
  ["trials.failed", "tf"]
]);
var longForms = new Map([...shortForms].map(([long, short]) => [short, long]));
var entries = new Map([...shortForms].map(([long, short]) => [long, `|${short}=`]));
var divider = /[\u0000-\u0020%|=\u007f]/;
var dividers = new RegExp(divider, "g");
function percent(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

// packages/backend-redis/src/record/write-record.ts
var recordFormat = 1;
function writeRecord(record) {
  const { revision, state, generation, openings, since, expiresAt, by, lastFailure, override, counters } = record;
  let text2 = `${recordFormat} ${revision} ${state} ${generation} ${openings} ${since} ${expiresAt ?? "-"} ${spell(by)}`;
  if (override !== null) text2 += ` ${json([lastFailure, override])}`;
  else if (lastFailure !== null) text2 += ` ${json(lastFailure)}`;
  for (const name of Object.keys(counters)) text2 += entryOf(name) + integer3(name, counters[name]);
  return `${text2}|`;
}
function deltaArguments(args, delta) {
  const counts2 = args.length;
  args.push("0", "0");
  if (delta.add !== void 0) args[counts2] = String(pushCounters(args, delta.add));
  if (delta.set !== void 0) args[counts2 + 1] = String(pushCounters(args, delta.set));
  if (delta.drop !== void 0) for (const name of delta.drop) args.push(entryOf(name));
  return args;
}
function expectArguments(args, expect) {
  if (expect !== void 0) pushCounters(args, expect);
  return args;
}
function ttlArgument(ttl2) {
  if (ttl2 === Infinity) return "";
  if (!(ttl2 > 0)) throw new RangeError(`A ttl must be more than 0 ms, or Infinity; this one is ${ttl2}.`);
  return String(Math.min(Math.ceil(ttl2), Number.MAX_SAFE_INTEGER));
}
function pushCounters(args, counters) {
  const names = Object.keys(counters);
  for (const name of names) args.push(entryOf(name), integer3(name, counters[name]));
  return names.length;
}
function integer3(name, value) {
  if (Number.isSafeInteger(value)) return String(value);
  throw new RangeError(`Counter ${JSON.stringify(name)} must be an integer within \xB1(2^53 \u2212 1); it is ${value}.`);
}
function json(value) {
  return JSON.stringify(value).replaceAll("|", String.raw`\u007c`);
}

// packages/backend-redis/src/record/read-record.ts
function readRecord(circuit, text2) {
  const end = text2.indexOf("|");
  const head = end < 0 ? text2 : text2.slice(0, end);
  const [format, revision, state, generation, openings, since, expiresAt, by] = head.split(" ", fieldCount);
  checkFormat(circuit, format);
  const read2 = (field, word) => count2(circuit, field, word);
  const record = {
    revision: read2("revision", revision),
    state: stateOf(circuit, state),
    generation: read2("generation", generation),
    openings: read2("openings", openings),
    since: read2("since", since),
    expiresAt: expiresAt === "-" ? null : read2("expiresAt", expiresAt),
    by: byOf(circuit, by)
  };
  if (record.revision === 0) throw corrupt(circuit, "revision", "0", "a positive integer");
  if (record.expiresAt === null && record.state !== "closed") {
    throw corrupt(circuit, "expiresAt", expiresAt, "ms since the epoch");
  }
  return {
    revision: record.revision,
    state: record.state,
    generation: record.generation,
    openings: record.openings,
    since: record.since,
    expiresAt: record.expiresAt,
    ...notesAfter(circuit, head, text2),
    counters: readCounters(circuit, text2, end),
    by: record.by
  };
}
var fieldCount = 8;
var noNotes = { override: null, lastFailure: null };
function notesAfter(circuit, head, text2) {
  if (text2.length === head.length) throw corrupt(circuit, "record", text2, "a head that ends with |");
  let at = -1;
  for (let words = 0; words < fieldCount; words += 1) {
    at = head.indexOf(" ", at + 1);
    if (at < 0) return noNotes;
  }
  return parseNotes(circuit, head.slice(at + 1));
}
function readCounters(circuit, text2, start) {
  const counters = /* @__PURE__ */ Object.create(null);
  if (text2.charCodeAt(text2.length - 1) !== bar) throw corrupt(circuit, "record", text2, "a text that ends with |");
  for (let at = start + 1; at < text2.length; ) {
    const sign = text2.indexOf("=", at);
    const end = text2.indexOf("|", at);
    const name = sign < 0 || sign > end ? null : unspell(text2.slice(at, sign));
    if (name === null) throw corrupt(circuit, "counters", text2.slice(at, end), "name=value");
    counters[name] = integer4(text2, sign + 1, end) ?? notAnInteger(circuit, name, text2.slice(sign + 1, end));
    at = end + 1;
  }
  return counters;
}
var bar = 124;
var minus = 45;
var zero = 48;
var nine = 57;
function integer4(text2, start, end) {
  const isNegative = text2.charCodeAt(start) === minus;
  const first = isNegative ? start + 1 : start;
  const digits = end - first;
  if (digits < 1 || digits > 16 || text2.charCodeAt(first) === zero && (digits > 1 || isNegative)) return null;
  let value = 0;
  for (let at = first; at < end; at += 1) {
    const code = text2.charCodeAt(at);
    if (code < zero || code > nine) return null;
    value = value * 10 + (code - zero);
  }
  if (!Number.isSafeInteger(value)) return null;
  return isNegative ? -value : value;
}
function notAnInteger(circuit, name, found) {
  throw corrupt(circuit, `counters.${name}`, found, "an integer within \xB1(2^53 \u2212 1)");
}
function count2(circuit, field, word) {
  const value = word === void 0 ? null : integer4(word, 0, word.length);
  if (value === null || value < 0) throw corrupt(circuit, field, word, "an integer from 0 below 2^53");
  return value;
}
function stateOf(circuit, word) {
  if (word === "closed" || word === "open" || word === "half-open") return word;
  throw corrupt(circuit, "state", word, "'closed', 'open' or 'half-open'");
}
function byOf(circuit, word) {
  const by = word === void 0 || word === "" ? null : unspell(word);
  if (by === null) throw corrupt(circuit, "by", word, "a name");
  return by;
}
function checkFormat(circuit, word) {
  if (word === String(recordFormat)) return;
  const format = word === void 0 ? null : integer4(word, 0, word.length);
  if (format !== null && format > recordFormat) throw new UnsupportedRecordError(circuit, format, recordFormat);
  throw corrupt(circuit, "format", word, "a format number from 1");
}
function corrupt(circuit, field, found, wanted) {
  return new CorruptRecordError(circuit, field, `is ${show3(found)}, not ${wanted}`);
}
function show3(value) {
  if (value === void 0) return "missing";
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}\u2026` : value);
}

// packages/backend-redis/src/record/read-answer.ts
function readAnswer(circuit, reply) {
  const parts = typeof reply === "string" ? shape.exec(reply) : null;
  if (parts === null) {
    throw new CorruptRecordError(circuit, "record", "came back in a shape that no script of this package answers");
  }
  const text2 = reply.slice(parts[0].length);
  const record = text2 === "" ? null : readRecord(circuit, text2);
  const outcome = parts[1];
  if (outcome === "unreadable") {
    throw new CorruptRecordError(circuit, "record", "could not be read by the script that would have changed it");
  }
  return { outcome, record, now: Number(parts[2]) * 1e3 + Math.floor(Number(parts[3]) / 1e3) };
}
var shape = /^(0|1|unreadable|overflow) (\d{1,11}) (\d{1,6}) /;

// packages/backend-redis/src/scripts/embedded.ts
var applyScript = {
  name: "apply",
  sha1: "374e2ffedf1e01177dd58d01f4bee2bf355d4241",
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
local find, sub, gsub = string.find, string.sub, string.gsub
local record = redis.call('GET', KEYS[1]) or ''
local expected = ARGV[1] == '' and '' or '1 ' .. ARGV[1] .. ' '
local isExpected = expected == '' and record == '' or expected ~= '' and sub(record, 1, #expected) == expected
local isSound = isExpected
if isExpected and record ~= '' then
  local _, stop, state, counts, expires, by, notes =
    find(record, '^1 %d+ (%l[-%l]+) (%d+ %d+ %d+) ([-%d]+) ([^| ]+) ?([^|]*)')
  local counters = stop and sub(record, stop + 1) or ''
  local left = gsub(counters, '[^|=]+=%-?[1-9]%d*|', '')
  if left ~= '|' then left = gsub(left, '[^|=]+=0|', '') end
  isSound = left == '|' and (expires == '-' and state == 'closed'
    or expires ~= '-' and (state == 'closed' or state == 'open' or state == 'half-open'))
  if isSound and (notes ~= '' or expires ~= '-' or find(by, '%', 1, true)
    or find(counts, '%f[%d]0%d') or #counts > 17 and find(counts, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d') or find(counters, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d|')) then
    local function areCounts(text, pattern)
      for count in string.gmatch(text, pattern) do
        if #count > 1 and sub(count, 1, 1) == '0' then return false end
        if #count > 15 and (#count > 16 or tonumber(count) > 9007199254740991) then return false end
      end
      return true
    end
    local function isText(value)
      return value == cjson.null or type(value) == 'string'
    end
    isSound = areCounts(counts, '%d+') and areCounts(counters, '=%-?(%d+)|')
      and (expires == '-' or find(expires, '^%d+$') and areCounts(expires, '%d+'))
      and (by == '%' or not find(gsub(by, '%%[%dA-F][%dA-F]', ''), '%', 1, true))
    if isSound and notes ~= '' then
      local decoded, values = pcall(cjson.decode, '[' .. notes .. ']')
      local value = decoded and #values == 1 and values[1]
      local override = type(value) == 'table' and #value == 2 and isText(value[1]) and value[2]
      isSound = type(value) == 'string' or type(override) == 'table'
        and (override.state == 'open' or override.state == 'closed')
        and isText(override.reason) and isText(override.by)
        and (override['until'] == cjson.null or type(override['until']) == 'number')
    end
  end
end
if not isExpected then return answer('0', record) end
if not isSound then return answer('unreadable', record) end
local lastAdd = 4 + 2 * ARGV[3]
local lastSet = lastAdd + 2 * ARGV[4]
for index = 5, lastSet, 2 do
  local entry, value = ARGV[index], ARGV[index + 1]
  local _, stop = find(record, entry, 1, true)
  if stop then
    local rest = find(record, '|', stop + 1, true)
    if index <= lastAdd then
      value = sub(record, stop + 1, rest - 1) + value
      if value >= 100000000000000 or value <= -100000000000000 then
        if value > 9007199254740991 or value < -9007199254740991 then return answer('overflow', record) end
        value = string.format('%.0f', value)
      end
    end
    record = sub(record, 1, stop) .. value .. sub(record, rest)
  else
    record = record .. sub(entry, 2) .. value .. '|'
  end
end
for index = lastSet + 1, #ARGV do
  local start, stop = find(record, ARGV[index], 1, true)
  if start then record = sub(record, 1, start) .. sub(record, find(record, '|', stop + 1, true) + 1) end
end
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
end
return answer('1', record)`
};
var extendLockScript = {
  name: "extend-lock",
  sha1: "8d943429f5dbb76e635924bf92e32e374e38ae0b",
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
};
var fenceScript = {
  name: "fence",
  sha1: "b1c57cb463d222046cd5ea18f6cb5f1100fa2223",
  lua: `
local function nextToken(key, kept)
  local now = redis.call('TIME')
  local clock = now[1] .. string.format('%06d', tonumber(now[2]))
  local last = redis.call('GET', key)
  if last and tonumber(last) >= tonumber(clock) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, clock, 'PX', kept)
  end
  return redis.call('GET', key)
end
return nextToken(KEYS[1], ARGV[1])`
};
var mendIndexScript = {
  name: "mend-index",
  sha1: "41de7a1259fd18776ec61a7f3b44fcf66fae26c7",
  lua: `
local record = redis.call('GET', KEYS[1])
if record and (not string.find(record, '^1 %d+ closed ') or string.find(record, '^1 [^|]* %[')) then return 0 end
return redis.call('SREM', KEYS[2], ARGV[1])`
};
var releaseLockScript = {
  name: "release-lock",
  sha1: "432633f13589ce36650cdbd1d4058a8f9e193ee9",
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`
};
var retrieveScript = {
  name: "retrieve",
  sha1: "448a06165e5d2e5f54fa8c5f498a27b42697f4a1",
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
return answer('0', redis.call('GET', KEYS[1]) or '')`
};
var storeScript = {
  name: "store",
  sha1: "f7b43f0027571fddfeb3cd2787b165e2f1d63e63",
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
local find, sub, gsub = string.find, string.sub, string.gsub
local record = redis.call('GET', KEYS[1]) or ''
local expected = ARGV[1] == '' and '' or '1 ' .. ARGV[1] .. ' '
local isExpected = expected == '' and record == '' or expected ~= '' and sub(record, 1, #expected) == expected
local isSound = isExpected
if isExpected and record ~= '' then
  local _, stop, state, counts, expires, by, notes =
    find(record, '^1 %d+ (%l[-%l]+) (%d+ %d+ %d+) ([-%d]+) ([^| ]+) ?([^|]*)')
  local counters = stop and sub(record, stop + 1) or ''
  local left = gsub(counters, '[^|=]+=%-?[1-9]%d*|', '')
  if left ~= '|' then left = gsub(left, '[^|=]+=0|', '') end
  isSound = left == '|' and (expires == '-' and state == 'closed'
    or expires ~= '-' and (state == 'closed' or state == 'open' or state == 'half-open'))
  if isSound and (notes ~= '' or expires ~= '-' or find(by, '%', 1, true)
    or find(counts, '%f[%d]0%d') or #counts > 17 and find(counts, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d') or find(counters, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d|')) then
    local function areCounts(text, pattern)
      for count in string.gmatch(text, pattern) do
        if #count > 1 and sub(count, 1, 1) == '0' then return false end
        if #count > 15 and (#count > 16 or tonumber(count) > 9007199254740991) then return false end
      end
      return true
    end
    local function isText(value)
      return value == cjson.null or type(value) == 'string'
    end
    isSound = areCounts(counts, '%d+') and areCounts(counters, '=%-?(%d+)|')
      and (expires == '-' or find(expires, '^%d+$') and areCounts(expires, '%d+'))
      and (by == '%' or not find(gsub(by, '%%[%dA-F][%dA-F]', ''), '%', 1, true))
    if isSound and notes ~= '' then
      local decoded, values = pcall(cjson.decode, '[' .. notes .. ']')
      local value = decoded and #values == 1 and values[1]
      local override = type(value) == 'table' and #value == 2 and isText(value[1]) and value[2]
      isSound = type(value) == 'string' or type(override) == 'table'
        and (override.state == 'open' or override.state == 'closed')
        and isText(override.reason) and isText(override.by)
        and (override['until'] == cjson.null or type(override['until']) == 'number')
    end
  end
end
if not isExpected then return answer('0', record) end
if not isSound then return answer('unreadable', record) end
for index = 8, #ARGV, 2 do
  local _, stop = find(record, ARGV[index], 1, true)
  local value = stop and sub(record, stop + 1, find(record, '|', stop + 1, true) - 1) or '0'
  if value ~= ARGV[index + 1] then return answer('0', record) end
end
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
end
if ARGV[5] == 'add' then
  redis.pcall('SADD', KEYS[2], ARGV[4])
elseif ARGV[5] == 'remove' then
  redis.pcall('SREM', KEYS[2], ARGV[4])
end
local message = ARGV[3] .. '\\n' .. ARGV[4]
local sent = ARGV[7] ~= '' and redis.pcall('SPUBLISH', ARGV[7], message)
if type(sent) ~= 'number' then redis.pcall('PUBLISH', ARGV[6], message) end
return answer('1', ARGV[3])`
};
var takeLockScript = {
  name: "take-lock",
  sha1: "5043bdcb64acaf1a732cd1be9e5d18b7ea7c7895",
  lua: `
local function nextToken(key, kept)
  local now = redis.call('TIME')
  local clock = now[1] .. string.format('%06d', tonumber(now[2]))
  local last = redis.call('GET', key)
  if last and tonumber(last) >= tonumber(clock) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, clock, 'PX', kept)
  end
  return redis.call('GET', key)
end
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return '' end
return nextToken(KEYS[2], ARGV[3])`
};

// packages/backend-redis/src/circuit/circuits.ts
var Circuits2 = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  retrieve(name, options) {
    const attempt3 = { verb: "read", name, writes: false };
    return this.#ask(attempt3, options?.signal, retrieveScript, noArguments, this.#reading);
  }
  apply(name, revision, delta, options) {
    const attempt3 = { verb: "apply counts to", name, writes: true };
    const args = () => deltaArguments([String(revision), ttlArgument(options.ttl)], delta);
    return this.#ask(attempt3, options.signal, applyScript, args, this.#change);
  }
  async store(name, revision, next, options) {
    assertName(name);
    const { calls, keys, shardChannels, index } = this.#options;
    calls.begin(options.signal);
    const attempt3 = { verb: "store", name, writes: true };
    const args = (connection) => {
      const head = [
        revision === null ? "" : String(revision),
        ttlArgument(options.ttl),
        writeRecord(next),
        name,
        index.stepOf(revision, next),
        keys.channel,
        connection.cluster === null ? "" : shardChannels.beside(keys.record(name), connection.cluster)
      ];
      return expectArguments(head, options.expect);
    };
    await index.before(name, next, options.signal);
    const change = await this.#ask(attempt3, options.signal, storeScript, args, this.#change, index.keysOfStore);
    if (change.applied) index.after(name, revision, next);
    return change;
  }
  async delete(name, { signal } = {}) {
    assertName(name);
    const { calls, keys, requests } = this.#options;
    calls.begin(signal);
    const key = keys.record(name);
    const attempt3 = { verb: "delete", name, writes: true };
    await requests.send({ attempt: attempt3, signal, key, work: (connection) => connection.send(key, ["del", key]) });
  }
  /** Not async: each promise more stands in every call's way. */
  #ask(attempt3, signal, script2, argumentsFor, answerOf2, moreKeys = noKeys) {
    const { name } = attempt3;
    const { calls, keys, requests } = this.#options;
    try {
      assertName(name);
      calls.begin(signal);
      const key = keys.record(name);
      const all = moreKeys.length === 0 ? [key] : [key, ...moreKeys];
      return requests.send({
        attempt: attempt3,
        signal,
        key,
        work: (connection) => runScript(connection, script2, all, argumentsFor(connection)),
        onValue: (reply) => answerOf2(readAnswer(name, reply))
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }
  #reading = ({ record, now }) => this.#options.givesNow ? { record, now } : { record };
  #change = ({ outcome, record, now }) => {
    if (outcome === "overflow") {
      throw new StorageError(
        "A counter would have passed \xB1(2^53 \u2212 1), so nothing was applied. Store the circuit afresh.",
        { retriable: false }
      );
    }
    const applied = outcome === "1";
    return this.#options.givesNow ? { record, now, applied } : { record, applied };
  };
};
var noArguments = () => [];
var noKeys = [];

// packages/backend-redis/src/circuit/key-names.ts
var KeyNames = class {
  /** What every key of this backend begins with, the opening brace included. */
  #start;
  /** @param prefix any well-formed string, the empty one included. */
  constructor(prefix2) {
    this.#start = `${prefix2.replace(/[%{]/g, escape)}:{`;
  }
  /** The text that is the circuit's record. */
  record(name) {
    return `${this.#start}${escapeName(name)}}`;
  }
  /** The lock of that name: held while the key exists. */
  lock(name) {
    return `${this.record(name)}:lock`;
  }
  /** The counter that the lock's fencing tokens come from. */
  fence(name) {
    return `${this.record(name)}:fence`;
  }
  /** The names of the troubled circuits. */
  get troubled() {
    return `${this.#start.slice(0, -1)}troubled`;
  }
  /** On a Cluster: those of the circuits in the slots around that of `tag`. */
  shardTroubled(tag) {
    return `${this.troubled}:{${tag}}`;
  }
  /** The channel that transitions are published on: one for all circuits of a prefix. */
  get channel() {
    return `${this.#start.slice(0, -1)}transitions`;
  }
  /** A sharded channel in the slot of `tag`, on a Cluster. It is no other prefix's: theirs differ before the brace. */
  shardChannel(tag) {
    return `${this.channel}:{${tag}}`;
  }
  /** The pattern for SCAN that matches the records of all names that begin with `namePrefix`, and nothing else. */
  recordPattern(namePrefix) {
    return `${globLiteral(this.#start + escapeName(namePrefix))}*}`;
  }
  /** The name whose record has this key. */
  nameOf(recordKey) {
    return recordKey.slice(this.#start.length, -1).replace(/%(25|7D)/g, (_, hex) => hex === "25" ? "%" : "}");
  }
};
function escapeName(name) {
  if (!name.includes("%") && !name.includes("}")) return name;
  return name.replace(/[%}]/g, escape);
}
function escape(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
function globLiteral(text2) {
  return text2.replace(/[\\*?[\]^-]/g, "\\$&");
}

// packages/backend-redis/src/time/within.ts
function within(work2, clock, ms) {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(Math.max(0, ms), () => resolve(null), { background: true });
    work2.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      }
    );
  });
}

// packages/backend-redis/src/connection/pulses.ts
var mostSilent = 2;
var Pulses = class {
  #pulses = /* @__PURE__ */ new Map();
  of(server) {
    let pulse = this.#pulses.get(server);
    if (pulse === void 0) {
      pulse = { answers: 0, silent: 0 };
      this.#pulses.set(server, pulse);
    }
    return pulse;
  }
};
function noteAnswer(pulse) {
  pulse.answers += 1;
  pulse.silent = 0;
}
function noteSilence(pulse, answersBefore) {
  if (pulse.answers !== answersBefore) return false;
  pulse.silent += 1;
  return pulse.silent >= mostSilent;
}

// packages/backend-redis/src/connection/redis-connection.ts
var ConnectionFault = class extends Error {
  kind;
  /** As in `ECONNREFUSED`, where there is one. */
  code;
  constructor(kind, name, message, code) {
    super(message);
    this.name = name;
    this.kind = kind;
    if (code !== void 0) this.code = code;
  }
};

// packages/backend-redis/src/connection/without-secrets.ts
function faultOf(error, kind) {
  if (error instanceof ConnectionFault) return error;
  const { name, code } = partsOf(error);
  return new ConnectionFault(
    isServerReply(error) ? "answered" : kind,
    typeof name === "string" ? name : "Error",
    withoutArguments(messageOf(error)),
    typeof code === "string" ? code : void 0
  );
}
function isServerReply(error) {
  if (partsOf(error).name === "ReplyError") return true;
  for (let at = error; typeof at === "object" && at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, "constructor") && at.constructor.name === "ErrorReply") return true;
  }
  return false;
}
function partsOf(error) {
  return typeof error === "object" && error !== null ? error : { message: String(error) };
}
function messageOf(error) {
  const { message, errors, lastNodeError } = partsOf(error);
  const text2 = typeof message === "string" ? message : "";
  const others = [...Array.isArray(errors) ? errors : [], ...lastNodeError ? [lastNodeError] : []].map(messageOf);
  if (others.length === 0) return text2 === "" ? "The connection failed" : text2;
  const all = [...new Set(others)].join(", ");
  return text2 === "" ? all : `${text2.replace(/\.$/, "")} (${all})`;
}
function withoutArguments(message) {
  return message.replace(/,? with args beginning with:[^]*/, "").replace(/\/\/[^/@\s]*@/g, "//***@");
}

// packages/backend-redis/src/connection/link.ts
var patience = 1e4;
var pauses = { first: 50, longest: 2e3 };
var replaceEvery = 1e3;
var Link = class {
  #model;
  #clock;
  #options;
  #standing = null;
  #pulses = new Pulses();
  /** What the standing connection was opened with. */
  #identity = "";
  #opening = null;
  #failures = 0;
  #lastReplaced = -Infinity;
  #isReplacing = false;
  #isClosed = false;
  #cancelPause = () => {
  };
  #stopFollowing;
  #ending = /* @__PURE__ */ new Set();
  constructor(model, clock, options = {}) {
    this.#model = model;
    this.#clock = clock;
    this.#options = options;
    this.#stopFollowing = model.onConnected(() => this.#followModel());
  }
  /** The connection that commands go over now; null where none can be sent. */
  get ready() {
    return this.#standing?.isReady === true ? this.#standing : null;
  }
  get pulses() {
    return this.#pulses;
  }
  /**
   * Settles with the attempt to connect that is under way, or the next one; many calls wait on one promise.
   *
   * Commands are held back until then rather than queued by the client: a call that was given up meanwhile must not be
   * sent later, and one that was never sent can say so.
   */
  whenReady() {
    if (this.ready !== null) return Promise.resolve();
    if (this.#isClosed) return Promise.reject(new ConnectionFault("unsent", "Error", "The connection was closed"));
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
      if (this.#standing === null) this.#reopen();
    });
    return this.#opening;
  }
  /** Opens another connection beside the one that stands, which may be dead; not more often than once in a while. */
  replace() {
    const now = this.#clock.now();
    if (this.#isReplacing || this.#standing === null || this.#isClosed || now - this.#lastReplaced < replaceEvery)
      return;
    this.#isReplacing = true;
    this.#lastReplaced = now;
    this.#connect().catch(() => {
    }).finally(() => this.#isReplacing = false);
  }
  /** Ends what it opened. */
  async close() {
    this.#isClosed = true;
    this.#stopFollowing();
    this.#cancelPause();
    if (this.#standing !== null) this.#end(this.#standing);
    this.#standing = null;
    await Promise.all(this.#ending);
  }
  async #open() {
    if (this.#failures > 0) await this.#pause();
    try {
      await this.#connect();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      throw error;
    }
  }
  #reopen() {
    if (!this.#isClosed) this.whenReady().catch(() => {
    });
  }
  #pause() {
    const longest2 = Math.min(pauses.first * 2 ** (this.#failures - 1), pauses.longest);
    const ms = longest2 * (0.5 + Math.random() / 2);
    return new Promise((resolve) => this.#cancelPause = this.#clock.after(ms, resolve, { background: true }));
  }
  async #connect() {
    const identity = this.#model.identity();
    const connection = this.#openModel();
    try {
      const connecting = connection.connect().then(() => this.#options.prepare?.(connection));
      const inTime = await within(
        connecting.then(() => true),
        this.#clock,
        patience
      );
      if (inTime === null) throw new ConnectionFault("unsent", "Error", `No connection within ${patience} ms`);
      if (this.#isClosed) throw new ConnectionFault("unsent", "Error", "The connection was closed");
    } catch (error) {
      this.#end(connection);
      throw faultOf(error, "unsent");
    }
    this.#take(connection, identity);
  }
  #openModel() {
    try {
      return this.#model.open();
    } catch (error) {
      throw faultOf(error, "unsent");
    }
  }
  #take(connection, identity) {
    const before = this.#standing;
    this.#standing = connection;
    this.#identity = identity;
    this.#pulses = new Pulses();
    connection.onEnd(() => {
      if (this.#standing !== connection) return;
      this.#standing = null;
      this.#end(connection);
      this.#reopen();
    });
    if (before !== null) this.#end(before);
    this.#options.onStanding?.(connection);
  }
  /** The user's client has connected: with the options that ours was opened with, or others. */
  #followModel() {
    if (this.#standing === null || this.#model.identity() === this.#identity) return;
    this.#lastReplaced = -Infinity;
    this.replace();
  }
  #end(connection) {
    const ending2 = connection.end().catch(() => {
    });
    this.#ending.add(ending2);
    void ending2.finally(() => this.#ending.delete(ending2));
  }
};

// packages/backend-redis/src/connection/storage-failure.ts
function storageFailure(error, attempt3) {
  if (isCircuitryError(error)) return error;
  const cause = faultOf(error, "lost");
  const { kind, message } = cause;
  if (attempt3.name !== void 0 && message.includes("WRONGTYPE")) {
    return new CorruptRecordError(attempt3.name, "record", "is a Redis value of another type, not a string", { cause });
  }
  return new StorageError(`Could not ${describe3(attempt3)}: ${sentence(message)} ${advice(message)}`, {
    cause,
    // An error reply proves that the script did nothing: all of it checks before its first write.
    ambiguous: attempt3.writes && kind === "lost",
    retriable: !isPermanent(message)
  });
}
function outOfTime(reason, attempt3) {
  return new StorageError(`Could not ${describe3(attempt3)}: the call was aborted before the server answered. ${later}`, {
    cause: reason,
    ambiguous: attempt3.writes
  });
}
function tooLate2(attempt3, lease) {
  const what = `less than a third of a lease of ${lease} ms was left each time the lock came`;
  return new StorageError(`Could not ${describe3(attempt3)}: ${what}. Ask for a longer one, or when Redis is faster.`);
}
function notConnected(error, attempt3) {
  const cause = faultOf(error, "unsent");
  const { message } = cause;
  return new StorageError(
    `Could not ${describe3(attempt3)}: there is no connection to Redis (${message}). ${advice(message)}`,
    { cause, retriable: !isPermanent(message) }
  );
}
var later = "The same call may succeed once the server answers again.";
function describe3({ verb, name }) {
  return name === void 0 ? verb : `${verb} circuit ${JSON.stringify(name)}`;
}
function sentence(message) {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
function isPermanent(message) {
  return /\b(?:NOPERM|NOAUTH|WRONGPASS|NOPROTO)\b|invalid password|unknown command/i.test(message);
}
function advice(message) {
  const found = advices.find(([sign]) => sign.test(message));
  if (found !== void 0) return found[1];
  return isPermanent(message) ? "Trying again will not help." : later;
}
var advices = [
  [/\bOOM\b/, "The server is at its maxmemory: give it more, or let it evict keys that aren't circuits."],
  [/\bREADONLY\b/, "The server is a replica: connect to the primary, or wait until the failover is over."],
  [/\bNOREPLICAS\b/, "The primary reaches too few replicas (min-replicas-to-write): wait until they are back."],
  [/\bNOPERM\b/, "The Redis user lacks a right: the ACL line in docs/redis.md has all that are needed."],
  [
    /\b(?:NOAUTH|WRONGPASS)\b|invalid password/,
    "The server refuses the client's user or password: give the client the right ones, which are taken up by themselves."
  ],
  [/\bBUSY\b/, "Another script keeps the server busy: wait for it, or end it with SCRIPT KILL."]
];

// packages/backend-redis/src/connection/requests.ts
var Requests = class {
  #link;
  #calls;
  constructor(link, calls) {
    this.#link = link;
    this.#calls = calls;
  }
  /** Not async, like all that follows: each promise more stands in every call's way. */
  send(request) {
    const connection = this.#link.ready;
    return connection === null ? this.#connectFirst(request).then(() => this.send(request)) : this.#dispatch(request, connection);
  }
  #dispatch(request, connection) {
    const { attempt: attempt3, signal, key, work: work2, onValue } = request;
    const pulse = this.#link.pulses.of(connection.serverOf(key));
    const { answers } = pulse;
    let isGivenUp = false;
    const sent = work2(connection).then(
      (value) => {
        noteAnswer(pulse);
        return value;
      },
      (fault2) => {
        this.#noteFault(fault2, pulse, answers);
        if (isGivenUp || !mayRepeat(fault2, attempt3)) throw fault2;
        return this.#again(work2, fault2, () => isGivenUp);
      }
    );
    return this.#calls.track(sent, signal, {
      onAbort: (reason) => {
        isGivenUp = true;
        if (noteSilence(pulse, answers)) this.#link.replace();
        return outOfTime(reason, attempt3);
      },
      onFailure: (error) => storageFailure(error, attempt3),
      ...onValue && { onValue }
    });
  }
  async #again(work2, fault2, isGivenUp) {
    await null;
    await this.#link.whenReady();
    const connection = this.#link.ready;
    if (connection === null || isGivenUp()) throw fault2;
    return work2(connection);
  }
  #noteFault({ kind, message }, pulse, answers) {
    if (kind === "answered") {
      noteAnswer(pulse);
      if (/\b(?:READONLY|NOAUTH|WRONGPASS)\b/.test(message)) this.#link.replace();
    } else if (noteSilence(pulse, answers)) {
      this.#link.replace();
    }
  }
  async #connectFirst({ attempt: attempt3, signal }) {
    const connected = this.#link.whenReady().catch((error) => {
      throw notConnected(error, attempt3);
    });
    await this.#calls.track(connected, signal, {
      onAbort: (reason) => outOfTime(reason, { ...attempt3, writes: false })
    });
  }
};
function mayRepeat({ kind }, { writes }) {
  return kind === "unsent" || kind === "lost" && !writes;
}

// packages/backend-redis/src/listing/listing.ts
var attempt = { verb: "list circuits", writes: false };
var Listing = class {
  #parts;
  constructor(parts) {
    this.#parts = parts;
  }
  async *list(options) {
    const { prefix: prefix2 = "", pageSize = 100, only, signal } = options;
    const asked = { prefix: prefix2, pageSize, ...signal && { signal } };
    const records = only === "troubled" ? this.#troubled(asked) : this.#all(asked);
    for await (const entry of records) {
      yield entry;
      this.#parts.calls.begin(signal);
    }
  }
  /**
   * SCAN yields what is there throughout at least once, on one server (clause I1). On a Cluster a slot that moves between
   * masters during the listing may carry a record past it.
   */
  async *#all(asked) {
    const { keys } = this.#parts;
    const pattern2 = keys.recordPattern(asked.prefix);
    for (const owner of await this.#send(asked, "", (connection) => ownersOf(connection))) {
      const scan = (cursor) => {
        const words = ["scan", cursor, "MATCH", pattern2, "COUNT", String(asked.pageSize)];
        return this.#send(asked, "", (connection) => sendTo(connection, owner, words));
      };
      for await (const found of pagesOf(scan, asked.pageSize)) {
        yield* await this.#read(
          found.map((key) => keys.nameOf(key)),
          asked
        );
      }
    }
  }
  /** Its cost is the index's length (clause I3). A name whose circuit is troubled no more, or gone, is taken off. */
  async *#troubled(asked) {
    const { index } = this.#parts;
    for (const set of index.sets) {
      const scan = (cursor) => {
        const words = ["sscan", set, cursor, "COUNT", String(asked.pageSize)];
        return this.#send(asked, set, (connection) => connection.send(set, words));
      };
      for await (const found of pagesOf(scan, asked.pageSize)) {
        const names = found.filter((name) => name.startsWith(asked.prefix));
        const troubled = (await this.#read(names, asked)).filter(({ record }) => isTroubled(record));
        const kept = new Set(troubled.map(({ name }) => name));
        await Promise.all(names.filter((name) => !kept.has(name)).map((name) => index.mend(name, asked.signal)));
        yield* troubled;
      }
    }
  }
  /** The records of these names; those that are gone are left out. */
  async #read(names, options) {
    const readings = await Promise.all(names.map((name) => this.#parts.retrieve(name, options)));
    return readings.flatMap(({ record }, at) => record === null ? [] : [{ name: names[at], record }]);
  }
  #send({ signal }, key, work2) {
    this.#parts.calls.begin(signal);
    return this.#parts.requests.send({ attempt, signal, key, work: work2 });
  }
};
async function* pagesOf(scan, pageSize) {
  let cursor = "0";
  do {
    const [next, found] = await scan(cursor);
    cursor = String(next);
    for (let start = 0; start < found.length; start += pageSize) yield found.slice(start, start + pageSize);
  } while (cursor !== "0");
}
async function ownersOf(connection) {
  const { cluster } = connection;
  if (cluster === null) return [null];
  const ranges = await connection.send("", ["cluster", "SLOTS"]);
  const masters = new Set(ranges.map(([, , [, , id]]) => String(id)));
  const owners = knownOwners(ranges, cluster);
  if (owners.size >= masters.size) return [...owners];
  throw new StorageError(
    `Could not list circuits: the Cluster has ${masters.size} masters, and only ${owners.size} are connected. The same call may succeed once the failover is over.`
  );
}
function knownOwners(ranges, cluster) {
  const owners = ranges.map(([first]) => cluster.ownerOf(Number(first)));
  return new Set(owners.filter((owner) => owner !== void 0));
}
function sendTo(connection, owner, words) {
  if (owner === null || connection.cluster === null) return connection.send("", words);
  return connection.cluster.sendTo(owner, words);
}

// packages/backend-redis/src/connection/cluster-slot.ts
var slotCount = 16384;
function slotOf(key) {
  let crc = 0;
  for (const byte of encoder.encode(hashTag(key))) {
    crc = crc << 8 & 65535 ^ table[crc >> 8 ^ byte];
  }
  return crc & slotCount - 1;
}
var encoder = new TextEncoder();
var table = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 32768 ? crc << 1 ^ 4129 : crc << 1;
  return crc & 65535;
});
function hashTag(key) {
  const open2 = key.indexOf("{");
  const close = open2 < 0 ? -1 : key.indexOf("}", open2);
  return close > open2 + 1 ? key.slice(open2 + 1, close) : key;
}
var shardCount = 64;
var tags = null;
function shardTags() {
  if (tags !== null) return tags;
  const found = /* @__PURE__ */ new Map();
  for (let number3 = 0; found.size < shardCount; number3 += 1) {
    const tag = String(number3);
    const shard = shardOf(slotOf(tag));
    if (!found.has(shard)) found.set(shard, tag);
  }
  tags = [...found.keys()].sort((one, other) => one - other).map((shard) => found.get(shard));
  return tags;
}
function shardOf(slot) {
  return Math.floor(slot * shardCount / slotCount);
}

// packages/backend-redis/src/listing/troubled-index.ts
var attempt2 = { verb: "keep the index of troubled circuits for", writes: true };
var TroubledIndex = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** The keys that `store.lua` needs beside the record's. */
  get keysOfStore() {
    return this.#options.isCluster ? [] : [this.#options.keys.troubled];
  }
  /** What `store.lua` does to the index. */
  stepOf(revision, next) {
    if (this.#options.isCluster) return "";
    if (isTroubled(next)) return "add";
    return revision === null ? "" : "remove";
  }
  /** On a Cluster: before a store. */
  async before(name, next, signal) {
    if (this.#options.isCluster && isTroubled(next)) await this.#ignoringFaults(this.#put("sadd", name, signal));
  }
  /** On a Cluster: after a store that was applied. Nobody waits for it. */
  after(name, revision, next) {
    if (!this.#options.isCluster) return;
    if (isTroubled(next)) void this.#ignoringFaults(this.#put("sadd", name, void 0));
    else if (revision !== null) void this.#ignoringFaults(this.mend(name, void 0));
  }
  /** Takes the name off, unless its circuit is troubled now. */
  async mend(name, signal) {
    const { keys, requests, isCluster } = this.#options;
    const key = keys.record(name);
    if (!isCluster) {
      const work2 = (connection) => runScript(connection, mendIndexScript, [key, keys.troubled], [name]);
      await requests.send({ attempt: { ...attempt2, name }, signal, key, work: work2 });
      return;
    }
    await this.#put("srem", name, signal);
    const read2 = (connection) => connection.send(key, ["get", key]);
    const text2 = await requests.send({ attempt: { verb: "read", name, writes: false }, signal, key, work: read2 });
    if (typeof text2 === "string" && !/^1 \d+ closed (?![^|]* \[)/.test(text2)) await this.#put("sadd", name, signal);
  }
  /** The sets that names are in. */
  get sets() {
    const { keys, isCluster } = this.#options;
    return isCluster ? shardTags().map((tag) => keys.shardTroubled(tag)) : [keys.troubled];
  }
  async #put(command, name, signal) {
    const { keys, requests } = this.#options;
    const key = keys.shardTroubled(shardTags()[shardOf(slotOf(keys.record(name)))]);
    const work2 = (connection) => connection.send(key, [command, key, name]);
    await requests.send({ attempt: { ...attempt2, name }, signal, key, work: work2 });
  }
  /** Where the index can't be written the record still can: a user without the right keeps a working store. */
  async #ignoringFaults(work2) {
    await work2.catch(() => {
    });
  }
};

// packages/backend-redis/src/lock/held-lease.ts
function endOf2(start, ms) {
  return start + ms - Math.round(ms * 0.01) - 2;
}
function wholeMs(ms) {
  if (!(ms > 0)) throw new RangeError(`A lease must be more than 0 ms long; this one is ${ms}.`);
  return Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}
var HeldLease2 = class {
  token;
  left;
  #context;
  #held;
  /** By this process's clock, ms since the epoch, inclusive; a little before the servers' end. */
  #endsAt;
  #over = false;
  /** One call at a time: the answers of two could come in either order. */
  #turn = Promise.resolve();
  constructor(held, ms, context) {
    this.token = held.token;
    this.#held = held;
    this.#endsAt = endOf2(held.start, ms);
    this.#context = context;
    this.left = this.#endsAt - context.clock.now();
  }
  extend(ms) {
    return this.#inTurn(async () => {
      const { keeper, name, clock } = this.#context;
      this.#assertHeld();
      const start = clock.now();
      const duration3 = wholeMs(ms);
      const verb = "extend the lease on";
      await this.#ask(verb, keeper.extend(name, this.#held, duration3, { verb, name, writes: true }));
      this.#endsAt = endOf2(start, duration3);
    });
  }
  release() {
    return this.#inTurn(async () => {
      const { keeper, name } = this.#context;
      const verb = "release the lease on";
      try {
        this.#assertHeld();
      } catch (lost) {
        if (!this.#over) keeper.release(name, this.#held, { verb, name, writes: true }).catch(() => {
        });
        this.#over = true;
        throw lost;
      }
      await this.#ask(verb, keeper.release(name, this.#held, { verb, name, writes: true }));
      this.#over = true;
    });
  }
  #inTurn(work2) {
    const { calls, name } = this.#context;
    const mine = this.#turn.then(() => {
      calls.begin(void 0);
      return work2();
    });
    this.#turn = mine.catch(() => {
    });
    const attempt3 = { verb: "keep the lease on", name, writes: true };
    return calls.track(mine, void 0, { onAbort: (reason) => outOfTime(reason, attempt3) });
  }
  #assertHeld() {
    const { name, clock } = this.#context;
    if (this.#over) throw new LeaseLostError(name, "it was released, or lost before");
    if (clock.now() >= this.#endsAt) throw new LeaseLostError(name, "its time was over before it was extended");
  }
  /** Waits for the answer, but no longer than the lease: after that it is lost, whatever the answer. */
  async #ask(verb, answering) {
    const { name, clock } = this.#context;
    const isHeld = await within(answering, clock, this.#endsAt - clock.now());
    if (isHeld === true) return;
    this.#over = true;
    if (isHeld === null) throw new LeaseLostError(name, `Redis did not answer in time to ${verb} it`);
    throw new LeaseLostError(name, "Redis holds it no more, or for another");
  }
};

// packages/backend-redis/src/lock/locks.ts
var pauses2 = { first: 10, longest: 200 };
var mostLate = 3;
var leastShare = 1 / 3;
var Locks = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** Clauses L1–L6, L8. */
  async acquire(name, options) {
    const { lease, wait = 0, signal } = options;
    const { clock, calls } = this.#options;
    const duration3 = wholeMs(lease);
    const until2 = clock.now() + wait;
    let pause = pauses2.first;
    let answered = false;
    for (let late = 0; ; ) {
      const outcome = await this.#try(name, duration3, signal, answered);
      if (outcome instanceof HeldLease2) return outcome;
      if (outcome === "late") {
        late += 1;
        if (late === mostLate) throw tooLate2({ verb: "lock", name, writes: true }, duration3);
      } else {
        answered = true;
        const left = until2 - clock.now();
        if (!(left > 0)) throw new LockTimeoutError(name, wait);
        await this.#sleep(Math.min(left, pause * (0.5 + Math.random() / 2)), signal);
        pause = Math.min(2 * pause, pauses2.longest);
      }
      calls.begin(signal);
    }
  }
  /**
   * One try. A lock that comes too late for its caller is given back.
   *
   * Once the store has `answered` a try, a signal only ends the waiting; before that the store may be down.
   */
  async #try(name, duration3, signal, answered) {
    const { calls, clock } = this.#options;
    const attempt3 = { verb: "lock", name, writes: true };
    let isWanted = true;
    const taking = this.#take(name, duration3, attempt3, () => isWanted);
    try {
      const onAbort2 = (reason) => answered ? reason : outOfTime(reason, attempt3);
      const outcome = await calls.track(within(taking, clock, patienceFor(duration3)), signal, { onAbort: onAbort2 });
      if (outcome === null) throw tooLate2(attempt3, duration3);
      return outcome;
    } catch (error) {
      isWanted = false;
      taking.catch(() => {
      });
      throw error;
    }
  }
  async #take(name, duration3, attempt3, isWanted) {
    const { keeper, calls, clock } = this.#options;
    const held = await keeper.take(name, duration3, attempt3);
    if (held === "held") return held;
    const lease = new HeldLease2(held, duration3, { name, keeper, calls, clock });
    if (isWanted() && lease.left >= duration3 * leastShare) return lease;
    await within(keeper.release(name, held, attempt3), clock, duration3).catch(() => {
    });
    return "late";
  }
  /** Rejects with the signal's reason: nothing is under way that could fail otherwise. */
  #sleep(ms, signal) {
    const { clock, calls } = this.#options;
    let cancel = () => {
    };
    const timer = new Promise((resolve) => cancel = clock.after(ms, resolve));
    return calls.track(timer, signal, { onAbort: (reason) => reason }).finally(() => cancel());
  }
};
function patienceFor(duration3) {
  return 5e3 + 3 * duration3;
}

// packages/backend-redis/src/lock/lock-keeper.ts
var fenceKept = 7 * 24 * 36e5;

// packages/backend-redis/src/lock/redlock-class.ts
async function loadRedlock() {
  const loaded = await import("redlock");
  const inner = loaded.default;
  return inner.default ?? inner;
}

// packages/backend-redis/src/lock/redlock-votes.ts
var once = { retryCount: 0 };
var Ballot = class _Ballot {
  redlock;
  #voters;
  constructor(Redlock, links) {
    this.#voters = links.map((link) => new Voter(link));
    this.redlock = new Redlock(this.#voters, once);
  }
  static async among(links) {
    return new _Ballot(await loadRedlock(), links);
  }
  /**
   * Why the operation rejected with `error`: 'held' where most servers may have answered, and the lock is not ours
   * there; otherwise the first fault of a server.
   */
  whyRefused(error) {
    if (error.name !== "ExecutionError") return error;
    const faults = this.#voters.map(({ verdict }) => verdict).filter((verdict) => verdict !== null && verdict !== "answered");
    return 2 * faults.length > this.#voters.length ? faults[0] : "held";
  }
};
var Voter = class {
  verdict = null;
  #link;
  constructor(link) {
    this.#link = link;
  }
  evalsha(sha1, keyCount, args) {
    return this.#ask("evalsha", sha1, keyCount, args);
  }
  eval(script2, keyCount, args) {
    return this.#ask("eval", script2, keyCount, args);
  }
  async #ask(command, script2, keyCount, args) {
    try {
      if (this.#link.ready === null) await this.#link.whenReady();
      const words = [command, script2, String(keyCount), ...args.map(String)];
      const answer = await this.#link.ready?.send(String(args[0]), words);
      this.verdict ??= "answered";
      return answer;
    } catch (error) {
      const fault2 = error;
      if (!fault2.message.startsWith("NOSCRIPT")) this.verdict ??= fault2;
      throw fault2;
    }
  }
};

// packages/backend-redis/src/lock/most-servers.ts
var MostServers = class {
  #links;
  #requests;
  #keys;
  #clock;
  constructor(links, requests, keys, clock) {
    this.#links = links;
    this.#requests = requests;
    this.#keys = keys;
    this.#clock = clock;
  }
  async take(name, ms, attempt3) {
    await this.#majorityConnected();
    const start = this.#clock.now();
    const taking = this.#ask(attempt3, (redlock) => redlock.acquire([this.#keys.lock(name)], ms));
    const lock = await within(taking, this.#clock, ms);
    if (lock === null) {
      taking.then((late) => this.#giveBack(late, attempt3)).catch(() => {
      });
      throw storageFailure(new Error("Most of the servers did not answer in the time of the lease"), attempt3);
    }
    if (lock === "held") return lock;
    try {
      return { lock, start, token: await this.#tokenFor(name, ms, attempt3) };
    } catch (error) {
      this.#giveBack(lock, attempt3).catch(() => {
      });
      throw error;
    }
  }
  async extend(_name, held, ms, attempt3) {
    const lock = await this.#ask(attempt3, (redlock) => redlock.extend(held.lock, ms));
    if (lock === "held") return false;
    held.lock = lock;
    return true;
  }
  async release(_name, { lock }, attempt3) {
    return await this.#ask(attempt3, (redlock) => redlock.release(lock)) !== "held";
  }
  async #giveBack(lock, attempt3) {
    if (lock !== "held") await this.#ask(attempt3, (redlock) => redlock.release(lock));
  }
  /** Settles once most servers are connected, or none more will be: those that can't be reached have no vote. */
  #majorityConnected() {
    return new Promise((resolve) => {
      let connected = 0;
      let settled2 = 0;
      const count3 = (by) => {
        connected += by;
        settled2 += 1;
        if (2 * connected > this.#links.length || settled2 === this.#links.length) resolve();
      };
      for (const link of this.#links) {
        link.whenReady().then(
          () => count3(1),
          () => count3(0)
        );
      }
    });
  }
  /** 'held' where most servers may have answered, and the lock is not ours there. */
  async #ask(attempt3, work2) {
    const ballot = await Ballot.among(this.#links);
    try {
      return await work2(ballot.redlock);
    } catch (error) {
      const why = ballot.whyRefused(error);
      if (why === "held") return why;
      throw storageFailure(why, attempt3);
    }
  }
  /** Drawn while the lock is held, so it is greater than those of all earlier holders (clause L3). */
  async #tokenFor(name, ms, attempt3) {
    const key = this.#keys.fence(name);
    const args = [String(Math.min(ms + fenceKept, Number.MAX_SAFE_INTEGER))];
    return Number(
      await this.#requests.send({
        attempt: attempt3,
        signal: void 0,
        key,
        work: (connection) => runScript(connection, fenceScript, [key], args)
      })
    );
  }
};

// packages/backend-redis/src/lock/one-server.ts
var OneServer = class {
  #requests;
  #keys;
  #clock;
  #me;
  #taken = 0;
  constructor(requests, keys, clock) {
    this.#requests = requests;
    this.#keys = keys;
    this.#clock = clock;
    this.#me = globalThis.crypto.randomUUID();
  }
  async take(name, ms, attempt3) {
    this.#taken += 1;
    const owner = `${this.#me}-${this.#taken}`;
    const args = [owner, String(ms), String(Math.min(ms + fenceKept, Number.MAX_SAFE_INTEGER))];
    const keys = [this.#keys.lock(name), this.#keys.fence(name)];
    let start = this.#clock.now();
    const onSend = () => void (start = this.#clock.now());
    try {
      const token = await this.#run(attempt3, takeLockScript, keys, args, onSend);
      return token === "" ? "held" : { owner, token: Number(token), start };
    } catch (error) {
      if (error.ambiguous === true) {
        this.#run(attempt3, releaseLockScript, [this.#keys.lock(name)], [owner]).catch(() => {
        });
      }
      throw error;
    }
  }
  async extend(name, { owner }, ms, attempt3) {
    return await this.#run(attempt3, extendLockScript, [this.#keys.lock(name)], [owner, String(ms)]) === 1;
  }
  async release(name, { owner }, attempt3) {
    return await this.#run(attempt3, releaseLockScript, [this.#keys.lock(name)], [owner]) === 1;
  }
  #run(attempt3, script2, keys, args, onSend = () => {
  }) {
    return this.#requests.send({
      attempt: attempt3,
      signal: void 0,
      key: keys[0],
      work: (connection) => {
        onSend();
        return runScript(connection, script2, keys, args);
      }
    });
  }
};

// packages/backend-redis/src/connection/ioredis.ts
var plainOptions = {
  keyPrefix: "",
  readOnly: false,
  monitor: false,
  stringNumbers: false,
  replyMapping: "legacy",
  showFriendlyErrorStack: false,
  reconnectOnError: null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableAutoPipelining: false,
  maxRetriesPerRequest: 0,
  scripts: void 0,
  // A connection that is ended doesn't wait, 2 s by default, for the server to agree.
  disconnectTimeout: 0
};
var IoredisModel = class {
  isCluster = false;
  keyPrefix;
  #client;
  #clock;
  constructor(client2, clock) {
    this.#client = client2;
    this.#clock = clock;
    this.keyPrefix = keyPrefixOf(client2.options);
  }
  identity() {
    return identityOf(this.#client.options);
  }
  onConnected(listener) {
    this.#client.on("ready", listener);
    return () => void this.#client.off("ready", listener);
  }
  open() {
    return openIoredis(this.#client, this.#clock);
  }
};
function openIoredis(model, clock) {
  const options = { role: "master", lazyConnect: true, enableOfflineQueue: false, retryStrategy: null };
  return new IoredisConnection(model.duplicate({ ...plainOptions, ...options, sentinelRetryStrategy: null }), clock);
}
function keyPrefixOf(options) {
  return String(options.keyPrefix ?? "");
}
function identityOf(options) {
  const read2 = options;
  return JSON.stringify(identifying.map((name) => read2[name] ?? null));
}
var identifying = [
  ...["host", "port", "path", "db", "username", "password"],
  ...["name", "sentinels", "sentinelUsername", "sentinelPassword"]
];
var IoredisConnection = class {
  cluster = null;
  #redis;
  #clock;
  #listeners = /* @__PURE__ */ new Map();
  #lastError = null;
  #isEnding = false;
  constructor(redis2, clock) {
    this.#redis = redis2;
    this.#clock = clock;
    redis2.on("error", (error) => void (this.#lastError = error));
    redis2.on("message", this.#onMessage);
    redis2.on("smessage", this.#onMessage);
  }
  get isReady() {
    return this.#redis.status === "ready" && isWritable(this.#redis);
  }
  async connect() {
    try {
      await this.#redis.connect();
    } catch (error) {
      throw faultOf(this.#lastError ?? error, "unsent");
    }
  }
  onEnd(listener) {
    this.#redis.once("end", () => {
      if (!this.#isEnding) listener(faultOf(this.#lastError ?? new Error("The connection ended"), "lost"));
    });
  }
  send(_key, words) {
    corkUntilNextTick(this.#redis);
    return this.#redis.call(...words).catch(throwFault);
  }
  serverOf() {
    return "";
  }
  async subscribe(channel, onMessage) {
    this.#listeners.set(channel, onMessage);
    await this.send(channel, ["subscribe", channel]);
  }
  async subscribeShard(channel, onMessage) {
    this.#listeners.set(channel, onMessage);
    await this.send(channel, ["ssubscribe", channel]);
  }
  onMoved(listener) {
    this.#redis.on("moved", listener);
    this.#redis.on("error", listener);
  }
  end() {
    this.#isEnding = true;
    return endIoredis(this.#redis, this.#clock);
  }
  #onMessage = (channel, text2) => this.#listeners.get(channel)?.(text2);
};
function throwFault(error) {
  const isUnsent = error?.message?.toString().startsWith("Stream isn't writeable");
  throw faultOf(error, isUnsent === true ? "unsent" : "lost");
}
var patience2 = 1e3;
async function endIoredis(client2, clock) {
  const { status } = client2;
  if (status === "end") return;
  if (status === "reconnecting" || status === "close") {
    client2.disconnect();
    return;
  }
  await new Promise((resolve) => {
    const cancel = clock.after(patience2, resolve);
    client2.once("end", () => {
      cancel();
      resolve();
    });
    client2.disconnect();
  });
}
function socketOf(client2) {
  return client2.stream ?? {};
}
function isWritable(client2) {
  return socketOf(client2).writable !== false;
}
function corkUntilNextTick(client2) {
  const socket = socketOf(client2);
  if (socket.writableCorked !== 0 || socket.cork === void 0) return;
  socket.cork();
  process.nextTick(uncork, socket);
}
function uncork(socket) {
  socket.uncork?.();
}

// packages/backend-redis/src/connection/ioredis-cluster.ts
var IoredisClusterModel = class {
  isCluster = true;
  keyPrefix;
  #client;
  #clock;
  constructor(client2, clock) {
    this.#client = client2;
    this.#clock = clock;
    this.keyPrefix = keyPrefixOf(client2.options);
  }
  identity() {
    return identityOf(redisOptionsOf(this.#client));
  }
  onConnected(listener) {
    this.#client.on("ready", listener);
    return () => void this.#client.off("ready", listener);
  }
  open() {
    const redisOptions = { ...redisOptionsOf(this.#client), ...plainOptions };
    const options = {
      ...plainOptions,
      lazyConnect: true,
      scaleReads: "master",
      // A node's first command waits for its connection.
      enableOfflineQueue: true,
      retryDelayOnFailover: 0,
      clusterRetryStrategy: null,
      clusterNodeRetryStrategy: null,
      redisOptions
    };
    return new IoredisClusterConnection(this.#client.duplicate([], options), this.#clock);
  }
};
function redisOptionsOf(client2) {
  return client2.options.redisOptions ?? {};
}
var IoredisClusterConnection = class {
  cluster = this;
  #client;
  #clock;
  #lastError = null;
  #isEnding = false;
  constructor(client2, clock) {
    this.#client = client2;
    this.#clock = clock;
    client2.on("error", (error) => void (this.#lastError = error));
    client2.on("node error", (error) => void (this.#lastError = error));
  }
  get isReady() {
    return this.#client.status === "ready";
  }
  async connect() {
    try {
      await this.#client.connect();
    } catch (error) {
      throw faultOf(this.#lastError ?? error, "unsent");
    }
  }
  onEnd(listener) {
    this.#client.once("end", () => {
      if (!this.#isEnding) listener(faultOf(this.#lastError ?? new Error("The connection ended"), "lost"));
    });
  }
  async send(key, words) {
    const node = this.#nodeNamed(this.ownerOf(slotOf(key)));
    if (node?.status === "ready") corkUntilNextTick(node);
    try {
      return await this.#client.call(...words);
    } catch (error) {
      if (error.message === "Connection is closed.") this.#client.refreshSlotsCache();
      return throwFault(error);
    }
  }
  serverOf(key) {
    return this.ownerOf(slotOf(key)) ?? "";
  }
  ownerOf(slot) {
    return this.#client.slots[slot]?.[0];
  }
  async sendTo(owner, words) {
    const node = this.#nodeNamed(owner);
    if (node === void 0) throw faultOf(new Error(`No connection to ${owner}`), "unsent");
    return node.call(...words).catch(throwFault);
  }
  openAt(owner) {
    const node = this.#nodeNamed(owner);
    return node === void 0 ? null : openIoredis(node, this.#clock);
  }
  refresh() {
    return new Promise((resolve, reject) => {
      this.#client.refreshSlotsCache((error) => error ? reject(faultOf(error, "unsent")) : resolve());
    });
  }
  onRefresh(listener) {
    this.#client.on("refresh", listener);
    return () => void this.#client.off("refresh", listener);
  }
  end() {
    this.#isEnding = true;
    return endIoredis(this.#client, this.#clock);
  }
  /** The list is as long as there are masters. */
  #nodeNamed(owner) {
    if (owner === void 0) return void 0;
    return this.#client.nodes("master").find(({ options }) => `${options.host}:${options.port}` === owner);
  }
};

// packages/backend-redis/src/connection/node-redis.ts
var NodeRedisModel = class {
  isCluster = false;
  keyPrefix;
  #client;
  constructor(client2) {
    this.#client = client2;
    this.keyPrefix = keyPrefixOf2(client2.options);
  }
  identity() {
    return identityOf2(this.#client.options);
  }
  onConnected(listener) {
    this.#client.on("ready", listener);
    return () => void this.#client.off("ready", listener);
  }
  open() {
    return openNodeRedis(this.#client);
  }
};
function openNodeRedis(model) {
  return new NodeRedisConnection(model.duplicate(plainOptionsOf(model.options)));
}
function plainOptionsOf(options) {
  const { socket } = options ?? {};
  return {
    ...notShared,
    keyPrefix: void 0,
    disableOfflineQueue: true,
    commandsQueueMaxLength: void 0,
    pingInterval: void 0,
    readonly: false,
    socket: { ...socket, reconnectStrategy: false }
  };
}
var notShared = {
  commandOptions: {},
  clientSideCache: void 0,
  emitInvalidate: void 0
};
function keyPrefixOf2(options) {
  return String(options?.keyPrefix ?? "");
}
function identityOf2(options) {
  const { url, username, password, database, socket } = options ?? {};
  const { host, port, path } = socket ?? {};
  return JSON.stringify([url, username, password, database, host, port, path]);
}
var NodeRedisConnection = class {
  cluster = null;
  #client;
  #lastError = null;
  #isEnding = false;
  constructor(client2) {
    this.#client = client2;
    client2.on("error", (error) => void (this.#lastError = error));
  }
  get isReady() {
    return this.#client.isReady;
  }
  async connect() {
    try {
      await this.#client.connect();
    } catch (error) {
      throw faultOf(error, "unsent");
    }
  }
  onEnd(listener) {
    const onError = (error) => {
      if (this.#client.isReady || this.#isEnding) return;
      this.#isEnding = true;
      listener(faultOf(error, "lost"));
    };
    this.#client.on("error", onError);
    this.#client.on("end", () => onError(this.#lastError ?? new Error("The connection ended")));
  }
  send(_key, words) {
    return this.#client.sendCommand(words).catch(throwFault2);
  }
  serverOf() {
    return "";
  }
  async subscribe(channel, onMessage) {
    await this.#client.subscribe(channel, onMessage).catch(throwFault2);
  }
  async subscribeShard(channel, onMessage) {
    await this.#client.sSubscribe(channel, onMessage).catch(throwFault2);
  }
  onMoved(listener) {
    this.#client.on("sharded-channel-moved", listener);
  }
  async end() {
    this.#isEnding = true;
    destroy(this.#client);
  }
};
function destroy(client2) {
  try {
    const ending2 = client2.destroy();
    if (ending2 instanceof Promise) ending2.catch(() => {
    });
  } catch {
  }
}
var unsent2 = /* @__PURE__ */ new Set(["ClientOfflineError", "ClientClosedError"]);
function throwFault2(error) {
  const className = error?.constructor?.name ?? "";
  throw faultOf(error, unsent2.has(className) ? "unsent" : "lost");
}

// packages/backend-redis/src/connection/node-redis-cluster.ts
var NodeRedisClusterModel = class {
  isCluster = true;
  keyPrefix;
  #client;
  constructor(client2) {
    this.#client = client2;
    this.keyPrefix = keyPrefixOf2(client2._options);
  }
  identity() {
    const { defaults, rootNodes = [] } = this.#client._options ?? {};
    return [identityOf2(defaults), ...rootNodes.map(identityOf2)].join();
  }
  /** A cluster client has no event of its own for this. */
  onConnected(listener) {
    this.#client.on("connect", listener);
    return () => void this.#client.off("connect", listener);
  }
  open() {
    const { defaults } = this.#client._options ?? {};
    const options = { keyPrefix: void 0, useReplicas: false, minimizeConnections: false, ...notShared };
    return new NodeRedisClusterConnection(
      this.#client.duplicate({ ...options, defaults: { ...defaults, ...notShared, keyPrefix: void 0 } })
    );
  }
};
var NodeRedisClusterConnection = class {
  cluster = this;
  #client;
  #followers = /* @__PURE__ */ new Set();
  #lastError = null;
  #onEnd = null;
  constructor(client2) {
    this.#client = client2;
    client2.on("error", (error) => void (this.#lastError = error));
    client2.on("node-error", (error) => void (this.#lastError = error));
    for (const event of ["node-ready", "node-disconnect", "sharded-channel-moved"])
      client2.on(event, this.#tellFollowers);
  }
  get isReady() {
    return this.#client.isOpen && this.#client.slots.length > 0;
  }
  async connect() {
    try {
      await this.#client.connect();
    } catch (error) {
      throw faultOf(this.#lastError ?? error, "unsent");
    }
  }
  onEnd(listener) {
    this.#onEnd = listener;
  }
  async send(key, words) {
    const node = this.#client.slots[slotOf(key)]?.master;
    if (node?.client?.isReady === false) {
      if (!this.#client.masters.some(({ client: client2 }) => client2?.isReady === true)) this.#giveUp();
      throw this.#away(node.address);
    }
    return this.#client.sendCommand(key, false, words).catch(throwFault2);
  }
  serverOf(key) {
    return this.ownerOf(slotOf(key)) ?? "";
  }
  ownerOf(slot) {
    return this.#client.slots[slot]?.master.address;
  }
  async sendTo(owner, words) {
    const node = this.#masterAt(owner);
    if (node === void 0) throw this.#away(owner);
    const client2 = await this.#client.nodeClient(node);
    if (!client2.isReady) throw this.#away(owner);
    return client2.sendCommand(words).catch(throwFault2);
  }
  openAt(owner) {
    const client2 = this.#masterAt(owner)?.client;
    return client2 === void 0 ? null : openNodeRedis(client2);
  }
  /** There is no call for it, but a command for a slot that is elsewhere now makes it look. */
  async refresh() {
    await Promise.allSettled(this.#client.masters.map(({ address }) => this.sendTo(address, ["PING"])));
    this.#tellFollowers();
  }
  onRefresh(listener) {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }
  async end() {
    this.#onEnd = null;
    destroy(this.#client);
  }
  /** No master is there: only a new connection finds where they are now. */
  #giveUp() {
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.(faultOf(this.#lastError ?? new Error("No master of the Cluster is connected"), "lost"));
  }
  #away(address) {
    return new ConnectionFault("unsent", "Error", `The Cluster's master ${address} is not connected`);
  }
  #masterAt(owner) {
    return this.#client.masters.find(({ address }) => address === owner);
  }
  #tellFollowers = () => {
    for (const follow of [...this.#followers]) follow();
  };
};

// packages/backend-redis/src/connection/node-redis-sentinel.ts
var NodeRedisSentinelModel = class {
  isCluster = false;
  /** A Sentinel client doesn't tell its options. */
  keyPrefix;
  #client;
  constructor(client2) {
    this.#client = client2;
    this.keyPrefix = String(client2._keyPrefix ?? "");
  }
  identity() {
    return "";
  }
  onConnected(listener) {
    this.#client.on("ready", listener);
    return () => void this.#client.off("ready", listener);
  }
  open() {
    return new ToThePrimary(this.#client);
  }
};
var ToThePrimary = class {
  cluster = null;
  #client;
  #connection = null;
  #scout = null;
  #isEnded = false;
  constructor(client2) {
    this.#client = client2;
  }
  get isReady() {
    return this.#connection?.isReady ?? false;
  }
  async connect() {
    const connection = await this.#find();
    if (this.#isEnded) await connection.end();
    this.#connection = connection;
    await connection.connect();
  }
  onEnd(listener) {
    this.#connection?.onEnd(listener);
  }
  send(key, words) {
    return this.#standing().send(key, words);
  }
  serverOf() {
    return "";
  }
  subscribe(channel, onMessage) {
    return this.#standing().subscribe(channel, onMessage);
  }
  subscribeShard(channel, onMessage) {
    return this.#standing().subscribeShard(channel, onMessage);
  }
  onMoved(listener) {
    this.#standing().onMoved(listener);
  }
  async end() {
    this.#isEnded = true;
    if (this.#scout !== null) destroy(this.#scout);
    await this.#connection?.end();
  }
  /** Asks the Sentinels anew each time: whatever the user's client knows may be what made the last connection end. */
  async #find() {
    const scout = this.#client.duplicate();
    this.#scout = scout;
    scout.on("error", () => {
    });
    try {
      await scout.connect();
      const { primary } = await scout._execute(false, async (client2) => ({ primary: client2 }));
      return openNodeRedis(primary);
    } catch (error) {
      throw faultOf(error, "unsent");
    } finally {
      this.#scout = null;
      destroy(scout);
    }
  }
  #standing() {
    if (this.#connection === null) throw new ConnectionFault("unsent", "Error", "The connection does not stand yet");
    return this.#connection;
  }
};

// packages/backend-redis/src/connection/client-models.ts
var kinds = [
  [
    (client2) => has(client2, "call", "connect", "disconnect") && client2["isCluster"] === false,
    (client2, clock) => new IoredisModel(client2, clock)
  ],
  [
    (client2) => has(client2, "call", "connect", "disconnect", "nodes", "refreshSlotsCache") && client2["isCluster"] === true,
    (client2, clock) => new IoredisClusterModel(client2, clock)
  ],
  [
    (client2) => has(client2, "sendCommand", "connect", "nodeClient") && Array.isArray(client2["slots"]),
    (client2) => new NodeRedisClusterModel(client2)
  ],
  [
    (client2) => has(client2, "sendCommand", "connect", "use", "_execute"),
    (client2) => new NodeRedisSentinelModel(client2)
  ],
  [
    (client2) => has(client2, "sendCommand", "connect", "sSubscribe", "destroy") && typeof client2["isReady"] === "boolean",
    (client2) => new NodeRedisModel(client2)
  ]
];
function has(client2, ...methods) {
  return ["duplicate", "on", "off", ...methods].every((method) => typeof client2[method] === "function");
}
function modelOf(client2, clock) {
  if (typeof client2 !== "object" || client2 === null) return null;
  const make = kinds.find(([tell2]) => tell2(client2))?.[1];
  return make?.(client2, clock) ?? null;
}

// packages/backend-redis/src/options/redis-backend-options.ts
function readBackendOptions(options) {
  return readOptions(readers3, options, (read2, problems) => {
    if (read2.subscriber === null || problems.length > 0) return;
    const problem = { name: "subscriber", value: options.subscriber };
    if (read2.client.isCluster) {
      problems.push({ ...problem, expected: "nothing for a Cluster, where each master gets a connection" });
    } else if (read2.subscriber.isCluster) {
      problems.push({ ...problem, expected: "a client to one server" });
    }
  });
}
var client = (name, value, problems) => {
  const model = modelOf(value, systemClock);
  if (model === null) problems.push({ name, value: kindOf(value), expected: clientExpected });
  return model;
};
var clientExpected = "a client of ioredis (5.3 or later) or of node-redis ('redis' 5 or later): a Redis, a Cluster, or what createClient, createCluster or createSentinel answers";
var prefix = (name, value, problems) => {
  if (typeof value !== "string" || !value.isWellFormed()) {
    problems.push({ name, value, expected: "a well-formed string" });
  }
  return value;
};
var lockClients = (name, value, problems) => {
  if (!Array.isArray(value)) {
    problems.push({ name, value, expected: "an array of clients" });
    return [];
  }
  const models = value.map((each, index) => client(`${name}[${index}]`, each, problems));
  const problem = fault(value);
  if (problem !== null) problems.push({ name, value: `${value.length} clients`, expected: problem });
  return models;
};
function fault(clients) {
  if (clients.length % 2 === 0) return "an odd number of clients";
  return new Set(clients).size === clients.length ? null : "different clients";
}
function kindOf(value) {
  return typeof value === "object" && value !== null ? `a ${value.constructor?.name ?? "bare object"}` : value;
}
var readers3 = {
  client,
  prefix: optional(prefix, "circuitry"),
  serverTime: optional(flag(), true),
  lockClients: optional(lockClients, null),
  subscriber: optional(client, null),
  clock: optional(objectWith("now", "after"), systemClock)
};

// packages/backend-redis/src/push/shard-channels.ts
var ShardChannels = class {
  #keys;
  #all = null;
  constructor(keys) {
    this.#keys = keys;
  }
  /** Reckoned at the first need: who has no Cluster has none. */
  get all() {
    this.#all ??= shardTags().map((tag) => {
      const channel = this.#keys.shardChannel(tag);
      return { channel, slot: slotOf(channel) };
    });
    return this.#all;
  }
  /** The channel that lives on the master of `key`, by what the client knows; `''` where that master has none. */
  beside(key, cluster) {
    const owner = cluster.ownerOf(slotOf(key));
    if (owner === void 0) return "";
    return this.all.find(({ slot }) => cluster.ownerOf(slot) === owner)?.channel ?? "";
  }
};

// packages/backend-redis/src/push/node-subscription.ts
var patience3 = 1e4;
var NodeSubscription = class {
  /** Settles once the server has confirmed every channel. */
  opened;
  /** Resolves with the reason when this connection is of no more use; never, if it is closed before. */
  broken;
  #options;
  #break = () => {
  };
  #isClosed = false;
  /** Redis 6.2 has no sharded channels: who publishes there finds that out in the same way. */
  #hasShards = true;
  #isAsked = false;
  constructor(options) {
    this.#options = options;
    this.broken = new Promise((resolve) => this.#break = resolve);
    const broken = this.broken.then((error) => Promise.reject(error));
    this.opened = Promise.race([this.#open(), broken]);
    this.opened.catch(() => {
    });
  }
  /** Whether it listens to exactly these. */
  listensTo(shardChannels, channel) {
    const mine = this.#options;
    return mine.channel === channel && mine.shardChannels.join() === shardChannels.join();
  }
  /** Finds out whether the server is still there, and a subscription with it; called at intervals. */
  check() {
    if (this.#isAsked) return this.#break(new Error("The server does not answer"));
    this.#isAsked = true;
    this.#ask().then(() => this.#isAsked = false, this.#break);
  }
  async close() {
    this.#isClosed = true;
    await this.#options.connection.end();
  }
  async #open() {
    const { connection, clock } = this.#options;
    const listening = connection.connect().then(() => {
      connection.onEnd(this.#break);
      connection.onMoved(() => this.#break(new Error("The slot of a channel is on another node now")));
      return this.#subscribe();
    });
    if (await within(
      listening.then(() => true),
      clock,
      patience3
    ) === null)
      throw new Error("The server does not answer");
  }
  #onMessage = (text2) => {
    if (!this.#isClosed) this.#options.onMessage(text2);
  };
  async #subscribe() {
    const { connection, channel, shardChannels } = this.#options;
    const [first, ...others] = this.#hasShards ? shardChannels : [];
    if (first !== void 0) this.#hasShards = await this.#subscribeShard(first);
    const answers = [];
    if (this.#hasShards) answers.push(...others.map((name) => connection.subscribeShard(name, this.#onMessage)));
    if (channel !== null) answers.push(connection.subscribe(channel, this.#onMessage));
    await Promise.all(answers);
  }
  /** To subscribe to what one is subscribed to changes nothing. */
  async #ask() {
    const { connection, shardChannels } = this.#options;
    const [first] = shardChannels;
    if (this.#hasShards && first !== void 0) await connection.send(first, ["ssubscribe", first]);
    else await connection.send("", ["ping"]);
  }
  /** Answers whether the server has sharded channels at all. */
  async #subscribeShard(channel) {
    try {
      await this.#options.connection.subscribeShard(channel, this.#onMessage);
      return true;
    } catch (error) {
      if (/^ERR unknown command/i.test(error.message)) return false;
      throw error;
    }
  }
};

// packages/backend-redis/src/push/cluster-subscription.ts
var mendAfter = 200;
var checkEvery = 5e3;
var ClusterSubscription = class {
  /** Settles once every master has confirmed its channels. */
  started;
  #options;
  #nodes = /* @__PURE__ */ new Map();
  #ending = /* @__PURE__ */ new Set();
  /** Which of the masters has the ordinary channel: the fleet's are spread over all of them. */
  #share = Math.random();
  /** Whether every sharded channel has a master that is known, and connected. */
  #isWhole = false;
  #isStarted = false;
  #isStopped = false;
  #cancelMending = null;
  #cancelCheck = () => {
  };
  /** What is followed, and how that is undone: another one once the link has other connections. */
  #followed = null;
  #stopFollowing = () => {
  };
  constructor(options) {
    this.#options = options;
    this.started = this.#start();
    this.started.catch(() => {
    });
  }
  async stop() {
    this.#isStopped = true;
    this.#cancelMending?.();
    this.#cancelCheck();
    this.#stopFollowing();
    for (const key of [...this.#nodes.keys()]) this.#drop(key);
    await Promise.all(this.#ending);
  }
  async #start() {
    await this.#options.link.whenReady();
    try {
      await this.#openAll().catch(() => this.#refresh().then(() => this.#openAll()));
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (this.#isStopped) return;
    this.#isStarted = true;
    this.#checkLater();
    this.#follow();
  }
  async #openAll() {
    this.#follow();
    if (!this.#isWhole) throw new ConnectionFault("unsent", "Error", "Not every master of the Cluster is connected");
    await Promise.all([...this.#nodes.values()].map((node) => node.opened));
  }
  /** Makes the connections what the slot map asks for. Those that are so already go on undisturbed. */
  #follow = () => {
    if (this.#isStopped) return;
    const view = this.#view();
    if (view === null) return this.#mendLater();
    const { channel, shardChannels } = this.#options;
    const wanted = /* @__PURE__ */ new Map();
    this.#isWhole = true;
    for (const { channel: name, slot } of shardChannels.all) {
      const owner = view.ownerOf(slot);
      if (owner === void 0) this.#isWhole = false;
      else wanted.set(owner, [...wanted.get(owner) ?? [], name]);
    }
    const bearer = [...wanted.keys()].sort()[Math.floor(this.#share * wanted.size)];
    for (const [key, node] of this.#nodes) {
      const names = wanted.get(key);
      if (names === void 0 || !node.listensTo(names, key === bearer ? channel : null)) this.#drop(key);
    }
    for (const [key, names] of wanted) {
      if (!this.#nodes.has(key)) this.#open(view, key, names, key === bearer ? channel : null);
    }
  };
  /** What is known of the Cluster now; null while there is no connection. */
  #view() {
    const view = this.#options.link.ready?.cluster ?? null;
    if (view !== null && view !== this.#followed) {
      this.#stopFollowing();
      this.#followed = view;
      this.#stopFollowing = view.onRefresh(this.#follow);
    }
    return view;
  }
  #open(view, key, shardChannels, channel) {
    const { clock, onMessage, onGap } = this.#options;
    const connection = view.openAt(key);
    if (connection === null) {
      this.#isWhole = false;
      return this.#mendLater();
    }
    const subscription = new NodeSubscription({ connection, shardChannels, channel, clock, onMessage });
    this.#nodes.set(key, subscription);
    const isMine = () => this.#nodes.get(key) === subscription;
    const replace = () => {
      if (!isMine()) return;
      this.#drop(key);
      if (channel !== null) this.#share = Math.random();
      this.#mendLater();
    };
    subscription.opened.then(() => {
      if (isMine() && this.#isStarted) onGap();
    }, replace);
    void subscription.broken.then(replace);
  }
  #drop(key) {
    const ending2 = this.#nodes.get(key)?.close();
    this.#nodes.delete(key);
    if (ending2 === void 0) return;
    this.#ending.add(ending2);
    void ending2.finally(() => this.#ending.delete(ending2));
  }
  #mendLater() {
    if (this.#isStopped || !this.#isStarted || this.#cancelMending !== null) return;
    const mend = () => {
      this.#cancelMending = null;
      this.#refresh().then(this.#follow, () => this.#mendLater());
    };
    this.#cancelMending = this.#options.clock.after(mendAfter, mend, { background: true });
  }
  #checkLater() {
    const check = () => {
      for (const node of this.#nodes.values()) node.check();
      if (this.#view() === null) this.#isWhole = false;
      if (!this.#isWhole) this.#mendLater();
      this.#checkLater();
    };
    this.#cancelCheck = this.#options.clock.after(checkEvery, check, { background: true });
  }
  async #refresh() {
    await this.#options.link.whenReady();
    await this.#view()?.refresh();
  }
};

// packages/backend-redis/src/push/message.ts
var longestMessage = 64e3;
function nameIn(text2) {
  const end = text2.length > longestMessage ? -1 : text2.indexOf("\n");
  return end < 0 ? null : text2.slice(end + 1);
}
function eventOf(text2) {
  try {
    const name = nameIn(text2);
    assertName(name);
    return { type: "transition", name, record: readRecord(name, text2.slice(0, text2.length - name.length - 1)) };
  } catch {
    return { type: "missed" };
  }
}

// packages/backend-redis/src/push/inbox.ts
var mostMessages = 5e3;
var mostGaps = 1;
var period = 1e3;
var Inbox = class {
  #clock;
  #tell;
  #periodEnds = -Infinity;
  #messages = 0;
  #gaps = 0;
  constructor(clock, tell2) {
    this.#clock = clock;
    this.#tell = tell2;
  }
  take = (text2) => {
    const now = this.#clock.now();
    if (!(now < this.#periodEnds) || this.#periodEnds - now > period) {
      this.#periodEnds = now + period;
      this.#messages = 0;
      this.#gaps = 0;
    }
    this.#messages += 1;
    if (this.#messages > mostMessages) return this.#gap();
    const event = eventOf(text2);
    if (event.type === "missed") this.#gap();
    else this.#tell(event);
  };
  #gap() {
    this.#gaps += 1;
    if (this.#gaps <= mostGaps) this.#tell({ type: "missed" });
  }
};

// packages/backend-redis/src/push/subscription.ts
var checkEvery2 = 5e3;
var Subscription = class {
  /** Settles once the server has confirmed the first subscription. */
  started;
  #options;
  #link;
  #stands = 0;
  #isStopped = false;
  #cancelCheck = () => {
  };
  constructor(options) {
    this.#options = options;
    this.#link = new Link(options.model, options.clock, {
      prepare: (connection) => connection.subscribe(options.channel, options.onMessage),
      onStanding: () => {
        this.#stands += 1;
        if (this.#stands > 1 && !this.#isStopped) options.onGap();
      }
    });
    this.started = this.#link.whenReady();
    this.started.then(
      () => this.#checkLater(),
      // Whoever waited was told, and nobody else listens: it doesn't go on trying.
      () => void this.stop()
    );
  }
  async stop() {
    this.#isStopped = true;
    this.#cancelCheck();
    await this.#link.close();
  }
  #checkLater() {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    this.#cancelCheck = clock.after(checkEvery2, () => void this.#check().then(() => this.#checkLater()), {
      background: true
    });
  }
  /** A connection that died without a word would be silent for ever. */
  async #check() {
    const asked = this.#link.ready;
    if (asked === null) return;
    const answer = await within(asked.send("", ["ping"]), this.#options.clock, checkEvery2).catch(() => "ended");
    if (answer === null) this.#link.replace();
  }
};

// packages/backend-redis/src/push/watchers.ts
var Watchers = class {
  #options;
  #listeners = /* @__PURE__ */ new Set();
  #subscription = null;
  constructor(options) {
    this.#options = options;
  }
  /** Settles once every later store will be heard of (W1). */
  async add(listener, attempt3, signal) {
    const entry = { listener };
    this.#listeners.add(entry);
    const abandon = () => void this.#remove(entry);
    signal?.addEventListener("abort", abandon);
    try {
      this.#subscription ??= this.#subscribe();
      await this.#subscription.started;
    } catch (error) {
      await this.#remove(entry);
      throw storageFailure(error, attempt3);
    } finally {
      signal?.removeEventListener("abort", abandon);
    }
    return () => this.#remove(entry);
  }
  async close() {
    this.#listeners.clear();
    await this.#stop();
  }
  #subscribe() {
    const options = {
      ...this.#options,
      onMessage: new Inbox(this.#options.clock, (event) => this.#tell(event)).take,
      onGap: () => this.#tell({ type: "missed" })
    };
    return options.model.isCluster ? new ClusterSubscription(options) : new Subscription(options);
  }
  async #remove(entry) {
    this.#listeners.delete(entry);
    if (this.#listeners.size === 0) await this.#stop();
  }
  async #stop() {
    const subscription = this.#subscription;
    this.#subscription = null;
    await subscription?.stop();
  }
  #tell(event) {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
      }
    }
  }
};

// packages/backend-redis/src/redis-backend.ts
var RedisBackend = class {
  contractVersion = 1;
  #calls;
  #links;
  #circuits;
  #locks;
  #listing;
  #watchers;
  /** @throws InvalidSettingsError that names every option that is wrong. */
  constructor(options) {
    const { client: client2, prefix: prefix2, serverTime, lockClients: lockClients2, subscriber, clock } = readBackendOptions(options);
    const calls = new PendingCalls("This RedisBackend", clock);
    const link = new Link(client2, clock);
    const lockLinks = lockClients2?.map((each) => new Link(each, clock)) ?? [];
    const requests = new Requests(link, calls);
    const keys = new KeyNames(client2.keyPrefix + prefix2);
    const shardChannels = new ShardChannels(keys);
    const index = new TroubledIndex({ keys, requests, isCluster: client2.isCluster });
    const keeper = lockClients2 === null ? new OneServer(requests, keys, clock) : new MostServers(lockLinks, requests, keys, clock);
    this.#calls = calls;
    this.#links = [link, ...lockLinks];
    this.#circuits = new Circuits2({ requests, calls, keys, shardChannels, index, givesNow: serverTime });
    this.#locks = new Locks({ keeper, calls, clock });
    const retrieve = (name, call) => this.retrieve(name, call);
    this.#listing = new Listing({ requests, calls, keys, index, retrieve });
    this.#watchers = new Watchers({ link, model: subscriber ?? client2, channel: keys.channel, shardChannels, clock });
  }
  retrieve(name, options) {
    return this.#circuits.retrieve(name, options);
  }
  apply(name, revision, delta, options) {
    return this.#circuits.apply(name, revision, delta, options);
  }
  store(name, revision, next, options) {
    return this.#circuits.store(name, revision, next, options);
  }
  async lock(name, options) {
    assertName(name);
    this.#calls.begin(options.signal);
    return this.#locks.acquire(name, options);
  }
  delete(name, options) {
    return this.#circuits.delete(name, options);
  }
  /** In no order. `pageSize` is what SCAN is given as COUNT; default 100. */
  list(options = {}) {
    return this.#listing.list(options);
  }
  async watch(listener, options) {
    this.#calls.begin(options?.signal);
    const attempt3 = { verb: "watch circuits", writes: false };
    return this.#calls.track(this.#watchers.add(listener, attempt3, options?.signal), options?.signal, {
      onAbort: (reason) => outOfTime(reason, attempt3)
    });
  }
  /** Ends the connections that this backend opened; those that it was given go on. */
  async close() {
    await Promise.all([this.#calls.close(), this.#watchers.close(), ...this.#links.map((link) => link.close())]);
  }
};

// benchmarks/src/items/hot-circuit/protocols/script.mjs
import { createHash } from "node:crypto";
function script(lua) {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex") };
}
function runScript2(client2, { sha1 }, keys, args) {
  return client2.evalsha(sha1, keys.length, ...keys, ...args);
}

// benchmarks/src/items/redis-core/contestants.mjs
var ttl = 864e5;
var work = async () => 42;
var bareApply = script(`
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return redis.call('HGETALL', KEYS[1]) end
redis.call('HINCRBY', KEYS[1], '#total.successes', 1)
redis.call('HINCRBY', KEYS[1], '#consecutive.successes', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[1])`);
var bareRead = script(`return redis.call('HGETALL', KEYS[1])`);
var compareAndSet = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`);
var unlock = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`);
async function loadScripts(client2) {
  for (const { lua } of [bareApply, bareRead, compareAndSet, unlock]) await client2.script("LOAD", lua);
}
var counts = { "total.successes": 812, "total.failures": 3, "consecutive.failures": 0, "consecutive.successes": 17 };
var fields2 = { format: 1, revision: 1, state: "closed", generation: 0, openings: 0, since: 0, by: "1k3j2h5g4-2f" };
var json2 = JSON.stringify({ ...fields2, counters: counts });
var withSuccess = (text2) => {
  const record = JSON.parse(text2);
  record.counters["total.successes"] += 1;
  record.counters["consecutive.successes"] += 1;
  return JSON.stringify(record);
};
var protocols = [
  {
    id: "bare-pair",
    name: "`HGETALL`, then the barest script that compares, adds twice and answers",
    prepare: (client2, name) => prepareHash(client2, `bare:{${name}}`),
    async call(client2, name) {
      const key = `bare:{${name}}`;
      await client2.hgetall(key);
      await runScript2(client2, bareApply, [key], ["1", ttl]);
    }
  },
  {
    id: "hgetall",
    name: "`HGETALL` alone",
    prepare: (client2, name) => prepareHash(client2, `alone:{${name}}`),
    call: (client2, name) => client2.hgetall(`alone:{${name}}`)
  },
  {
    id: "compare-and-set",
    name: "`GET` JSON, compare and set it",
    prepare: (client2, name) => client2.set(`json:{${name}}`, json2, "PX", ttl),
    async call(client2, name) {
      const key = `json:{${name}}`;
      const before = await client2.get(key);
      await runScript2(client2, compareAndSet, [key], [before, withSuccess(before), ttl]);
    }
  },
  {
    id: "lock",
    name: "lock, `GET` JSON, `SET` it, unlock",
    prepare: (client2, name) => client2.set(`locked:{${name}}`, json2, "PX", ttl),
    async call(client2, name) {
      const key = `locked:{${name}}`;
      await client2.set(`${key}:lock`, "token", "PX", 1e4, "NX");
      await client2.set(key, withSuccess(await client2.get(key)), "PX", ttl);
      await runScript2(client2, unlock, [`${key}:lock`], ["token"]);
    }
  },
  {
    id: "gobreaker",
    name: "gobreaker v2's: `GET` JSON, lock, `SET` it, unlock",
    prepare: (client2, name) => client2.set(`gobreaker:{${name}}`, json2, "PX", ttl),
    async call(client2, name) {
      const key = `gobreaker:{${name}}`;
      const before = await client2.get(key);
      await client2.set(`${key}:mutex`, "token", "EX", 5, "NX");
      await client2.set(key, withSuccess(before));
      await runScript2(client2, unlock, [`${key}:mutex`], ["token"]);
    }
  },
  {
    id: "bare-scripts",
    name: "two of the barest scripts that answer a hash",
    prepare: (client2, name) => prepareHash(client2, `scripts:{${name}}`),
    async call(client2, name) {
      const key = `scripts:{${name}}`;
      await runScript2(client2, bareRead, [key], []);
      await runScript2(client2, bareRead, [key], []);
    }
  }
];
var windowOf = (buckets) => ({
  trip: failureRate({ threshold: 0.9, minimumCalls: 1e6, window: "60s", buckets })
});
var circuits = [
  { id: "ours", name: "**a strict call**", options: {} },
  { id: "ours-refused", name: "**a refused call**", options: {}, isRefused: true },
  { id: "ours-1", name: "**a strict call, window of 60 s in 1 bucket**", options: windowOf(1) },
  { id: "ours-10", name: "**a strict call, window of 60 s in 10 buckets**", options: windowOf(10) },
  { id: "ours-100", name: "**a strict call, window of 60 s in 100 buckets**", options: windowOf(100) }
];
function contestantsOn(client2) {
  return [
    ...protocols.map(({ id, name, prepare, call }) => ({
      id,
      name,
      prepare: (tenant) => prepare(client2, tenant),
      call: (tenant) => call(client2, tenant),
      close: async () => {
      }
    })),
    ...circuits.map((circuit) => ours(circuit, client2))
  ];
}
function ours({ id, name, options, isRefused = false }, client2) {
  const backend = new RedisBackend({ client: client2, prefix: id });
  const nameFor = (_, tenant) => tenant;
  const factory = new CircuitBreakerFactory({ backend, nameFor, onStorageFailure: "throw", ...options });
  return {
    id,
    name,
    prepare: (tenant) => isRefused ? factory.breakerFor("job", tenant).forceOpen({ reason: "measured" }) : factory.breakerFor("job", tenant).execute(work),
    async call(tenant) {
      const { status } = await factory.breakerFor("job", tenant).settle(work);
      if (status !== (isRefused ? "refused" : "fulfilled")) throw new Error(`${id}: ${status}`);
    },
    async close() {
      await factory.close();
      await backend.close();
    }
  };
}
function prepareHash(client2, key) {
  return client2.hset(key, {
    ...fields2,
    ...Object.fromEntries(Object.entries(counts).map(([name, value]) => [`#${name}`, value]))
  });
}

// benchmarks/src/items/redis-core/job.mjs
async function run({ url, tenants, callers, calls, rounds, compared }) {
  const client2 = await connect(url);
  await client2.flushall();
  await loadScripts(client2);
  const contestants = contestantsOn(client2).filter(({ id }) => compared?.includes(id) ?? true);
  const names = Array.from({ length: tenants }, (_, index) => `tenant-${String(index).padStart(6, "0")}`);
  for (const { prepare } of contestants) await together(names.length, callers, (index) => prepare(names[index]));
  const answers = Object.fromEntries(contestants.map(({ id, name }) => [id, { id, name, rounds: [] }]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { id, call } of contestants) {
      const before = await serverFigures(client2);
      const began = process.cpuUsage();
      await together(calls, callers, (index) => call(names[index % names.length]));
      const { user, system } = process.cpuUsage(began);
      const after = await serverFigures(client2);
      const server = (after.cpu - before.cpu) * 1e6 / calls;
      if (round >= 0) answers[id].rounds.push({ server, client: (user + system) / calls });
    }
  }
  const sequential = await oneAfterTheOther(contestants, names);
  const [key] = await client2.keys("ours:*");
  const bytes = await client2.call("MEMORY", "USAGE", key, "SAMPLES", 0);
  for (const { close } of contestants) await close();
  client2.disconnect();
  return { contestants: Object.values(answers), sequential, bytes };
}
async function oneAfterTheOther(contestants, names) {
  const [ours2, bare] = ["ours", "bare-scripts"].map((wanted) => contestants.find(({ id }) => id === wanted));
  const ratios = [];
  for (let pair = 0; pair < 31; pair += 1) {
    const [one, other] = [await wall(ours2, names), await wall(bare, names)];
    if (pair > 0) ratios.push(one / other);
  }
  return ratios.sort((one, other) => one - other)[Math.floor(ratios.length / 2)];
}
async function wall({ call }, names) {
  const began = performance.now();
  for (const name of names.slice(0, 100)) await call(name);
  return performance.now() - began;
}
async function together(count3, callers, call) {
  let next = 0;
  const caller = async () => {
    while (next < count3) await call(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

// tooling/servers/redis.mjs
import { spawn } from "node:child_process";
import { mkdtempSync as mkdtempSync2, rmSync as rmSync2, writeFileSync as writeFileSync2 } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";

// tooling/servers/redis-binary.mjs
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
function which(name) {
  const folders2 = (process.env.PATH ?? "").split(delimiter);
  return folders2.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
function redisServer() {
  const chosen = process.env.CIRCUITRY_REDIS_SERVER;
  if (chosen)
    return existsSync(chosen) ? { path: chosen } : { missing: `CIRCUITRY_REDIS_SERVER: there is no ${chosen}` };
  const found = which("redis-server") ?? which("valkey-server");
  if (found !== null) return { path: found };
  if (!isDebian())
    return { missing: "there is no redis-server in PATH, and this is not a Debian that could install it" };
  if (process.getuid?.() !== 0) return { missing: "there is no redis-server in PATH, and only root could install it" };
  try {
    install("redis-server");
  } catch (error) {
    return { missing: `there is no redis-server in PATH, and apt-get could not install it: ${error.message}` };
  }
  const path = which("redis-server");
  return path === null ? { missing: "apt-get installed redis-server, but it is not in PATH" } : { path };
}
function isDebian() {
  return existsSync("/etc/os-release") && /^ID(_LIKE)?=.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
}
function install(name) {
  const run2 = (...words) => execFileSync("apt-get", [...words, "-y", "-qq", "-o", "DPkg::Lock::Timeout=120"], {
    stdio: "pipe",
    // The package would start a server of its own on the default port.
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }
  });
  const packages = ["install", "--no-install-recommends", name];
  try {
    run2(...packages);
  } catch {
    run2("update");
    run2(...packages);
  }
}

// tooling/servers/resp.mjs
import { connect as connect2 } from "node:net";
function ask(port, ...words) {
  return new Promise((resolve, reject) => {
    const socket = connect2(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8");
    socket.setTimeout(5e3, () => socket.destroy(new Error(`no answer to ${words[0]} from port ${port}`)));
    socket.on("error", reject);
    socket.on("data", (text2) => {
      answer += text2;
      const reply = complete(answer);
      if (reply === null) return;
      socket.destroy();
      if (answer.startsWith("-")) reject(new Error(reply));
      else resolve(reply);
    });
    socket.on("close", () => reject(new Error(`the connection to port ${port} ended before ${words[0]} was answered`)));
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r
${word}\r
`);
    socket.write(`*${words.length}\r
${parts.join("")}`);
  });
}
function complete(answer) {
  const end = answer.indexOf("\r\n");
  if (end < 0) return null;
  const line = answer.slice(1, end);
  if (answer[0] !== "$") return line;
  const body = answer.slice(end + 2);
  return Buffer.byteLength(body) >= Number(line) + 2 ? Buffer.from(body).subarray(0, Number(line)).toString() : null;
}
async function until(what, condition, timeoutMs = 3e4) {
  const end = Date.now() + timeoutMs;
  for (; ; ) {
    if (await condition().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// tooling/servers/redis.mjs
var running = /* @__PURE__ */ new Set();
var folders = /* @__PURE__ */ new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync2(folder, { recursive: true, force: true });
});
async function startRedis(options = {}) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(options.port ?? await freePort(), options);
    } catch (error) {
      const isTaken = /Address already in use/i.test(error.message) && options.port === void 0;
      if (!isTaken || tries === 5) throw error;
    }
  }
}
async function startOn(port, { args = [], server = programOrThrow(), configFile }) {
  const folder = mkdtempSync2(join2(tmpdir(), "circuitry-redis-"));
  folders.add(folder);
  let child = null;
  let log = "";
  const start = async () => {
    const storage = configFile === void 0 ? ["--save", "", "--appendonly", "no"] : [];
    const file = configFile === void 0 ? [] : [configFile];
    const words = [...file, "--port", port, "--bind", "127.0.0.1", "--dir", folder, ...storage, ...args];
    child = spawn(server, words.map(String), { stdio: ["ignore", "pipe", "pipe"] });
    const mine = child;
    running.add(mine);
    mine.once("exit", () => running.delete(mine));
    for (const stream of [mine.stdout, mine.stderr]) {
      stream.on("data", (text2) => log = (log + text2).slice(-1e4));
      stream.unref();
    }
    mine.unref();
    await until(
      `redis-server on port ${port}`,
      async () => mine.exitCode !== null || isProcess(await ask(port, "INFO", "server"), mine.pid),
      6e4
    ).catch((error) => {
      throw new Error(`${error.message}
${log}`);
    });
    if (mine.exitCode !== null) throw new Error(`redis-server on port ${port} ended
${log}`);
  };
  const kill = async (signal = "SIGKILL") => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await gone;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    get log() {
      return log;
    },
    ask: (...words) => ask(port, ...words),
    start,
    kill,
    async stop() {
      await kill("SIGKILL");
      rmSync2(folder, { recursive: true, force: true });
      folders.delete(folder);
    }
  };
}
function isProcess(info, pid) {
  return info.includes(`process_id:${pid}\r
`);
}
function programOrThrow() {
  const found = redisServer();
  if ("missing" in found) throw new Error(found.missing);
  return found.path;
}
async function freePort() {
  for (; ; ) {
    const port = 12e3 + Math.floor(Math.random() * 1e4);
    if (await isFree(port) && await isFree(port + 1e4)) return port;
  }
}
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

// benchmarks/zz-run.mjs
var redis = await startRedis();
var a = await run({ url: redis.url, tenants: 5e3, callers: 64, calls: Number(process.argv[2] ?? 8e3), rounds: Number(process.argv[3] ?? 4), compared: ["bare-pair", "hgetall", "compare-and-set", "lock", "bare-scripts", "ours", "ours-refused", "ours-10"] });
for (const c of a.contestants) console.log(c.id.padEnd(18), "server", Math.min(...c.rounds.map((r) => r.server)).toFixed(2), "client", Math.min(...c.rounds.map((r) => r.client)).toFixed(2));
console.log("sequential", a.sequential.toFixed(2), "bytes", a.bytes);
await redis.stop();
process.exit();
