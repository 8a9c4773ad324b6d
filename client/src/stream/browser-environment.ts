import { decodeFrame } from '../../../src/protocol/native-frame-decoder.js';
import type { StreamEnvironment } from './environment.js';

export const browserEnvironment: StreamEnvironment = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  onWake(callback) {
    const whenVisible = (): void => {
      if (!document.hidden) callback();
    };
    addEventListener('online', callback);
    document.addEventListener('visibilitychange', whenVisible);
    return () => {
      removeEventListener('online', callback);
      document.removeEventListener('visibilitychange', whenVisible);
    };
  },
  decoder: () => ({ decode: decodeFrame }),
};
