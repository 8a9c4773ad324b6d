import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { LOCAL_OWNER } from './owner.js';

/** The one place that says who a request belongs to. In mode `none` that is always the local owner. */
@Injectable()
export class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<Request>().owner = LOCAL_OWNER;
    return true;
  }
}
