import { signal } from '@preact/signals';
import { h, type ComponentChild, type FunctionComponent } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { App } from '../state/app.js';
import { useApp } from './app-context.js';
import { Loading } from './states.js';

/** The properties of the components of a part, with the name of the component. */
type PieceProps<Part> = {
  [Name in keyof Part]: Part[Name] extends (props: infer Props) => ComponentChild
    ? { is: Name; waiting?: boolean } & Props
    : never;
}[keyof Part];

/** A part of the page that is not needed at first. */
export function later<Part extends object>(fetchPart: () => Promise<Part>) {
  const loaded = signal<Part | undefined>(undefined);

  /** Rejects when the server cannot be reached. */
  const load = async (): Promise<Part> => (loaded.value = await fetchPart());

  /** Does something with the part; says so when it cannot be loaded. */
  const withPart = async (app: App, act: (part: Part) => unknown): Promise<void> => {
    let part: Part;
    try {
      part = await load();
    } catch {
      app.notices.fail(t('panelFailed'));
      return;
    }
    await act(part);
  };

  /** A component of the part, `is` its name; until the part is loaded nothing, or with `waiting` a word. */
  const Piece = ({ is, waiting, ...props }: PieceProps<Part>) => {
    const app = useApp();
    useEffect(() => void withPart(app, () => undefined), [app]);
    const part = loaded.value;
    if (part) return h(part[is] as FunctionComponent, props);
    return waiting === true ? <Loading text={t('loading')} /> : null;
  };
  return { load, withPart, Piece };
}
