import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** Who a request belongs to. Part of the key of every query: another owner's object does not exist. */
export interface Owner {
  tenant_id: string;
  user_id: string;
}

/** Visible ASCII without the comma, which joins the values of headers that came twice. */
const IDENTITY = /^[\x21-\x2b\x2d-\x7e]{1,128}$/;

/** Whether a text may be the id of a tenant or a user. */
export function isIdentity(text: string): boolean {
  return IDENTITY.test(text);
}

/** The one owner while AUTH_MODE is `none`. */
export const LOCAL_OWNER: Owner = { tenant_id: 'local', user_id: 'local' };

declare module 'express' {
  interface Request {
    /** Set by the guard, before any handler runs. */
    owner?: Owner;
  }
}

/** The owner of this request. */
export const CurrentOwner = createParamDecorator((_: unknown, context: ExecutionContext): Owner => {
  const { owner } = context.switchToHttp().getRequest<Request>();
  if (!owner) throw new Error('A handler that needs an owner ran before the guard');
  return owner;
});
