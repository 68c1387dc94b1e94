import { useEffect, useRef, useState } from 'preact/hooks';
import { TITLE_LIMIT } from '../contract/contract';
import { Link } from '../nav/Link';
import { threadPath } from '../nav/routes';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { rename } from './changes';
import { spent } from './spent';
import type { ThreadItem } from './threads';

/** Room that the menu of a row needs below it, in px. */
const MENU_ROOM = 160;

/** One conversation: a link, and a menu to rename or delete it. */
export function ThreadRow(props: { thread: ThreadItem; current: boolean; onDelete: () => void }) {
  const { thread, current } = props;
  const [renaming, setRenaming] = useState(false);
  const [up, setUp] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const measure = () => {
    const list = row.current?.closest('.threads-scroll')?.getBoundingClientRect();
    const bottom = row.current?.getBoundingClientRect().bottom ?? 0;
    setUp(list !== undefined && bottom + MENU_ROOM > list.bottom && bottom - list.top > 2 * MENU_ROOM);
  };
  const endRenaming = (byKey: boolean) => {
    setRenaming(false);
    if (!byKey) return; // the focus is where the user has put it
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>('.thread-link')?.focus());
  };
  if (renaming) {
    return (
      <li ref={row} class="thread">
        <TitleField thread={thread} onEnd={endRenaming} />
      </li>
    );
  }
  return (
    <li ref={row} class="thread" onPointerEnter={measure} onFocusIn={measure}>
      <Link href={threadPath(thread.id)} class="thread-link" current={current} title={thread.title}>
        <span class="thread-title">{thread.title}</span>
        {thread.running && (
          <span class="thread-running">
            <span class="visually-hidden">is being answered</span>
          </span>
        )}
      </Link>
      <Menu
        label={`Rename or delete ${thread.title}`}
        class="icon-button small thread-more"
        up={up}
        head={spent.value?.threadId === thread.id ? spent.value.words : null}
        items={[
          { label: 'Rename', icon: <Icon name="pencil" />, run: () => setRenaming(true) },
          { label: 'Delete', icon: <Icon name="trash" />, danger: true, run: props.onDelete },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </li>
  );
}

/** Enter and leaving the field keep the title, Escape does not. */
function TitleField({ thread, onEnd }: { thread: ThreadItem; onEnd: (byKey: boolean) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean, byKey: boolean) => {
    if (ended.current) return;
    ended.current = true;
    if (keep) void rename(thread, field.current?.value ?? '');
    onEnd(byKey);
  };
  return (
    <input
      ref={field}
      class="input thread-field"
      aria-label="Name of the conversation"
      defaultValue={thread.title}
      maxLength={TITLE_LIMIT}
      onBlur={() => end(true, false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.isComposing) return;
        if (event.key === 'Enter') end(true, true);
        else if (event.key === 'Escape') end(false, true);
      }}
    />
  );
}
