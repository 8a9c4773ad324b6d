import { collectDefaultMetrics } from 'prom-client';
import { registry } from './metrics.js';

/** Event loop lag, memory, CPU, handles and garbage collection, from the time that this file is first imported. */
collectDefaultMetrics({ register: registry });
