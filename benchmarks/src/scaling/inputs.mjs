/** What the calculation takes from elsewhere. Prices are US East (N. Virginia), on demand, without discounts. */
export const inputs = {
  coreHour: {
    value: 0.0408,
    text: 'a processor core and 4 GiB for an hour',
    source:
      '[EC2 `m7g.large`, $0.0816 for two](https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/), June 2026',
  },
  ecpu: {
    value: 0.0023,
    text: 'a million units of ElastiCache Serverless for Valkey',
    source:
      '[usage.ai](https://www.usage.ai/blogs/aws/database-savings-plans/elasticache/serverless-pricing/), June 2026; a command of up to 1 KB is one unit, and a script that runs longer is more',
  },
  cacheGigabyteHour: {
    value: 0.084,
    text: 'a GB of it for an hour',
    source: 'the same',
  },
  readUnits: {
    value: 0.125,
    text: 'a million read request units of DynamoDB, on demand',
    source:
      '[AWS](https://aws.amazon.com/dynamodb/pricing/on-demand/), as [quoted](https://airbyte.com/data-engineering-resources/dynamodb-pricing) in 2026; a consistent read of up to 4 KB is one',
  },
  writeUnits: {
    value: 0.625,
    text: 'a million write request units',
    source: 'the same; a write of up to 1 KB is one',
  },
};

/** What DynamoDB allows, units a second. */
export const limits = {
  partition: {
    reads: 3_000,
    writes: 1_000,
    source: 'https://repost.aws/knowledge-center/on-demand-table-throttling-dynamodb',
  },
  table: 40_000,
  tableSource: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
};

/** How much of a core of Redis is used at most: the rest is for bursts, a failover, and what else runs there. */
export const usable = 0.6;

export const hoursPerMonth = 730;
