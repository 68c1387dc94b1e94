"""HTTP to services of this machine: without proxies and certificates.

httpx loads the certificates of all authorities for each client, 28 ms of computing: a stack of ten services is asked
for its health twenty times while it starts.
"""

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody: an https address fails."""
_TIMEOUT_S = 30.0


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | float] | None = None,
    json: Any = None,
    content: bytes | str | None = None,
    timeout: float = _TIMEOUT_S,
) -> httpx.Response:
    """The reply, whatever its status; raises httpx.HTTPError when there is none within `timeout` (seconds)."""
    return httpx.request(
        method,
        url,
        headers=headers,
        params=params,
        json=json,
        content=content,
        timeout=timeout,
        trust_env=False,
        verify=NO_CERTIFICATES,
    )


def get(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | float] | None = None,
    timeout: float = _TIMEOUT_S,
) -> httpx.Response:
    """As `request`."""
    return request("GET", url, headers=headers, params=params, timeout=timeout)


def post(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str | float] | None = None,
    json: Any = None,
    content: bytes | str | None = None,
    timeout: float = _TIMEOUT_S,
) -> httpx.Response:
    """As `request`."""
    return request("POST", url, headers=headers, params=params, json=json, content=content, timeout=timeout)
