import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { App } from '../state/app.js';

const AppContext = createContext<App | null>(null);

export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('useApp needs an AppProvider above it');
  return app;
}
