import * as z from 'zod/mini';

// What is read of DynamoDB's answers about a table, and how it must look there. Something between may answer otherwise.
// Functions: a program that makes no table does not pay for them when it starts.

/** The key of a table or an index. */
export interface Keyed {
  readonly KeySchema?: readonly { readonly AttributeName: string; readonly KeyType: string }[] | undefined;
  readonly AttributeDefinitions?:
    readonly { readonly AttributeName: string; readonly AttributeType: string }[] | undefined;
}

/** A table. One that is just being made may not say all of itself yet. */
export interface FoundTable extends Keyed {
  readonly TableStatus: string;
  readonly TableArn?: string | undefined;
  readonly BillingModeSummary?: { readonly BillingMode?: string | undefined } | undefined;
  readonly ProvisionedThroughput?:
    { readonly ReadCapacityUnits?: number | undefined; readonly WriteCapacityUnits?: number | undefined } | undefined;
  readonly GlobalSecondaryIndexes?:
    | readonly (Pick<Keyed, 'KeySchema'> & {
        readonly IndexName: string;
        readonly IndexStatus?: string | undefined;
      })[]
    | undefined;
}

const text = (): z.ZodMiniType<string | undefined> => z.optional(z.string());
const units = (): z.ZodMiniType<number | undefined> => z.optional(z.number());
const key = (): z.ZodMiniType<Keyed['KeySchema']> =>
  z.optional(z.array(z.object({ AttributeName: z.string(), KeyType: z.string() })));

/** Of `DescribeTable`. */
export const describedTable = (): z.ZodMiniType<{ readonly Table: FoundTable }> =>
  z.object({
    Table: z.object({
      TableStatus: z.string(),
      TableArn: text(),
      BillingModeSummary: z.optional(z.object({ BillingMode: text() })),
      ProvisionedThroughput: z.optional(z.object({ ReadCapacityUnits: units(), WriteCapacityUnits: units() })),
      KeySchema: key(),
      AttributeDefinitions: z.optional(z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() }))),
      GlobalSecondaryIndexes: z.optional(
        z.array(z.object({ IndexName: z.string(), IndexStatus: text(), KeySchema: key() })),
      ),
    }),
  });

/** Of `DescribeTimeToLive`. */
export const describedTimeToLive = (): z.ZodMiniType<{
  readonly TimeToLiveDescription: {
    readonly TimeToLiveStatus?: string | undefined;
    readonly AttributeName?: string | undefined;
  };
}> => z.object({ TimeToLiveDescription: z.object({ TimeToLiveStatus: text(), AttributeName: text() }) });

/** Of `UpdateTimeToLive`. */
export const updatedTimeToLive = (): z.ZodMiniType<{
  readonly TimeToLiveSpecification: { readonly Enabled: true };
}> => z.object({ TimeToLiveSpecification: z.object({ Enabled: z.literal(true) }) });

/** Of `DescribeContinuousBackups` and `UpdateContinuousBackups`. */
export const describedBackups = (): z.ZodMiniType<{
  readonly ContinuousBackupsDescription: {
    readonly PointInTimeRecoveryDescription: { readonly PointInTimeRecoveryStatus: string };
  };
}> =>
  z.object({
    ContinuousBackupsDescription: z.object({
      PointInTimeRecoveryDescription: z.object({ PointInTimeRecoveryStatus: z.string() }),
    }),
  });
