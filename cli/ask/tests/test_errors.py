import httpx
from google.api_core.exceptions import InvalidArgument, PermissionDenied, ServiceUnavailable

from cli.ask.errors import refusal, refused_read
from common.errors import ApexError, ErrorCode

REQUEST = httpx.Request("POST", "http://127.0.0.1:1/api/turns")


def test_a_refusal_keeps_code_message_status_and_support_id() -> None:
    refused = ApexError(ErrorCode.MESSAGE_TOO_LONG, length=9000, limit=8000)
    error = refusal(httpx.Response(refused.spec.status, json=refused.as_json(), request=REQUEST))
    assert (error.code, error.http_status, error.support_id) == ("message_too_long", 413, refused.support_id)
    assert error.message == refused.message
    assert "8,000" in error.message


def test_a_reply_that_is_not_in_the_form_of_apex_keeps_its_status() -> None:
    error = refusal(httpx.Response(502, text="<html>", request=REQUEST))
    assert (error.code, error.http_status, error.support_id) == ("internal", 502, None)


def test_a_json_reply_without_an_error_keeps_its_status() -> None:
    error = refusal(httpx.Response(500, json=["broken"], request=REQUEST))
    assert (error.code, error.http_status) == ("internal", 500)


def test_reads_that_rules_and_reads_that_tokens_forbid_are_distinguished() -> None:
    assert refused_read(PermissionDenied("rules")).http_status == 403  # type: ignore[no-untyped-call]  # google.api_core
    assert refused_read(InvalidArgument("invalid jwt")).code == "unauthenticated"  # type: ignore[no-untyped-call]  # google.api_core
    assert refused_read(ServiceUnavailable("gone")).code == "unreachable"  # type: ignore[no-untyped-call]  # google.api_core
