"""What a client may send as a click."""

import pytest
from pydantic import ValidationError

from functions.chat.requests import ClickRequest, TurnRequest


@pytest.mark.parametrize(
    "click",
    [{"choice": "0"}, {"chip": "0.where.0"}, {"chip": "0.period", "to": "last_month"}, {"chip": "a" * 64}],
)
def test_a_click_is_a_choice_or_a_chip_with_or_without_its_new_value(click: dict[str, str]) -> None:
    turn = TurnRequest.model_validate({"client_request_id": "request-1", "message": "hello", "click": click})
    assert turn.click is not None
    assert turn.click.model_dump(exclude_none=True) == click


@pytest.mark.parametrize(
    "click",
    [
        {},
        {"choice": "0", "chip": "0.period"},
        {"choice": "0", "to": "last_month"},
        {"to": "last_month"},
        {"chip": ""},
        {"chip": "a" * 65},
        {"chip": "users/x"},
        {"chip": "0.period\n"},
        {"chip": "0.period", "to": "last month"},
        {"chip": 0},
        {"chip": "0.period", "question": "{}"},
    ],
)
def test_other_clicks_are_refused(click: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ClickRequest.model_validate(click)
