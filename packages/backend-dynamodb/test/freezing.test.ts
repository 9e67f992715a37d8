import { describeFreezing } from './support/freezing.js';
import { describeOnEachServer } from './support/servers.js';

// A file for each server: they run side by side.
describeOnEachServer('a process that is frozen', describeFreezing, ['dynoxide', 'endpoint']);
