"""Program: the `tier` command, with the variables of a stack's functions in its environment."""

import asyncio
import sys

from google.api_core.exceptions import GoogleAPICallError

from cli.tiers.cli import options_of
from common.accounts.tiers import change_tier
from common.core.vocabulary import TierName
from common.environment.settings import process_settings
from common.errors import ApexError
from common.store.client import firestore_client

_SERVICE = "account"


async def change(uid: str, tier: TierName, *, by: str, reason: str) -> str:
    """Change the tier; returns the line that says so."""
    db = firestore_client(process_settings(_SERVICE).project)
    done = await change_tier(db, uid=uid, tier=tier, by=by, reason=reason)
    if done is None:
        return f"{uid} is {tier} already; nothing was changed."
    return f"{uid}: {done.before} -> {done.after}, by {done.by} at {done.at:%Y-%m-%d %H:%M:%S} UTC: {done.reason}"


def main(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    options = options_of(argv)
    try:
        done = asyncio.run(change(options.uid, options.tier, by=options.by, reason=options.reason))
    except LookupError:
        return _fail(f"There is no user {options.uid}. Their id is in Firebase Auth, and in users/{{uid}}.")
    except ApexError:
        return _fail("The user's document kept changing. Nothing was done; try again.")
    except GoogleAPICallError as error:
        return _fail(f"The stack does not answer as it should ({error}). See `python -m emulators status`.")
    sys.stdout.write(f"{done}\n")
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"error: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
