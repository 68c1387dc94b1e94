import { part } from '../api/part';
import { once } from '../lib/once';
import { loadApp } from './app';
import type { FirestoreAccess } from './firestoreChunk';

export type { FirestoreAccess, QueryOptions, Row } from './firestoreChunk';

/** The user's documents; the code is loaded on first use. */
export const loadFirestore: () => Promise<FirestoreAccess> = once(async () => {
  const [{ openFirestore }, { app, emulators }] = await Promise.all([
    part(import('./firestoreChunk')),
    loadApp(),
  ]);
  return openFirestore(app, emulators?.firestore ?? null);
});
