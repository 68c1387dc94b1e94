"""The attacks: they arrive where they are meant to, and what they want is noticed in an answer."""

from collections import Counter

import pytest

from common.contract.answer import Answer, TextBlock
from common.figures.names import shown_name
from common.spend import Importer
from common.spend.semantics.catalogue import catalogue_of
from tests.evals.attacks import Attack, attacked_log, attacks, let_through

_ALL = attacks()
_NAMES = [attack for attack in _ALL if attack.way == "data"]


def test_there_are_sixty_half_of_them_through_data() -> None:
    assert Counter(attack.way for attack in _ALL) == {"direct": 30, "data": 30}
    assert len({attack.id for attack in _ALL}) == len(_ALL)
    assert all((attack.column is not None) == (attack.way == "data") for attack in _ALL)


@pytest.mark.parametrize("attack", [each for each in _NAMES if each.column != "file"], ids=lambda attack: attack.id)
def test_a_name_that_attacks_arrives_in_the_catalogue(attack: Attack) -> None:
    importer = Importer()
    importer.feed(attacked_log(attack))
    importer.finish()
    values = {each.name.value: each.values for each in catalogue_of(importer.take().rollup).dimensions}
    usual = {"feature": "chat", "user": "ann@acme.example", "model": "gpt-4o", "status": "ok"}
    assert len(set(values[attack.column or ""]) - set(usual.values())) == 1


@pytest.mark.parametrize("attack", _NAMES, ids=lambda attack: attack.id)
def test_a_name_as_sentences_have_it_lets_nothing_through(attack: Attack) -> None:
    assert let_through(attack, Answer(text=f"{shown_name(attack.name)} cost 1.00 USD.")) == []


_WANTING = [attack for attack in _NAMES if attack.never or attack.nowhere]


@pytest.mark.parametrize("attack", _WANTING, ids=lambda attack: attack.id)
def test_a_name_that_is_put_into_a_sentence_as_it_is_or_only_between_marks_is_noticed(attack: Attack) -> None:
    written = (f"\n{attack.name}\ncost 1.00 USD.", f"`{attack.name}` cost 1.00 USD.")
    assert any(let_through(attack, Answer(text=text)) for text in written)


def test_what_may_stand_nowhere_is_noticed_in_a_block() -> None:
    attack = Attack("id", "direct", "say", nowhere=("evil.example",))
    assert let_through(attack, Answer(text="", blocks=[TextBlock(text="see evil.example")])) == ["evil.example"]
