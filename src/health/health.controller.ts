import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Public } from '../auth/access.js';
import { PROBLEM_TYPE, problemOf } from '../http/problem.js';
import { MillraceError } from '../protocol/error-code.js';
import { ReadinessService } from './readiness.service.js';
import { Stores } from './stores.js';
import { readVersion } from './version.js';

export interface Health {
  status: 'healthy';
  app_name: 'Millrace';
  version: string;
  /** What each store survives: `database`, `log`. */
  stores: Record<string, string>;
}

export interface Liveness {
  status: 'alive';
}

export interface Readiness {
  status: 'ready';
  checks: Record<string, 'up'>;
}

/** For load balancers, orchestrators and people. Everybody may ask; the answers tell names and states, no more. */
@Controller('health')
@Public()
export class HealthController {
  readonly #version = readVersion();

  constructor(
    private readonly readiness: ReadinessService,
    private readonly stores: Stores,
  ) {}

  /** The process is up and has brought its database to the newest schema. */
  @Get()
  health(): Health {
    const stores = this.stores.report();
    return { status: 'healthy', app_name: 'Millrace', version: this.#version, stores };
  }

  /** The process answers. It asks no dependency: restarting does not bring a database back. */
  @Get('live')
  live(): Liveness {
    return { status: 'alive' };
  }

  /**
   * 200 when this instance may be sent requests, else a problem with 503. It is written here, because an error that every probe
   * meets is not one to log every time.
   */
  @Get('ready')
  async ready(@Res() response: Response): Promise<void> {
    const { status, checks } = await this.readiness.report();
    response.setHeader('cache-control', 'no-store');
    if (status === 'ready') {
      response.json({ status, checks });
      return;
    }
    const code = status === 'draining' ? 'shutting_down' : 'not_ready';
    const problem = problemOf(new MillraceError(code, { members: { checks } }), '/health/ready');
    response.status(503).setHeader('content-type', PROBLEM_TYPE).end(problem.body);
  }
}
