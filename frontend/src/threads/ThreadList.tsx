import './threads.css';
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { route, threadPath } from '../nav/routes';
import { Icon } from '../ui/Icon';
import { deleteThread } from './changes';
import { groupByDay, matching } from './groups';
import { ThreadRow } from './ThreadRow';
import { showOlderThreads, type ThreadItem, threads } from './threads';

/** From so many conversations on there is a search box. */
const SEARCH_FROM = 8;

const today = signal(new Date());
document.addEventListener('visibilitychange', () => {
  today.value = new Date(); // the page may have been open since yesterday
});

/** The user's conversations by day: search, rename, delete; arrow keys move between them. */
export function ThreadList() {
  const [search, setSearch] = useState('');
  const list = useRef<HTMLElement>(null);
  const focusNext = useFocusAfterDelete(list);
  const { loaded, items, hasOlder } = threads.value;
  const focusFirstOlder = useFocusOnOlder(list, items.length);
  const here = route.value.name === 'thread' ? route.value.id : null;
  const searchable = items.length >= SEARCH_FROM || search !== '';
  const found = searchable ? matching(items, search) : items;
  const remove = (thread: ThreadItem) => {
    focusNext(thread.id);
    deleteThread(thread);
  };
  return (
    <nav
      class="threads"
      aria-label="Conversations"
      ref={list}
      onKeyDown={(event) => move(event, list.current)}
    >
      {searchable && <Search value={search} onChange={setSearch} />}
      <div class="threads-scroll">
        {loaded && items.length === 0 && <p class="threads-hint">Your conversations will be listed here.</p>}
        {found.length === 0 && items.length > 0 && (
          <p class="threads-hint">
            {hasOlder
              ? `None of the newest ${items.length} conversations has these words.`
              : 'No conversation has these words.'}
          </p>
        )}
        {groupByDay(found, today.value).map((group) => (
          <section key={group.name} class="threads-group" aria-label={group.name}>
            <h2>{group.name}</h2>
            <ul>
              {group.items.map((thread) => (
                <ThreadRow
                  key={thread.id}
                  thread={thread}
                  current={thread.id === here}
                  onDelete={() => remove(thread)}
                />
              ))}
            </ul>
          </section>
        ))}
        {hasOlder && (
          <button
            type="button"
            class="button small quiet threads-older"
            onClick={() => {
              focusFirstOlder();
              showOlderThreads();
            }}
          >
            Show older conversations
          </button>
        )}
      </div>
    </nav>
  );
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <div class="threads-search">
      <Icon name="search" />
      <input
        type="search"
        class="input"
        aria-label="Search conversations"
        placeholder="Search"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && value && onChange('')}
      />
    </div>
  );
}

function linksIn(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('.thread-link') ?? [])];
}

function move(event: KeyboardEvent, list: HTMLElement | null): void {
  const links = linksIn(list);
  const at = links.indexOf(document.activeElement as HTMLElement);
  const places: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: links.length - 1,
  };
  const next = at < 0 ? undefined : links[places[event.key] ?? -1];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** When a row leaves, the focus goes to the one in its place, else to the way to a new conversation. */
function useFocusAfterDelete(list: { readonly current: HTMLElement | null }) {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    if (left === null) return;
    const links = linksIn(list.current);
    const next = links[Math.min(left, links.length - 1)];
    (next ?? document.querySelector<HTMLElement>('.new-thread'))?.focus();
    setLeft(null);
  }, [left, list]);
  return (id: string) =>
    setLeft(linksIn(list.current).findIndex((link) => link.getAttribute('href') === threadPath(id)));
}

/** The button for older conversations hands the focus to the first of them, unless the user has moved on meanwhile. */
function useFocusOnOlder(list: { readonly current: HTMLElement | null }, listed: number) {
  const before = useRef<{ listed: number; links: number } | null>(null);
  useEffect(() => {
    const then = before.current;
    if (!then || listed <= then.listed) return;
    before.current = null;
    const at = document.activeElement;
    if (at === document.body || at?.matches('.threads-older')) linksIn(list.current)[then.links]?.focus();
  }, [listed, list]);
  return () => {
    before.current = { listed, links: linksIn(list.current).length };
  };
}
