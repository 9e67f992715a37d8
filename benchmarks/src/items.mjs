import { closedCalls } from './items/closed-calls/item.mjs';
import { rejections } from './items/rejections/item.mjs';
import { hotCircuit } from './items/hot-circuit/item.mjs';
import { tenants } from './items/tenants/item.mjs';
import { manyCircuits } from './items/many-circuits/item.mjs';
import { propagation } from './items/propagation/item.mjs';
import { windows } from './items/windows/item.mjs';
import { redisCore } from './items/redis-core/item.mjs';
import { dynamodb } from './items/dynamodb/item.mjs';

/**
 * What is measured. Each item knows its title, the servers that it needs, how to measure it (numbers only), the ratios
 * that the guard watches, the goals that it was given, and how to show its numbers.
 */
export const items = [
  closedCalls,
  rejections,
  hotCircuit,
  tenants,
  manyCircuits,
  propagation,
  windows,
  redisCore,
  dynamodb,
];
