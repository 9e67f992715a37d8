/** Whole programs, each a process of its own; `beyond`: which other one it is compared with, and the goal for the difference. */
export const programs = [
  { id: 'empty', name: 'an empty program', code: '' },
  { id: 'core', name: '`@circuitry/core`', code: "import '@circuitry/core';", beyond: 'empty', limit: 8 },
  { id: 'ioredis', name: '`ioredis`', code: "import 'ioredis';", beyond: 'empty' },
  {
    id: 'redis',
    name: '`ioredis` and `@circuitry/backend-redis`',
    code: "import 'ioredis'; import '@circuitry/backend-redis';",
    beyond: 'ioredis',
    limit: 10,
  },
  { id: 'aws', name: '`@aws-sdk/client-dynamodb`', code: "import '@aws-sdk/client-dynamodb';", beyond: 'empty' },
  {
    id: 'dynamodb',
    name: '`@aws-sdk/client-dynamodb` and `@circuitry/backend-dynamodb`',
    code: "import '@aws-sdk/client-dynamodb'; import '@circuitry/backend-dynamodb';",
    beyond: 'aws',
    limit: 10,
  },
];
