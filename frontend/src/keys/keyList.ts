import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../api/call';
import { type ApiError, asApiError } from '../api/errors';
import type { DeleteKeyReply, KeyReply, KeyRequest, KeysReply, NewKeyReply } from '../contract/contract';

/** The account's keys as far as they are known, the newest first. */
export type KeyListState =
  | { at: 'reading' }
  | { at: 'failed'; error: ApiError }
  | { at: 'read'; keys: readonly KeyReply[] };

/** The keys, and what can be done about them; `make` and `remove` raise ApiError. */
export interface KeyList {
  state: KeyListState;
  read: () => void;
  make: (request: KeyRequest) => Promise<NewKeyReply>;
  remove: (keyId: string) => Promise<void>;
}

/** The keys of this account: read when first shown, and again when the tab or the connection comes back. */
export function useKeyList(uid: string): KeyList {
  const [state, setState] = useState<KeyListState>({ at: 'reading' });
  const newest = useRef(0);
  const change = (edit: (keys: readonly KeyReply[]) => readonly KeyReply[]) => {
    newest.current += 1; // a list that was asked for before does not know of it
    setState((now) => (now.at === 'read' ? { at: 'read', keys: edit(now.keys) } : now));
  };
  const read = () => {
    const turn = ++newest.current;
    setState((now) => (now.at === 'failed' ? { at: 'reading' } : now));
    readKeys(uid).then(
      (keys) => turn === newest.current && setState({ at: 'read', keys }),
      (error: unknown) => {
        if (turn !== newest.current) return;
        setState((now) => (now.at === 'read' ? now : { at: 'failed', error: asApiError(error) }));
      },
    );
  };
  useReadOnReturn(read);
  return {
    state,
    read,
    make: async (request) => {
      try {
        const made = await call<NewKeyReply>('POST', '/api/keys', { as: uid, json: request });
        change((keys) => [made.key, ...keys]);
        return made;
      } catch (error) {
        read(); // it may have been made, and only the reply was lost
        throw error;
      }
    },
    remove: async (keyId) => {
      await deleteKey(uid, keyId);
      change((keys) => keys.filter(({ key_id }) => key_id !== keyId));
    },
  };
}

async function readKeys(uid: string): Promise<readonly KeyReply[]> {
  const { keys } = await call<KeysReply>('GET', '/api/keys', { as: uid });
  return keys.toReversed();
}

async function deleteKey(uid: string, keyId: string): Promise<void> {
  try {
    await call<DeleteKeyReply>('DELETE', `/api/keys/${keyId}`, { as: uid });
  } catch (error) {
    if (asApiError(error).code !== 'key_not_found') throw error; // another tab deleted it
  }
}

function useReadOnReturn(read: () => void): void {
  useEffect(() => {
    read();
    const onShown = () => document.visibilityState === 'visible' && read();
    document.addEventListener('visibilitychange', onShown);
    addEventListener('online', read);
    return () => {
      document.removeEventListener('visibilitychange', onShown);
      removeEventListener('online', read);
    };
  }, []);
}
