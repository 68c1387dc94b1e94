"""What the run protocol works with: built once per process; connections and settings, nothing of any user."""

from dataclasses import dataclass

from google.cloud import firestore

from common.environment.profiles import Profile
from common.runs.queue import StepQueue


@dataclass(frozen=True)
class Ports:
    """The database, the queue of steps and the declared settings of this environment."""

    db: firestore.AsyncClient
    queue: StepQueue
    profile: Profile
