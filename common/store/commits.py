"""Commits whose fate is not always known: whoever made one must look before going on."""

from google.api_core import exceptions
from google.cloud.firestore_v1.async_batch import AsyncWriteBatch

from common.store.client import RPC_S

REFUSED = (exceptions.FailedPrecondition, exceptions.AlreadyExists, exceptions.NotFound, exceptions.Aborted)
"""After one of these nothing is on its way any more: the batch was not applied, or by an earlier send whose reply got
lost. So what a read finds stays so."""

UNCERTAIN = (
    *REFUSED,
    exceptions.ServiceUnavailable,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.Unknown,
    exceptions.RetryError,
)
"""After one of these the batch may or may not have been applied (a client's own retry hides it): read, then decide."""


async def doubt(batch: AsyncWriteBatch) -> Exception | None:
    """Commit under a guard; the error if somebody else was first, or it is uncertain: then what is stored decides."""
    try:
        await batch.commit(timeout=RPC_S)
    except UNCERTAIN as error:
        return error
    return None


async def is_applied(batch: AsyncWriteBatch) -> bool:
    """Commit under a guard; False: somebody else was first, or it is uncertain, so that what is stored decides."""
    return await doubt(batch) is None
