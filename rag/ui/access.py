"""Control who may use the page: accounts, and a guard against serving a network by mistake.

A file of accounts has a line ``user:salt:hash`` for each, made by ``python -m rag.ui.access USER``;
passwords are hashed by scrypt with the parameters that OWASP's cheat sheet recommends.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UsageError
from ingest.fetch.politeness import is_loopback
from rag.user_input import Warn, ignore_warning, numbered_lines, read_text

SCRYPT = {"n": 2**15, "r": 8, "p": 3, "maxmem": 2**26}
SALT_BYTES = 16
ACCOUNT_HINT = "`python -m rag.ui.access USER` makes a line for the file."


@dataclass(frozen=True, slots=True)
class PasswordHash:
    """A password's salt and its hash; never the password."""

    salt: bytes
    digest: bytes


class Accounts:
    """The accounts of the users who may log in."""

    def __init__(self, hashes_by_user: Mapping[str, PasswordHash]) -> None:
        self._hashes = dict(hashes_by_user)
        self._dummy_hash = hash_password(secrets.token_hex(8))

    def allow(self, user: str, password: str) -> bool:
        """Whether ``password`` is the user's; takes equally long for a user that does not exist."""
        expected = self._hashes.get(user, self._dummy_hash)
        is_same = hmac.compare_digest(_scrypt(password, expected.salt), expected.digest)
        return is_same and user in self._hashes


def read_accounts(specs: Sequence[str], tell: Warn = ignore_warning) -> Accounts | None:
    """Accounts from ``user:password`` pairs and files of hashes; None if there are no ``specs``.

    Raises ``UsageError`` naming the file and line that is wrong, or a file without an account.
    """
    found: dict[str, PasswordHash] = {}
    for spec in specs:
        if Path(spec).is_file():
            found.update(_read_file(Path(spec), tell))
            continue
        user, colon, password = spec.partition(":")
        if not (user and colon and password):
            raise UsageError(
                "--auth takes user:password or the name of an existing file.",
                ACCOUNT_HINT,
            )
        found[user] = hash_password(password)
    return Accounts(found) if specs else None


def _read_file(path: Path, tell: Warn) -> dict[str, PasswordHash]:
    found = {}
    for number, line in numbered_lines(read_text(path, tell)):
        if line.startswith("#"):
            continue
        try:
            user, salt, digest = line.strip().split(":")
            found[user] = PasswordHash(bytes.fromhex(salt), bytes.fromhex(digest))
        except ValueError as error:
            raise UsageError(
                f"{path}:{number}: this is not an account.",
                "A line is user:salt:hash, as `python -m rag.ui.access USER` makes it.",
            ) from error
    if not found:
        raise UsageError(f"{path} contains no account.", ACCOUNT_HINT)
    return found


def hash_password(password: str) -> PasswordHash:
    """The hash of ``password`` with a new salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    return PasswordHash(salt, _scrypt(password, salt))


def _scrypt(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **SCRYPT)


def check_exposure(host: str, accounts: Accounts | None, no_auth: bool) -> None:
    """Raise ``UsageError`` where others could reach the page without access being settled."""
    if accounts is None and not no_auth and is_shared(host, accounts):
        raise UsageError(
            f"On {host} everyone on the network could use the chat.",
            "Restrict it with --auth user:password, or allow everyone with --no-auth.",
        )


def is_shared(host: str, accounts: Accounts | None) -> bool:
    """Whether others than the owner of the machine are to reach the page."""
    return accounts is not None or not is_loopback(host)


def main() -> int:
    """Print one user's line for a file of accounts; the password is typed in."""
    if len(sys.argv) != 2 or ":" in sys.argv[1]:
        print("usage: python -m rag.ui.access USER >> accounts", file=sys.stderr)
        return 2
    hashed = hash_password(getpass.getpass("password: "))
    print(f"{sys.argv[1]}:{hashed.salt.hex()}:{hashed.digest.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
