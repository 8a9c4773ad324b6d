import { Controller, Get } from '@nestjs/common';
import { readVersion } from './version.js';

export interface Health {
  status: 'healthy';
  app_name: 'Millrace';
  version: string;
}

/** For load balancers and people: the process is up and has brought its database to the newest schema. */
@Controller('health')
export class HealthController {
  readonly #version = readVersion();

  @Get()
  health(): Health {
    return { status: 'healthy', app_name: 'Millrace', version: this.#version };
  }
}
