"""What the account function answers."""

from functions.replies import Reply


class MergeReply(Reply):
    """How many conversations and data sets came from the guest; a repeat after the end moves none."""

    threads: int
    datasets: int
