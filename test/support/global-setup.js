import { buildIfStale } from '../../scripts/build-if-stale.js';

/** Tests that start the server as its own process, or open the UI, use what users run: the build. */
export default function globalSetup() {
  buildIfStale();
}
