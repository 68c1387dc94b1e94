import { LeftUserError } from '../api/errors';
import { setTokenSource } from '../api/token';
import { loadAuth } from '../firebase/auth';
import { asSignInError, isSignInOver } from './authErrors';

setTokenSource(async (uid, fresh) => {
  const auth = await loadAuth();
  if (auth.user()?.uid !== uid) throw new LeftUserError();
  try {
    return await auth.token(fresh);
  } catch (error) {
    if (isSignInOver(error)) await auth.signOut();
    throw asSignInError(error);
  }
});
