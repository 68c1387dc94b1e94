import { type FirebaseApp, initializeApp } from '@firebase/app';
import type { FirebaseConfig } from './config';

/** Loaded on first use. */
export function openApp(config: FirebaseConfig): FirebaseApp {
  return initializeApp({ ...config });
}
