"""Only those who may use the page do, and it is never opened to a network by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UsageError
from rag.ui.access import Accounts, check_exposure, hash_password, is_shared, read_accounts


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    found = read_accounts(["ada:s3cret:with:colons", "bo:other"])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("user", "password", "allowed"),
    [
        ("ada", "s3cret:with:colons", True),
        ("bo", "other", True),
        ("ada", "other", False),
        ("ada", "", False),
        ("eve", "other", False),
        ("", "", False),
    ],
)
def test_the_right_password_of_the_right_user(
    accounts: Accounts, user: str, password: str, allowed: bool
) -> None:
    """And no other combination."""
    assert accounts.allow(user, password) is allowed


def test_a_file_holds_hashes_only(tmp_path: Path) -> None:
    """Two users with one password have different lines, and neither line holds it."""
    secrets = [hash_password("same") for _ in range(2)]
    lines = [f"u{i}:{s.salt.hex()}:{s.digest.hex()}" for i, s in enumerate(secrets)]
    path = tmp_path / "accounts"
    path.write_text("# who may\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    accounts = read_accounts([str(path)])
    assert accounts is not None and accounts.allow("u0", "same") and accounts.allow("u1", "same")
    assert lines[0][3:] != lines[1][3:] and "same" not in path.read_text(encoding="utf-8")


def test_a_damaged_file_is_told_with_its_line(tmp_path: Path) -> None:
    """Nobody is locked out silently, and nobody let in."""
    path = tmp_path / "accounts"
    path.write_text("# who may\nada:zz:zz\n", encoding="utf-8")
    with pytest.raises(UsageError, match=":2: this is not an account"):
        read_accounts([str(path)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_may_be_in_the_encodings_of_windows(tmp_path: Path, encoding: str) -> None:
    """A shell there writes UTF-16, an editor a mark in front; what is guessed is reported."""
    secret = hash_password("s3cret")
    path = tmp_path / "accounts"
    line = f"安娜:{secret.salt.hex()}:{secret.digest.hex()}\r\n"
    path.write_bytes(line.encode(encoding))
    told: list[str] = []
    accounts = read_accounts([str(path)], told.append)
    assert accounts is not None and accounts.allow("安娜", "s3cret")
    assert len(told) == (encoding == "gb18030")


@pytest.mark.parametrize("text", ["", "\n", "# who may\n"])
def test_a_file_without_an_account_lets_nobody_in(tmp_path: Path, text: str) -> None:
    """It is a mistake, and not the same as no file."""
    path = tmp_path / "accounts"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="accounts contains no account"):
        read_accounts([str(path)])


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    """With its name."""
    path = tmp_path / "accounts"
    path.write_bytes(b"ada\xff\xff\n")
    with pytest.raises(UsageError, match="accounts cannot be read as text"):
        read_accounts([str(path)])


@pytest.mark.parametrize("spec", ["ada", "ada:", ":x", "", "no/such/file"])
def test_half_an_account_is_none(spec: str) -> None:
    """A user without a password is a mistake, not an open door."""
    with pytest.raises(UsageError):
        read_accounts([spec])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_ones_own_machine_needs_no_account(host: str) -> None:
    """Loopback is where the chat is at home."""
    check_exposure(host, None, no_auth=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "chat.example.org", ""])
def test_a_network_needs_accounts_or_a_word(accounts: Accounts, host: str) -> None:
    """Whoever serves others says who may, or that all may."""
    with pytest.raises(UsageError, match="everyone"):
        check_exposure(host, None, no_auth=False)
    check_exposure(host, accounts, no_auth=False)
    check_exposure(host, None, no_auth=True)


def test_a_page_is_ones_own_or_shared(accounts: Accounts) -> None:
    """On loopback without accounts nobody else is meant to come."""
    assert not is_shared("127.0.0.1", None)
    assert is_shared("127.0.0.1", accounts) and is_shared("0.0.0.0", None)
