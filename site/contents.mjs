/**
 * The site's guides, in the order in which they are read. A document that no section names is found under the last one:
 * nobody has to put it here.
 */
export const sections = [
  { text: 'Begin', documents: ['why', 'five-minutes', 'concepts', 'choosing-options'] },
  { text: 'Your jobs', documents: ['queues', 'bullmq', 'sqs', 'http', 'errors', 'testing-your-app'] },
  { text: 'Running it', documents: ['operations', 'dashboard', 'cli', 'telemetry', 'otel', 'performance', 'scaling'] },
  { text: 'Stores', documents: ['redis', 'dynamodb', 'writing-a-backend', 'storage-contract', 'fault-injection'] },
  { text: 'Coming from elsewhere', documents: ['migrating'] },
  { text: 'How it is made', documents: ['architecture'] },
];
