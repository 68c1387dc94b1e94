import type { FirebaseApp } from '@firebase/app';
import {
  collection,
  connectFirestoreEmulator,
  doc,
  type Firestore,
  type FirestoreError,
  getDocFromServer,
  getDocsFromServer,
  initializeFirestore,
  limit,
  memoryLocalCache,
  onSnapshot,
  orderBy,
  type Query,
  type QuerySnapshot,
  query,
  where,
} from '@firebase/firestore';
import { ApiError, connectionError } from '../api/errors';
import { pauseMs } from './pause';

/** A document of a collection. */
export interface Row<Data> {
  id: string;
  data: Data;
}

/** Which rows of a query, their order and number; without them all, by id. */
export interface QueryOptions {
  from?: readonly [field: string, least: number];
  orderBy?: readonly [field: string, direction: 'asc' | 'desc'];
  limit?: number;
}

/** Reads and listens; every listener goes on by itself after lost connections and tokens, and gives its unsubscriber. */
export interface FirestoreAccess {
  listenDocument<Data>(
    path: string,
    onValue: (value: Data | null) => void,
    onError: (error: ApiError) => void,
  ): () => void;
  listenQuery<Data>(
    path: string,
    options: QueryOptions,
    onRows: (rows: Row<Data>[]) => void,
    onError: (error: ApiError) => void,
  ): () => void;
  /** From the server, never from the cache. */
  read<Data>(path: string): Promise<Data | null>;
  readAll<Data>(path: string, options?: QueryOptions): Promise<Row<Data>[]>;
}

type Subscribe = (onNews: () => void, onFailure: (error: FirestoreError) => void) => () => void;

// A listener ends with its error. These pass: a token that is being renewed, a server that is being restarted.
const PASSING = ['permission-denied', 'unauthenticated', 'unavailable', 'aborted', 'internal', 'cancelled'];

// By its code: Firebase's error classes lose their prototype.
function asReadError(error: unknown): ApiError {
  if (PASSING.includes((error as { code?: string }).code ?? '')) return connectionError(error);
  return new ApiError('internal', 'Your data could not be read. Reload the page.', { cause: error });
}

function keepListening(subscribe: Subscribe, onError: (error: ApiError) => void): () => void {
  let stop = () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  const start = () => {
    stop = subscribe(
      () => {
        attempt = 0;
      },
      (error) => {
        if (PASSING.includes(error.code)) timer = setTimeout(start, pauseMs(attempt++));
        else onError(asReadError(error));
      },
    );
  };
  start();
  return () => {
    clearTimeout(timer);
    stop();
  };
}

function rowsOf<Data>(found: QuerySnapshot): Row<Data>[] {
  return found.docs.map((each) => ({ id: each.id, data: each.data() as Data }));
}

function listenDocument<Data>(
  store: Firestore,
  path: string,
  onValue: (value: Data | null) => void,
  onError: (error: ApiError) => void,
): () => void {
  const subscribe: Subscribe = (onNews, onFailure) =>
    onSnapshot(
      doc(store, path),
      { includeMetadataChanges: true },
      (found) => {
        // Offline, a document that is not in the cache "does not exist": that is not known yet.
        if (!found.exists() && found.metadata.fromCache) return;
        onNews();
        onValue(found.exists() ? (found.data() as Data) : null);
      },
      onFailure,
    );
  return keepListening(subscribe, onError);
}

function listenQuery<Data>(
  asked: Query,
  onRows: (rows: Row<Data>[]) => void,
  onError: (error: ApiError) => void,
): () => void {
  const subscribe: Subscribe = (onNews, onFailure) => {
    let told = false;
    return onSnapshot(
      asked,
      { includeMetadataChanges: true },
      (found) => {
        // The same holds for an empty result; and a change of metadata alone is no news.
        if (found.metadata.fromCache && found.empty && !told) return;
        if (told && found.docChanges().length === 0) return;
        told = true;
        onNews();
        onRows(rowsOf<Data>(found));
      },
      onFailure,
    );
  };
  return keepListening(subscribe, onError);
}

function queryOf(store: Firestore, path: string, options: QueryOptions): Query {
  return query(
    collection(store, path),
    ...(options.from ? [where(options.from[0], '>=', options.from[1])] : []),
    ...(options.orderBy ? [orderBy(...options.orderBy)] : []),
    ...(options.limit ? [limit(options.limit)] : []),
  );
}

async function reading<Value>(from: Promise<Value>): Promise<Value> {
  try {
    return await from;
  } catch (error) {
    throw asReadError(error);
  }
}

/** Opens Firestore with a cache in memory only: nothing of a user stays on the device. */
export function openFirestore(app: FirebaseApp, emulator: string | null): FirestoreAccess {
  const store = initializeFirestore(app, { localCache: memoryLocalCache() });
  if (emulator) {
    const address = new URL(`http://${emulator}`);
    connectFirestoreEmulator(store, address.hostname, Number(address.port));
  }
  return {
    listenDocument: (path, onValue, onError) => listenDocument(store, path, onValue, onError),
    listenQuery: (path, options, onRows, onError) =>
      listenQuery(queryOf(store, path, options), onRows, onError),
    read: async <Data>(path: string) => {
      const found = await reading(getDocFromServer(doc(store, path)));
      return found.exists() ? (found.data() as Data) : null;
    },
    readAll: async <Data>(path: string, options: QueryOptions = {}) =>
      rowsOf<Data>(await reading(getDocsFromServer(queryOf(store, path, options)))),
  };
}
