import type { FirebaseApp } from '@firebase/app';
import {
  collection,
  connectFirestoreEmulator,
  type DocumentReference,
  type DocumentSnapshot,
  disableNetwork,
  doc,
  enableNetwork,
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
import { type Question, stallWatch } from './stall';

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

/** Reads and listens; a listener returns its unsubscriber, and has ended once it reports an error. */
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

// A listener ends with its error. These pass: a token that is being renewed, a server that is being restarted.
const PASSING = ['permission-denied', 'unauthenticated', 'unavailable', 'aborted', 'internal', 'cancelled'];

// By its code: Firebase's error classes lose their prototype.
function asReadError(error: unknown): ApiError {
  if (PASSING.includes((error as { code?: string }).code ?? '')) return connectionError(error);
  return new ApiError('internal', 'Your data could not be read. Reload the page.', {
    retryable: false,
    cause: error,
  });
}

function rowsOf<Data>(snapshot: QuerySnapshot): Row<Data>[] {
  return snapshot.docs.map((each) => ({ id: each.id, data: each.data() as Data }));
}

/** A document; offline, one that is not in the cache "does not exist": that is not passed on. */
function listenDocument<Data>(
  { question, at }: { question: Question; at: DocumentReference },
  onValue: (value: Data | null) => void,
  onError: (error: ApiError) => void,
): () => void {
  const onSnap = (snapshot: DocumentSnapshot) => {
    if (!snapshot.metadata.fromCache) question.heard();
    else if (!snapshot.exists()) return;
    onValue(snapshot.exists() ? (snapshot.data() as Data) : null);
  };
  return closing(
    question,
    onSnapshot(at, { includeMetadataChanges: true }, onSnap, failing(question, onError)),
  );
}

/** The same holds for an empty result; and a change of metadata alone is no news. */
function listenQuery<Data>(
  { question, at }: { question: Question; at: Query },
  onRows: (rows: Row<Data>[]) => void,
  onError: (error: ApiError) => void,
): () => void {
  let hasNews = false;
  const onSnap = (snapshot: QuerySnapshot) => {
    if (!snapshot.metadata.fromCache) question.heard();
    else if (snapshot.empty && !hasNews) return;
    if (hasNews && snapshot.docChanges().length === 0) return;
    hasNews = true;
    onRows(rowsOf<Data>(snapshot));
  };
  return closing(
    question,
    onSnapshot(at, { includeMetadataChanges: true }, onSnap, failing(question, onError)),
  );
}

function failing(question: Question, onError: (error: ApiError) => void): (error: FirestoreError) => void {
  return (error) => {
    question.dropped();
    onError(asReadError(error));
  };
}

function closing(question: Question, unsubscribe: () => void): () => void {
  return () => {
    question.dropped();
    unsubscribe();
  };
}

function queryOf(store: Firestore, path: string, options: QueryOptions): Query {
  return query(
    collection(store, path),
    ...(options.from ? [where(options.from[0], '>=', options.from[1])] : []),
    ...(options.orderBy ? [orderBy(...options.orderBy)] : []),
    ...(options.limit ? [limit(options.limit)] : []),
  );
}

/** A read is asked a second time when it was the reconnection that ended it. */
async function reading<Value>(link: Link, read: () => Promise<Value>): Promise<Value> {
  const question = link.asked();
  const before = link.reconnected();
  try {
    return await read().catch(async (error: unknown) => {
      if (link.reconnected() === before) throw error;
      await link.reconnected();
      return read();
    });
  } catch (error) {
    throw asReadError(error);
  } finally {
    question.heard();
  }
}

/** The way to the server, which all listeners and reads of the page share. */
interface Link {
  asked(): Question;
  /** The last reconnection; another one once the stream has been restarted. */
  reconnected(): Promise<void>;
}

function openLink(store: Firestore): Link {
  let reconnected = Promise.resolve();
  const asked = stallWatch(() => {
    reconnected = disableNetwork(store).then(() => enableNetwork(store));
  });
  return { asked, reconnected: () => reconnected };
}

/** Opens Firestore with a cache in memory only: nothing of a user stays on the device. */
export function openFirestore(app: FirebaseApp, emulator: string | null): FirestoreAccess {
  const store = initializeFirestore(app, { localCache: memoryLocalCache() });
  if (emulator) {
    const address = new URL(`http://${emulator}`);
    connectFirestoreEmulator(store, address.hostname, Number(address.port));
  }
  const link = openLink(store);
  return {
    listenDocument: (path, onValue, onError) =>
      listenDocument({ question: link.asked(), at: doc(store, path) }, onValue, onError),
    listenQuery: (path, options, onRows, onError) =>
      listenQuery({ question: link.asked(), at: queryOf(store, path, options) }, onRows, onError),
    read: async <Data>(path: string) => {
      const snapshot = await reading(link, () => getDocFromServer(doc(store, path)));
      return snapshot.exists() ? (snapshot.data() as Data) : null;
    },
    readAll: async <Data>(path: string, options: QueryOptions = {}) =>
      rowsOf<Data>(await reading(link, () => getDocsFromServer(queryOf(store, path, options)))),
  };
}
