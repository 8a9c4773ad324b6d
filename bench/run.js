/** `npm run bench`: builds if needed and asks every question, side by side in one run. Ratios count; absolutes are of this machine. */
import { buildIfStale } from '../scripts/build-if-stale.js';
import { throughput } from './throughput.js';

buildIfStale();
await throughput();
