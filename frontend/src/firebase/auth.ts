import { part } from '../api/part';
import { once } from '../lib/once';
import { loadApp } from './app';
import type { AuthAccess } from './authChunk';

export type { AuthAccess, AuthUser, KeepGuest } from './authChunk';

/** Firebase Auth with the user of the last visit, if there is one; its code is loaded on first use. */
export const loadAuth: () => Promise<AuthAccess> = once(async () => {
  const [{ openAuth }, { app, emulators }] = await Promise.all([part(import('./authChunk')), loadApp()]);
  return openAuth(app, emulators?.auth ?? null);
});
