import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import type { Draft } from './draft.js';
import { check, type Check } from './faults.js';

/** A moment after the last key. */
const PAUSE_MS = 350;

/** What the server finds wrong with a draft; `undefined` before its first answer. */
export function useCheck<Config>(
  kind: 'graphs' | 'agents',
  draft: Draft<Config>,
): ReadonlySignal<Check | undefined> {
  const { fetch } = useApp();
  const found = useSignal<Check | undefined>(undefined);
  const text = draft.text.value;
  useEffect(() => {
    if (draft.broken.peek()) return undefined;
    let isLast = true;
    const timer = setTimeout(() => {
      void check(fetch, kind, draft.document).then((answer) => {
        if (isLast) found.value = answer;
      });
    }, PAUSE_MS);
    return () => {
      isLast = false;
      clearTimeout(timer);
    };
  }, [text, draft, fetch, kind, found]);
  return found;
}
