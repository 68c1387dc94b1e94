/** Gives the token of this user, never another's; `fresh` gets a new one. Raises ApiError. */
export type TokenSource = (uid: string, fresh: boolean) => Promise<string>;

let source: TokenSource | null = null;

/** Says who gives tokens: the session does. */
export function setTokenSource(next: TokenSource): void {
  source = next;
}

/** The token of this user. Raises ApiError, LeftUserError after a change of user. */
export async function tokenOf(uid: string, fresh: boolean): Promise<string> {
  if (!source) throw new Error('there is no session to give tokens');
  return source(uid, fresh);
}
