import { closedCalls } from './items/closed-calls/item.mjs';
import { rejections } from './items/rejections/item.mjs';
import { hotCircuit } from './items/hot-circuit/item.mjs';
import { tenants } from './items/tenants/item.mjs';
import { manyCircuits } from './items/many-circuits/item.mjs';
import { propagation } from './items/propagation/item.mjs';
import { windows } from './items/windows/item.mjs';
import { redisCore } from './items/redis-core/item.mjs';
import { dynamodb } from './items/dynamodb/item.mjs';
import { startup } from './items/startup/item.mjs';
import { inFlight } from './items/in-flight/item.mjs';
import { turns } from './items/turns/item.mjs';
import { troubled } from './items/troubled/item.mjs';
import { simulation } from './scaling/simulation.mjs';

/**
 * What is measured. Each item knows its title, the servers that it needs, how to measure it (numbers only), the ratios
 * that the guard watches, the goals that it was given, and how to show its numbers; `comparesPeers`: with other libraries.
 */
export const items = [
  closedCalls,
  rejections,
  hotCircuit,
  tenants,
  manyCircuits,
  propagation,
  windows,
  dynamodb,
  redisCore,
  startup,
  inFlight,
  turns,
  simulation,
  troubled,
];
