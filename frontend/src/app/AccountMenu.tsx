import './account.css';
import { openKeys } from '../keys/keysOpen';
import { session } from '../session/session';
import { openSignIn } from '../session/stage';
import { Icon, type IconName } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { setTheme, type Theme, theme } from '../ui/theme';
import { prefetchSignIn } from './SignIn';
import { leave } from './signOut';

const THEMES: readonly { choice: Theme; label: string; icon: IconName }[] = [
  { choice: 'light', label: 'Light theme', icon: 'sun' },
  { choice: 'dark', label: 'Dark theme', icon: 'moon' },
  { choice: 'system', label: 'Device theme', icon: 'screen' },
];

// Of the themes, what is chosen already is not offered.
function items() {
  const themes = THEMES.filter(({ choice }) => choice !== theme.value).map(({ choice, label, icon }) => ({
    label,
    icon: <Icon name={icon} />,
    run: () => setTheme(choice),
  }));
  return [{ label: 'API keys', icon: <Icon name="key" />, run: openKeys }, ...themes];
}

/** The foot of the sidebar: who is signed in, the way in and out, API keys, and the theme. */
export function AccountMenu() {
  const now = session.value;
  const account = now.state === 'ready' && !now.user.guest ? now.user : null;
  if (account) {
    const name = account.name ?? account.email ?? 'Your account';
    const out = { label: 'Sign out', icon: <Icon name="exit" />, run: leave };
    return (
      <div class="account">
        <Menu label={`Account: ${account.email ?? name}`} class="account-button" items={[...items(), out]} up>
          <Icon name="user" />
          <span class="account-who">
            <span class="account-name">{name}</span>
            {account.email && account.email !== name && <span class="account-mail">{account.email}</span>}
          </span>
          <Icon name="more" />
        </Menu>
      </div>
    );
  }
  return (
    <div class="account">
      {now.state === 'starting' ? (
        <span class="account-wait">Connecting…</span>
      ) : (
        <button
          type="button"
          class="button account-sign-in"
          onClick={openSignIn}
          onPointerEnter={prefetchSignIn}
          onFocus={prefetchSignIn}
        >
          Sign in to keep your work
        </button>
      )}
      <Menu label="API keys and theme" class="icon-button" items={items()} up>
        <Icon name="more" />
      </Menu>
    </div>
  );
}
