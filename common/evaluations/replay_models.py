"""The two models of a replay, and whether it may run for a user here."""

from common.core.user import UserContext
from common.environment.settings import Settings
from common.errors import ApexError, ErrorCode
from common.evaluations.replay import has_real_models
from common.spend.prices.engine import Model
from common.spend.prices.names import labelled_model


def replay_models(
    settings: Settings, user: UserContext, *, reference: str | None, candidate: str | None
) -> tuple[Model, Model]:
    """The present model and the candidate; raises ApexError where a replay of them may not run."""
    if reference is None or candidate is None:
        reason = "A replay needs both models: 'reference', which wrote the answers in the sample, and 'candidate'."
        raise ApexError(ErrorCode.INVALID_REQUEST, reason=reason)
    present, other = _model(reference), _model(candidate)
    if present == other:
        raise ApexError(ErrorCode.INVALID_REQUEST, reason="The fields 'reference' and 'candidate' are the same model.")
    if other.provider != "openai":
        raise ApexError(ErrorCode.CANDIDATE_NOT_OFFERED, model=candidate)
    if user.guest:
        raise ApexError(ErrorCode.ACCOUNT_NEEDED, reason="Replays need an account, as their model calls cost money.")
    if not has_real_models(settings):
        raise ApexError(ErrorCode.REAL_MODELS_NEEDED)
    return present, other


def _model(name: str) -> Model:
    model = labelled_model(name)
    if model is None:
        raise ApexError(ErrorCode.UNKNOWN_MODEL, model=name)
    return model
