import type { FirebaseApp } from '@firebase/app';
import { part } from '../api/part';
import { once } from '../lib/once';
import { type Emulators, loadBackend } from './config';

/** The one Firebase app of the page, and its emulators if it has any. */
export interface OpenApp {
  app: FirebaseApp;
  emulators: Emulators | null;
}

/** Opens the app, once. */
export const loadApp = once(async (): Promise<OpenApp> => {
  const [{ openApp }, { config, emulators }] = await Promise.all([part(import('./appChunk')), loadBackend()]);
  return { app: openApp(config), emulators };
});
