import { Controller, Get } from '@nestjs/common';

/** For load balancers and people: the process is up and has brought its database to the newest schema. */
@Controller('health')
export class HealthController {
  @Get()
  health() {
    return {
      status: 'healthy',
      app_name: 'Millrace',
      version: process.env['npm_package_version'] ?? '0.1.0',
    };
  }
}
