export { clauseFamilies, clauses } from './clauses/clauses.js';
export type { Clause, ClauseFamily } from './clauses/clause.js';
export { checks } from './checks/checks.js';
export type { Check, CheckContext, Need } from './conformance/check.js';
export type { OpenStore, Outage, StorageHarness } from './conformance/harness.js';
export { runConformance, type ConformanceOptions } from './conformance/run-conformance.js';
export type { CheckResult, ConformanceReport } from './conformance/report.js';
export { describeStorageBackend, type DescribeOptions } from './faces/describe-storage-backend.js';
export { VirtualClock } from '@circuitry/core/testing';
