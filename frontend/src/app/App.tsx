import './app.css';
import { useEffect, useRef } from 'preact/hooks';
import { Conversation } from '../chat/Conversation';
import { DropZone } from '../data/DropZone';
import { Notices } from '../data/Notices';
import { Keys } from '../keys/Keys';
import { Link } from '../nav/Link';
import { type Route, route } from '../nav/routes';
import { Savings } from '../savings/Savings';
import { ConnectionBanner } from '../session/ConnectionBanner';
import { GuestNotice } from '../session/GuestNotice';
import { ThreadList } from '../threads/ThreadList';
import { threadById } from '../threads/threads';
import { Announcer } from '../ui/announcer';
import { Icon } from '../ui/Icon';
import { Toasts } from '../ui/toasts';
import { AccountMenu } from './AccountMenu';
import { closeDrawer, drawerOpen, openDrawer } from './drawer';
import { Leave } from './Leave';
import { SignIn } from './SignIn';

function Sidebar() {
  const isOpen = drawerOpen.value;
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) closeButton.current?.focus();
  }, [isOpen]);
  return (
    <aside class={isOpen ? 'sidebar open' : 'sidebar'} aria-label="Conversations and account">
      <div class="sidebar-head">
        <Link href="/" class="brand" onGo={closeDrawer}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          Netra Apex
        </Link>
        <button
          type="button"
          class="icon-button drawer-only"
          aria-label="Close the menu"
          ref={closeButton}
          onClick={closeDrawer}
        >
          <Icon name="close" />
        </button>
      </div>
      <Link href="/" class="button new-thread" onGo={closeDrawer}>
        <Icon name="plus" />
        New conversation
      </Link>
      <Link
        href="/savings"
        class="button quiet savings-link"
        current={route.value.name === 'savings'}
        onGo={closeDrawer}
      >
        <Icon name="check" />
        Savings
      </Link>
      <ThreadList />
      <AccountMenu />
    </aside>
  );
}

const NEW = 'New conversation';

function titleOf(here: Route): string {
  if (here.name === 'thread') return threadById(here.id)?.title ?? 'Conversation';
  return here.name === 'savings' ? 'Savings' : NEW;
}

function Header() {
  const here = route.value;
  const title = titleOf(here);
  useEffect(() => {
    document.title = title === NEW ? 'Netra Apex' : `${title} · Netra Apex`;
  }, [title]);
  const isOpen = drawerOpen.value;
  const wasOpen = useRef(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const at = document.activeElement;
    const isLost = at === document.body || at?.closest('.sidebar');
    if (wasOpen.current && !isOpen && isLost) menuButton.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <header class="header">
      <button
        type="button"
        class="icon-button drawer-only"
        aria-label="Open the menu"
        aria-expanded={isOpen}
        ref={menuButton}
        onClick={openDrawer}
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
  const inSavings = here.name === 'savings';
  const threadId = here.name === 'thread' ? here.id : null;
  return (
    <div class="app">
      <a class="skip" href={inSavings ? '#savings' : '#message'} inert={drawerOpen.value}>
        Go to {inSavings ? 'your savings' : 'the message box'}
      </a>
      <Sidebar />
      {drawerOpen.value && (
        <button type="button" class="scrim" aria-label="Close the menu" onClick={closeDrawer} />
      )}
      <main class="main" inert={drawerOpen.value}>
        <DropZone>
          <Header />
          <ConnectionBanner />
          <GuestNotice />
          <Notices />
          {inSavings ? <Savings /> : <Conversation threadId={threadId} />}
        </DropZone>
      </main>
      <SignIn />
      <Leave />
      <Keys />
      <Toasts />
      <Announcer />
    </div>
  );
}
