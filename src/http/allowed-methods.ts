import type { Request } from 'express';
import { METHODS } from 'node:http';

interface RouterLayer {
  route?: { methods: Record<string, boolean> };
  match(path: string): boolean;
}

/** The other methods that the router has for the path of a request; empty when there is nothing at this path. */
export function allowedMethods(request: Request): string[] {
  const { stack } = request.app.router as unknown as { stack: RouterLayer[] };
  const methods = stack.flatMap((layer) =>
    layer.route && layer.match(request.path) ? methodsOf(layer.route.methods) : [],
  );
  if (methods.includes('GET')) methods.push('HEAD');
  return [...new Set(methods)].filter((method) => method !== request.method);
}

/** A route of all methods is middleware (the logger's) and says nothing about the path. */
function methodsOf(methods: Record<string, boolean>): string[] {
  const names = Object.keys(methods).map((method) => method.toUpperCase());
  return names.length >= METHODS.length - 1 || names.includes('_ALL') ? [] : names;
}
