"""No model reads a user's name."""

from datetime import date

from common.assistant.agents.user_masks import UserMasks
from common.spend.semantics import DimensionName
from common.spend.semantics.catalogue import Catalogue, DimensionValues

USERS = ("ada@example.com", "user 17", "bo", "Eve", "ada@example.com.au")
CATALOGUE = Catalogue(
    first=date(2026, 11, 1),
    last=date(2026, 11, 2),
    measures=(),
    dimensions=(DimensionValues(name=DimensionName.USER, values=USERS, more=0),),
)


def test_names_of_users_become_masks_and_come_back() -> None:
    message = "What did ADA@example.com and eve cost, and ada@example.com.au?"
    masks = UserMasks(CATALOGUE, message)
    assert masks.masked_question == "What did person 2 and person 3 cost, and person 1?"
    assert (
        masks.lifted('{"values": ["person 2", "person 1"]}') == '{"values": ["ada@example.com", "ada@example.com.au"]}'
    )


def test_a_name_that_is_part_of_a_word_is_left() -> None:
    assert UserMasks(CATALOGUE, "Every evening").masked_question == "Every evening"


def test_without_data_nothing_is_masked() -> None:
    assert UserMasks(None, "What did eve cost?").masked_question == "What did eve cost?"
