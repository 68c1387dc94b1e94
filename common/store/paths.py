"""Every document path, named once. `users/...` may be read by its owner; the rest by no client."""

MESSAGES = "messages"
EVENTS = "events"
ROLLUPS = "rollups"
REJECTS = "rejects"
ROW_HASHES = "row_hashes"
STEPS = "steps"
RUN_STATES = "run_state"
DEAD_LETTERS = "dead_letters"
API_KEYS = "api_keys"  # pragma: allowlist secret
PUSHED = "pushed"
ARRIVALS = "arrivals"
TIER_CHANGES = "tier_changes"
EVALUATIONS = "evaluations"
SCORES = "scores"
SAMPLES = "samples"
CONTENT_HASHES = "handed_in"


def user(uid: str) -> str:
    """Profile, tier, quota of the UTC month, open runs, ready datasets."""
    return f"users/{uid}"


def thread(uid: str, thread_id: str) -> str:
    """Title, order of waiting and running runs, runs answered."""
    return f"users/{uid}/threads/{thread_id}"


def threads(uid: str) -> str:
    """A user's threads."""
    return f"{user(uid)}/threads"


def messages(uid: str, thread_id: str) -> str:
    """The messages of a thread."""
    return f"{thread(uid, thread_id)}/{MESSAGES}"


def message(uid: str, thread_id: str, message_id: str) -> str:
    """One message; the answer's id is its run's."""
    return f"{messages(uid, thread_id)}/{message_id}"


def question_id(run_id: str) -> str:
    """Id of the user's message that a run answers."""
    return f"{run_id}-question"


def runs(uid: str) -> str:
    """A user's runs, of all threads."""
    return f"{user(uid)}/runs"


def run(uid: str, run_id: str) -> str:
    """Status and outcome as the customer sees them."""
    return f"users/{uid}/runs/{run_id}"


def events(uid: str, run_id: str, first_seq: int) -> str:
    """The events of one commit, under the number of the first."""
    return f"users/{uid}/runs/{run_id}/{EVENTS}/{first_seq:06d}"


def claim(uid: str, client_request_id: str) -> str:
    """Which run a request became."""
    return f"users/{uid}/claims/{client_request_id}"


def datasets(uid: str) -> str:
    """A user's imports."""
    return f"{user(uid)}/datasets"


def dataset(uid: str, dataset_id: str) -> str:
    """An import: name, progress, rows and rejects."""
    return f"users/{uid}/datasets/{dataset_id}"


def rollup(uid: str, dataset_id: str, shard: str) -> str:
    """One shard of a dataset's rollup, an unindexed blob."""
    return f"users/{uid}/datasets/{dataset_id}/{ROLLUPS}/{shard}"


def rejects(uid: str, dataset_id: str, chunk: int) -> str:
    """Rejected rows of one chunk: line and reason."""
    return f"users/{uid}/datasets/{dataset_id}/{REJECTS}/{chunk:06d}"


def row_hashes(uid: str, dataset_id: str, name: str) -> str:
    """Hashes of counted rows, an unindexed blob that no client reads."""
    return f"users/{uid}/datasets/{dataset_id}/{ROW_HASHES}/{name}"


def row_index(uid: str) -> str:
    """Which blobs of row hashes a user's datasets have, and of which days."""
    return f"row_index/{uid}"


def recommendations(uid: str) -> str:
    """What plans proposed to a user."""
    return f"{user(uid)}/recommendations"


def recommendation(uid: str, recommendation_id: str) -> str:
    """A change that a plan proposed, and what became of it."""
    return f"{recommendations(uid)}/{recommendation_id}"


def baselines(uid: str) -> str:
    """How a user's requests behaved when recommendations were accepted; no client reads it."""
    return f"{user(uid)}/baselines"


def baseline(uid: str, recommendation_id: str) -> str:
    """The baseline of an accepted recommendation, an unindexed blob."""
    return f"{baselines(uid)}/{recommendation_id}"


def ledger(uid: str) -> str:
    """A user's proven savings and losses."""
    return f"{user(uid)}/ledger"


def ledger_row(uid: str, row_id: str) -> str:
    """What one recommendation saved in one month, as its usage data show it."""
    return f"{ledger(uid)}/{row_id}"


def evaluations(uid: str) -> str:
    """Evidence on quality that a user submitted."""
    return f"{user(uid)}/{EVALUATIONS}"


def evaluation(uid: str, evaluation_id: str) -> str:
    """One evaluation: scores of prompts, or a replay with its progress and its outcome."""
    return f"{evaluations(uid)}/{evaluation_id}"


def scores(uid: str, evaluation_id: str) -> str:
    """The scores of an evaluation by prompt, an unindexed blob that no client reads."""
    return f"{evaluation(uid, evaluation_id)}/{SCORES}/all"


def sample(uid: str, evaluation_id: str, part: int) -> str:
    """Requests and answers that wait for their replay; no client reads them; deleted as they are replayed."""
    return f"{evaluation(uid, evaluation_id)}/{SAMPLES}/{part:06d}"


def content_hash(uid: str, evaluation_id: str) -> str:
    """The hash of what an evaluation was made from: equal for a repeat of the request; no client reads it."""
    return f"{evaluation(uid, evaluation_id)}/{CONTENT_HASHES}/all"


def arrivals(uid: str) -> str:
    """Usage that arrived and that savings are not yet verified with; no client reads it."""
    return f"{user(uid)}/{ARRIVALS}"


def arrival(uid: str, arrival_id: str) -> str:
    """One such arrival: its dataset, and when to verify; deleted once that is done."""
    return f"{arrivals(uid)}/{arrival_id}"


def tier_change(change_id: str) -> str:
    """Who changed a user's tier, when, from what to what and why; never deleted, read by no client."""
    return f"{TIER_CHANGES}/{change_id}"


def import_state(uid: str, dataset_id: str) -> str:
    """The importer between two chunks; may hold part of a line, so no client reads it; deleted at the end."""
    return f"import_state/{uid}_{dataset_id}"


def run_state(run_id: str) -> str:
    """The control document and fence of a run."""
    return f"{RUN_STATES}/{run_id}"


def step(run_id: str, number: int) -> str:
    """Transcript, tool results and outcome of one step."""
    return f"{RUN_STATES}/{run_id}/{STEPS}/{number}"


def dead_letter(run_id: str) -> str:
    """A run that failed for good by our fault, until it is published and after."""
    return f"{DEAD_LETTERS}/{run_id}"


def api_key(key_hash: str) -> str:
    """Whom an API key speaks for; the key itself is stored nowhere."""
    return f"{API_KEYS}/{key_hash}"


def pushed(message_hash: str) -> str:
    """A Pub/Sub message whose rows were counted; expires once Pub/Sub cannot bring it again."""
    return f"{PUSHED}/{message_hash}"
