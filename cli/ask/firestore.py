"""A Firestore client that acts as one user, so that the security rules hold for every read and listen.

With FIRESTORE_EMULATOR_HOST alone Google's client sends the owner's token and bypasses the rules.
"""

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore.client import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport


class UserFirestore(firestore.Client):
    """`firestore.Client` of the emulator at `host`, with the ID token of a user on every call."""

    def __init__(self, *, host: str, project: str, token: str) -> None:
        super().__init__(project=project, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]  # google.auth
        self._channel = grpc.insecure_channel(host, options=[("grpc.max_receive_message_length", -1)])
        self._firestore_api_internal = FirestoreClient(transport=FirestoreGrpcTransport(channel=self._channel))
        self._rpc_metadata_internal = [
            ("google-cloud-resource-prefix", self._database_string),
            ("authorization", f"Bearer {token}"),
        ]

    def close(self) -> None:
        """Close the connection; listeners must be closed before."""
        self._channel.close()
