import type { Page } from 'playwright-core';
import type { Harness } from '../../client/src/markdown/testing/harness-api.js';

export const MARKDOWN_PAGE = 'client/src/markdown/testing/page.html';
/** The policy that the server sends with the UI, without what a test page does not need. */
export const UI_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Calls a function of the test page's harness. */
export async function call<M extends keyof Harness>(
  page: Page,
  method: M,
  ...args: Parameters<Harness[M]>
): Promise<Awaited<ReturnType<Harness[M]>>> {
  const result: unknown = await page.evaluate(
    ([name, values]) => {
      const { harness } = globalThis as unknown as {
        harness: Record<string, (...values: unknown[]) => unknown>;
      };
      return harness[name]?.(...values);
    },
    [method, args] as [string, unknown[]],
  );
  return result as Awaited<ReturnType<Harness[M]>>;
}
