"""API keys are distinguished from ID tokens, and only their hash is ever stored."""

import hashlib

from common.accounts.api_keys import PREFIX, hash_of, is_key


def test_a_key_is_distinguished_from_an_id_token() -> None:
    assert is_key(f"{PREFIX}abc")
    assert not is_key("header.payload.signature")


def test_what_is_stored_of_a_key_is_its_sha_256() -> None:
    assert hash_of("apex_abc") == hashlib.sha256(b"apex_abc").hexdigest()
