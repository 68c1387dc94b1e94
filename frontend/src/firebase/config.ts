import { ApiError, connectionError } from '../api/errors';

/** What hosting says about the project: the same bundle runs in every environment. */
export interface FirebaseConfig {
  projectId: string;
  apiKey: string;
  authDomain: string;
}

/** Where the local platform's emulators listen: `auth` an address, `firestore` host and port. */
export interface Emulators {
  auth: string;
  firestore: string;
}

/** The project to talk to; `emulators` only for a local demo project. */
export interface Backend {
  config: FirebaseConfig;
  emulators: Emulators | null;
}

async function json<Value>(path: string): Promise<Value> {
  let response: Response;
  try {
    response = await fetch(path);
  } catch (cause) {
    throw connectionError(cause);
  }
  if (!response.ok) {
    const message = 'Apex cannot be started right now. Try again in a moment.';
    throw new ApiError('unreachable', message, { status: response.status });
  }
  return response.json() as Promise<Value>;
}

/** Reads the project's configuration from hosting. */
export async function loadBackend(): Promise<Backend> {
  const config = await json<FirebaseConfig>('/__/firebase/init.json');
  const local = config.projectId.startsWith('demo-');
  return { config, emulators: local ? await json<Emulators>('/emulators.json') : null };
}
