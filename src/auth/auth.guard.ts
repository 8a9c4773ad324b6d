import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { CONFIG, type Config } from '../config/config.js';
import { ACCESS, type Access } from './access.js';
import { Refusal } from './authenticator.js';
import { bearerToken, secretsEqual } from './credentials.js';
import { Identification } from './identification.js';

/** The one guard of all routes. A route that says nothing of its access belongs to owners. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identification: Identification,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets) ?? 'owner';
    if (access === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    // What one user may see is not for the caches of others (RFC 9111 §3.5).
    response.setHeader('cache-control', 'no-store');
    if (access === 'operator') this.#requireOperator(request, response);
    else await this.identification.owner(request, response);
    return true;
  }

  /** METRICS_TOKEN as a bearer token; in mode `none`, where only this machine is served, nothing is asked. */
  #requireOperator(request: Request, response: Response): void {
    const { AUTH_MODE: mode, METRICS_TOKEN: expected } = this.config;
    if (mode === 'none' && expected === undefined) return;
    try {
      const token = bearerToken(request);
      if (token === undefined) throw new Refusal('no_credential');
      if (expected === undefined || !secretsEqual(token, expected)) throw new Refusal('wrong_token');
    } catch (error) {
      throw this.identification.refused(error, request, response);
    }
  }
}
