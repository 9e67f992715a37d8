import { describeConformance } from './support/conformance.js';
import { describeOnEachServer } from './support/servers.js';

// A file for each server: they run side by side.
describeOnEachServer('DynamoDBBackend', describeConformance, ['dynoxide', 'endpoint']);
