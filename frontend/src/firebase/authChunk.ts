import type { FirebaseApp } from '@firebase/app';
import {
  type Auth,
  type AuthCredential,
  browserLocalPersistence,
  browserPopupRedirectResolver,
  connectAuthEmulator,
  EmailAuthProvider,
  GoogleAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  linkWithPopup,
  onIdTokenChanged,
  reload,
  sendSignInLinkToEmail,
  signInAnonymously,
  signInWithCredential,
  signInWithPopup,
  type User,
  useDeviceLanguage,
} from '@firebase/auth';

/** A signed-in user; a guest has neither e-mail nor name. */
export interface AuthUser {
  uid: string;
  email: string | null;
  name: string | null;
  guest: boolean;
}

/** Called before an account takes the guest's place, which waits for it; gets the guest and a way to its token. */
export type KeepGuest = (uid: string, token: () => Promise<string>) => Promise<void>;

/** All that the page does with Firebase Auth. Its promises reject with Firebase's errors. */
export interface AuthAccess {
  user(): AuthUser | null;
  token(fresh: boolean): Promise<string>;
  /** Called with the present user at once, then at every change, also from other tabs. */
  follow(listener: (user: AuthUser | null) => void): void;
  /** A new guest; takes the place of an account. */
  becomeGuest(): Promise<void>;
  signOut(): Promise<void>;
  /** A guest becomes this Google account; if the account exists already, it takes the guest's place. */
  useGoogle(keepGuest: KeepGuest): Promise<void>;
  sendLink(email: string, url: string): Promise<void>;
  /** The account of this address takes the guest's place; the link comes from an e-mail. */
  useLink(email: string, link: string, keepGuest: KeepGuest): Promise<void>;
}

const EXISTS = ['auth/credential-already-in-use', 'auth/email-already-in-use'];

function exists(error: unknown): boolean {
  return EXISTS.includes((error as { code?: string }).code ?? '');
}

// A linked guest keeps an empty profile of its own: the provider's is the one that says who it is.
function describe(user: User): AuthUser {
  const profile = user.providerData[0];
  return {
    uid: user.uid,
    email: user.email ?? profile?.email ?? null,
    name: user.displayName ?? profile?.displayName ?? null,
    guest: user.isAnonymous,
  };
}

async function replaceGuest(auth: Auth, guest: User, account: AuthCredential, keepGuest: KeepGuest) {
  await keepGuest(guest.uid, () => guest.getIdToken(true));
  await signInWithCredential(auth, account);
}

async function useGoogle(auth: Auth, keepGuest: KeepGuest): Promise<void> {
  const provider = new GoogleAuthProvider();
  provider.setCustomParameters({ prompt: 'select_account' });
  const guest = auth.currentUser;
  if (!guest?.isAnonymous) {
    await signInWithPopup(auth, provider, browserPopupRedirectResolver);
    return;
  }
  try {
    await linkWithPopup(guest, provider, browserPopupRedirectResolver);
  } catch (error) {
    const account = exists(error)
      ? GoogleAuthProvider.credentialFromError(
          error as Parameters<typeof GoogleAuthProvider.credentialFromError>[0],
        )
      : null;
    if (!account) throw error;
    await replaceGuest(auth, guest, account, keepGuest);
  }
}

async function useLink(auth: Auth, email: string, link: string, keepGuest: KeepGuest): Promise<void> {
  const account = EmailAuthProvider.credentialWithLink(email, link);
  const guest = auth.currentUser;
  if (!guest?.isAnonymous) {
    await signInWithCredential(auth, account);
    return;
  }
  // Never linked: a refused attempt to link may use up the link, and with protected addresses nobody can ask first.
  await replaceGuest(auth, guest, account, keepGuest);
}

// A tab that sees another one link the guest half-way gets the account's token with the guest's profile, and hears of
// nothing more. Without a network it asks again when its token is renewed.
async function completeLink(user: User): Promise<void> {
  const { signInProvider } = await user.getIdTokenResult();
  if (user.isAnonymous && signInProvider !== 'anonymous') await reload(user).catch(() => undefined);
}

/** Opens Auth and restores the user. Without the popup resolver: with it phones wait for Google's script at start. */
export async function openAuth(app: FirebaseApp, emulator: string | null): Promise<AuthAccess> {
  const auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserLocalPersistence] });
  if (emulator) connectAuthEmulator(auth, emulator, { disableWarnings: true });
  useDeviceLanguage(auth);
  await auth.authStateReady();
  return {
    user: () => auth.currentUser && describe(auth.currentUser),
    token: async (fresh) => {
      if (!auth.currentUser) throw new Error('nobody is signed in');
      return auth.currentUser.getIdToken(fresh);
    },
    follow: (listener) => {
      onIdTokenChanged(auth, (user) => {
        listener(user && describe(user));
        if (user?.isAnonymous) void completeLink(user);
      });
    },
    becomeGuest: async () => {
      await signInAnonymously(auth);
    },
    signOut: () => auth.signOut(),
    useGoogle: (keepGuest) => useGoogle(auth, keepGuest),
    sendLink: (email, url) => sendSignInLinkToEmail(auth, email, { url, handleCodeInApp: true }),
    useLink: (email, link, keepGuest) => useLink(auth, email, link, keepGuest),
  };
}
