import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * Runs `action` before each request of a kind that `client` sends, with its number from 1. Where it throws, the request
 * is never sent.
 */
export function before(
  client: DynamoDBClient,
  command: 'PutItemCommand' | 'UpdateItemCommand',
  action: (count: number) => unknown,
): void {
  let count = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === command) await action((count += 1));
      return next(args);
    },
    { step: 'initialize' },
  );
}

/** Something that one part of a test waits for and another lets happen. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** Tells the operation of each request that `client` sends, retries included: `'GetItem'`, … */
export function countSent(client: DynamoDBClient, tell: (operation: string) => unknown): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      tell(String(context['commandName']).replace(/Command$/, ''));
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'countSent' },
  );
}
