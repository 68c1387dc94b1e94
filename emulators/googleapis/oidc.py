"""Identity tokens as Google signs them for service accounts, signed with this process's own key."""

import hashlib
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://accounts.google.com"
"""As in production: handlers check the same issuer everywhere; only the address of the keys differs."""
LIFETIME_S = 3600


class TokenIssuer:
    """Mints RS256 tokens, and publishes the key that verifies them."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        self._key_id = hashlib.sha256(public["n"].encode()).hexdigest()[:40]
        self._public = {"kty": "RSA", "n": public["n"], "e": public["e"]}

    @classmethod
    def load(cls, data_dir: Path) -> "TokenIssuer":
        """Read the key from `data_dir`, created at the first start, so that tokens survive a restart."""
        path = data_dir / "oidc-key.pem"
        if not path.exists():
            _save(generate_private_key(public_exponent=65537, key_size=2048), path)
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{path} does not hold an RSA key. Delete it; a new one is made at the next start.")
        return cls(key)

    def mint(self, *, email: str, audience: str) -> str:
        """A token of the service account `email` for `audience`, valid for an hour."""
        now = int(time.time())
        subject = str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:21]
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "azp": subject,
            "sub": subject,
            "email": email,
            "email_verified": True,
            "iat": now,
            "exp": now + LIFETIME_S,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def jwks(self) -> dict[str, Any]:
        """The key set (RFC 7517)."""
        return {"keys": [{**self._public, "kid": self._key_id, "alg": "RS256", "use": "sig"}]}

    def discovery(self, base_url: str) -> dict[str, Any]:
        """The OpenID configuration; `base_url` is the address of this process."""
        return {
            "issuer": ISSUER,
            "jwks_uri": f"{base_url}/certs",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


def _save(key: RSAPrivateKey, path: Path) -> None:
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    partial.replace(path)
