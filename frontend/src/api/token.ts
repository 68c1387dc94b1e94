import { loadAuth } from '../firebase/auth';
import { asSignInError, isSignInOver } from '../session/authErrors';
import { LeftUserError } from './errors';

/** The token of this user, never another's; `fresh` gets a new one. Raises ApiError, LeftUserError after a change of user. */
export async function tokenOf(uid: string, fresh: boolean): Promise<string> {
  const auth = await loadAuth();
  if (auth.user()?.uid !== uid) throw new LeftUserError();
  try {
    return await auth.token(fresh);
  } catch (error) {
    if (isSignInOver(error)) await auth.signOut();
    throw asSignInError(error);
  }
}
