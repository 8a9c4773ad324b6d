import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStreams } from '../sse/event-streams.js';
import { readConfig } from '../config/config.js';
import { MetricsController } from './metrics.controller.js';
import { registry } from './metrics.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const table = page.split('\n## Metrics\n')[1]!.split('\n## ')[0]!;

describe('the metrics', () => {
  it('and the table of docs/operations.md are the same, with their labels', () => {
    new MetricsController(new EventStreams(readConfig({})));
    const described = [...table.matchAll(/^\| `(millrace_\w+)` \| ([a-z, ]*)\|/gm)].map(([, name, labels]) =>
      `${name} ${labels!.trim()}`.trim(),
    );
    const own = registry
      .getMetricsAsArray()
      .filter(({ name }) => name.startsWith('millrace_'))
      .map((metric) => {
        const { name, labelNames } = metric as unknown as { name: string; labelNames: string[] };
        return `${name} ${labelNames.join(', ')}`.trim();
      });
    expect(described.sort()).toEqual(own.sort());
  });
});
