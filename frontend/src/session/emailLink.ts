import { readKeptJson, removeKept, writeKept } from '../ui/deviceStorage';

/** The path that a sign-in link leads to. */
export const LINK_PATH = '/signin';

const KEY = 'apex.signin';

/** What is remembered in this browser between asking for a link and opening it. */
export interface AskedLink {
  email: string;
  /** Where the user was. */
  path: string;
}

/** Whether an address of the page is an opened sign-in link. */
export function isSignInLink(href: string): boolean {
  const { pathname, searchParams } = new URL(href);
  return pathname === LINK_PATH && searchParams.get('mode') === 'signIn' && searchParams.has('oobCode');
}

/** The asked link, if it was asked for in this browser. */
export function askedLink(): AskedLink | null {
  const { email, path } = (readKeptJson(KEY) ?? {}) as Partial<AskedLink>;
  return typeof email === 'string' && typeof path === 'string' ? { email, path } : null;
}

/** Remembers for whom a link was sent. */
export function rememberLink(asked: AskedLink): void {
  writeKept(KEY, JSON.stringify(asked));
}

/** The link has served. */
export function forgetLink(): void {
  removeKept(KEY);
}

/** What is wrong with a typed address, in words; null when it can be an address. */
export function addressProblem(typed: string): string | null {
  if (typed === '') return 'Type your e-mail address.';
  if (/^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(typed)) return null;
  return 'This is not a whole e-mail address. Type it like name@company.com.';
}
