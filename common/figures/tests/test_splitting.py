"""Where sentences end."""

from common.figures.splitting import sentences


def test_points_inside_numbers_end_no_sentence() -> None:
    assert sentences("It is 1.5 s. Next. See e.g. this") == ["It is 1.5 s.", "Next.", "See e.g. this"]


def test_an_id_begins_a_sentence() -> None:
    assert sentences("{n1} cost {f1}. {n2} cost {f2}.") == ["{n1} cost {f1}.", "{n2} cost {f2}."]
