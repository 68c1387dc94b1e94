import './app.css';
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Conversation } from '../chat/Conversation';
import { DropZone } from '../data/DropZone';
import { Notices } from '../data/Notices';
import { AccountMenu } from '../session/AccountMenu';
import { ConnectionBanner } from '../session/ConnectionBanner';
import { GuestNotice } from '../session/GuestNotice';
import { Leave } from '../session/Leave';
import { SignIn } from '../session/SignIn';
import { ThreadList } from '../threads/ThreadList';
import { threadById } from '../threads/threads';
import { Announcer } from '../ui/announcer';
import { Icon } from '../ui/Icon';
import { Toasts } from '../ui/toasts';
import { Link } from './Link';
import { route } from './routes';

const drawerOpen = signal(false);
const closeDrawer = () => {
  drawerOpen.value = false;
};

function Sidebar() {
  return (
    <aside class={drawerOpen.value ? 'sidebar open' : 'sidebar'} aria-label="Conversations and account">
      <div class="sidebar-head">
        <Link href="/" class="brand" onGo={closeDrawer}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          Netra Apex
        </Link>
        <button
          type="button"
          class="icon-button drawer-only"
          aria-label="Close the menu"
          onClick={closeDrawer}
        >
          <Icon name="close" />
        </button>
      </div>
      <Link href="/" class="button new-thread" onGo={closeDrawer}>
        <Icon name="plus" />
        New conversation
      </Link>
      <ThreadList />
      <AccountMenu />
    </aside>
  );
}

function Header() {
  const here = route.value;
  const title = here.name === 'thread' ? (threadById(here.id)?.title ?? 'Conversation') : 'New conversation';
  useEffect(() => {
    document.title = here.name === 'thread' ? `${title} · Netra Apex` : 'Netra Apex';
  }, [title, here.name]);
  return (
    <header class="header">
      <button
        type="button"
        class="icon-button drawer-only"
        aria-label="Open the menu"
        aria-expanded={drawerOpen.value}
        onClick={() => {
          drawerOpen.value = true;
        }}
      >
        <Icon name="menu" />
      </button>
      <h1 class="header-title">{title}</h1>
      <Link href="/" class="icon-button drawer-only" title="New conversation">
        <Icon name="plus" />
        <span class="visually-hidden">New conversation</span>
      </Link>
    </header>
  );
}

/** The whole page: conversations beside the present one; on a phone they are in a drawer. */
export function App() {
  const here = route.value;
  const threadId = here.name === 'thread' ? here.id : null;
  useEffect(() => {
    closeDrawer();
  }, [threadId]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && closeDrawer();
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div class="app">
      <a class="skip" href="#message">
        Go to the message box
      </a>
      <Sidebar />
      {drawerOpen.value && (
        <button type="button" class="scrim" aria-label="Close the menu" onClick={closeDrawer} />
      )}
      <main class="main">
        <DropZone>
          <Header />
          <ConnectionBanner />
          <GuestNotice />
          <Notices />
          <Conversation threadId={threadId} />
        </DropZone>
      </main>
      <SignIn />
      <Leave />
      <Toasts />
      <Announcer />
    </div>
  );
}
