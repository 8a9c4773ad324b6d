import { Controller, Get, Header } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { ForOperators } from '../auth/access.js';
import { EventStreams } from '../sse/event-streams.js';
import { registry } from './metrics.js';
import './process-metrics.js';

const OPEN_STREAMS = 'millrace_open_streams';

/** For Prometheus (text format 0.0.4). */
@Controller('metrics')
@ForOperators()
export class MetricsController {
  constructor(streams: EventStreams) {
    registry.removeSingleMetric(OPEN_STREAMS);
    new Gauge({
      name: OPEN_STREAMS,
      help: 'Event streams that this process is writing',
      registers: [registry],
      collect() {
        this.set(streams.size);
      },
    });
  }

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  metrics(): Promise<string> {
    return registry.metrics();
  }
}
