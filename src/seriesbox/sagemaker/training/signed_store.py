"""Texts that the hosts of a job leave for each other in torch's store, to which anybody can connect.

A secret that the hosts are given makes the name of every text, which a stranger would have to guess or to list, and
signs the text. What no host has signed counts as not there.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Sequence

from torch.distributed.distributed_c10d import Store

SIGNATURE = 64  # hexadecimal digits
ENVIRONMENT = ("TRAINING_JOB_ARN", "TRAINING_JOB_NAME", "SERIESBOX_SECRET")  # the last one is the user's, if any


def job_secret(hosts: Sequence[str]) -> bytes:
    """Return what all hosts of a job derive from what they are given, and a stranger has to guess."""
    given = [*(os.environ.get(name) for name in ENVIRONMENT), *hosts]
    return hashlib.sha256(json.dumps(given).encode()).digest()


class SignedStore:
    """A store of signed texts by name. Its methods raise RuntimeError if the host that keeps the store is gone."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def set(self, name: str, text: str) -> None:
        """Leave a text, in place of the one before."""
        self._store.set(self._mac(name), self._sign(name, text))

    def set_once(self, name: str, text: str) -> str:
        """Leave a text unless there is one. Returns the one that is there now."""
        signed = self._sign(name, text)
        first = self._verify(name, self._store.compare_set(self._mac(name), "", signed))
        if first is None:  # a stranger's
            self._store.set(self._mac(name), signed)
        return text if first is None else first

    def get(self, name: str) -> str | None:
        """Return the text; None if there is none."""
        # The store's own `get` would wait for a text that a stranger has deleted.
        return self._verify(name, self._store.compare_set(self._mac(name), "", ""))

    def _sign(self, name: str, text: str) -> str:
        return self._mac(f"{name}\0{text}") + text

    def _verify(self, name: str, signed: bytes) -> str | None:
        text = signed[SIGNATURE:].decode(errors="replace")
        return text if hmac.compare_digest(signed, self._sign(name, text).encode()) else None

    def _mac(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode(), "sha256").hex()
