import './account.css';
import { setTheme, type Theme, theme } from '../app/theme';
import { Icon, type IconName } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { leave } from './leaving';
import { prefetchSignIn } from './SignIn';
import { session } from './session';
import { openSignIn } from './stage';

const THEMES: readonly { choice: Theme; label: string; icon: IconName }[] = [
  { choice: 'light', label: 'Light theme', icon: 'sun' },
  { choice: 'dark', label: 'Dark theme', icon: 'moon' },
  { choice: 'system', label: 'Device theme', icon: 'screen' },
];

// What is chosen already is not offered.
function themeItems() {
  return THEMES.filter(({ choice }) => choice !== theme.value).map(({ choice, label, icon }) => ({
    label,
    icon: <Icon name={icon} />,
    run: () => setTheme(choice),
  }));
}

function themeIcon(): IconName {
  return THEMES.find(({ choice }) => choice === theme.value)?.icon ?? 'screen';
}

/** The foot of the sidebar: who is signed in, the way in and out, and the theme. */
export function AccountMenu() {
  const now = session.value;
  const account = now.state === 'ready' && !now.user.guest ? now.user : null;
  if (account) {
    const name = account.name ?? account.email ?? 'Your account';
    const out = { label: 'Sign out', icon: <Icon name="exit" />, run: leave };
    return (
      <div class="account">
        <Menu
          label={`Account: ${account.email ?? name}`}
          class="account-button"
          items={[...themeItems(), out]}
          up
        >
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
      <Menu label="Theme" class="icon-button" items={themeItems()} up>
        <Icon name={themeIcon()} />
      </Menu>
    </div>
  );
}
