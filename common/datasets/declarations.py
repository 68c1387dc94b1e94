"""What a client declares of a file before it is read."""

from common.datasets.chunks import DATASET_BYTES, human_size
from common.errors import ApexError, ErrorCode
from common.spend import known_model


def declared_model(name: str | None) -> str | None:
    """The canonical name of the model of a log that names none; raises ApexError UNKNOWN_MODEL."""
    model = known_model(name) if name else None
    if name and model is None:
        raise ApexError(ErrorCode.UNKNOWN_MODEL, model=name)
    return model


def check_declared_size(size_bytes: int | None) -> None:
    """Raise ApexError DATASET_TOO_LARGE before anything is sent in vain."""
    if size_bytes is not None and size_bytes > DATASET_BYTES:
        raise ApexError(ErrorCode.DATASET_TOO_LARGE, limit=human_size(DATASET_BYTES))
