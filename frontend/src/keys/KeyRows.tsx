import { useEffect, useRef, useState } from 'preact/hooks';
import { asApiError } from '../api/errors';
import type { KeyReply } from '../contract/contract';
import { Icon } from '../ui/Icon';
import { SupportId } from '../ui/SupportId';
import { toast } from '../ui/toasts';
import type { KeyList } from './keyList';
import { lifeInWords } from './keyUse';

/** The keys in a list, and the way to another one; `takesFocus`: the user comes back to it. */
export function KeyRows(props: { list: KeyList; takesFocus: boolean; onMake: () => void }) {
  const { list, takesFocus, onMake } = props;
  const make = useRef<HTMLButtonElement>(null);
  const { state } = list;
  useEffect(() => {
    if (takesFocus) make.current?.focus();
  }, []);
  return (
    <>
      <p class="keys-hint">
        With a key, your programs send usage data to Apex by themselves. It opens nothing else.
      </p>
      {state.at === 'reading' && <p role="status">Reading your keys…</p>}
      {state.at === 'failed' && (
        <div class="notice bad" role="alert">
          <div>
            <p>Your keys could not be read. {state.error.message}</p>
            {state.error.supportId && <SupportId id={state.error.supportId} />}
          </div>
          <button type="button" class="button small" onClick={list.read}>
            Try again
          </button>
        </div>
      )}
      {state.at === 'read' && state.keys.length === 0 && <p>You have no keys yet.</p>}
      {state.at === 'read' && state.keys.length > 0 && (
        <ul class="keys-list" aria-label="Your keys">
          {state.keys.map((each) => (
            <KeyRow
              key={each.key_id}
              item={each}
              remove={async () => {
                await list.remove(each.key_id);
                make.current?.focus(); // what had the focus has left
              }}
            />
          ))}
        </ul>
      )}
      <div class="dialog-actions">
        <button
          type="button"
          class="button primary"
          ref={make}
          disabled={state.at !== 'read'}
          onClick={onMake}
        >
          <Icon name="plus" />
          Make a key
        </button>
      </div>
    </>
  );
}

function KeyRow({ item, remove }: { item: KeyReply; remove: () => Promise<void> }) {
  const [removing, setRemoving] = useState(false);
  const trash = useRef<HTMLButtonElement>(null);
  const keep = () => {
    setRemoving(false);
    requestAnimationFrame(() => trash.current?.focus());
  };
  if (removing) return <Removal item={item} remove={remove} onKeep={keep} />;
  return (
    <li class="keys-row">
      <p class="keys-name">{item.name}</p>
      <p class="keys-facts num">
        <span class="keys-kind-of">{item.live ? 'Live data' : 'Files'}</span>
        <span>
          ends in <code>{item.last_four}</code>
        </span>
      </p>
      <p class="keys-facts num">{lifeInWords(item)}</p>
      <button
        type="button"
        ref={trash}
        class="icon-button small keys-remove"
        aria-label={`Delete ${item.name}`}
        onClick={() => setRemoving(true)}
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}

function Removal(props: { item: KeyReply; remove: () => Promise<void>; onKeep: () => void }) {
  const { item, remove, onKeep } = props;
  const [busy, setBusy] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const go = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await remove();
      toast(`“${item.name}” is deleted.`);
    } catch (error) {
      setBusy(false);
      toast(`“${item.name}” was not deleted. ${asApiError(error).message}`);
    }
  };
  return (
    <li class="keys-row keys-removal">
      <p>
        Delete “{item.name}” (ends in <code>{item.last_four}</code>)? Programs that use it are refused from
        now on.
      </p>
      <div class="dialog-actions">
        <button type="button" class="button small" ref={keep} onClick={onKeep}>
          Keep it
        </button>
        <button type="button" class="button small danger" aria-disabled={busy} onClick={() => void go()}>
          {busy ? 'Deleting…' : 'Delete'}
        </button>
      </div>
    </li>
  );
}
