"""SHA-256 without OpenSSL is SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from advisor.text import digest

# Of nothing, and of abc: FIPS 180-2, appendix B.1, and NIST's example values.
KNOWN = {
    b"": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
}


@pytest.fixture
def fresh() -> Iterator[None]:
    digest._constructor.cache_clear()
    yield
    digest._constructor.cache_clear()


@pytest.mark.parametrize("data", KNOWN)
@pytest.mark.usefixtures("fresh")
def test_the_digest_is_the_standards(data: bytes) -> None:
    assert digest.sha256(data) == KNOWN[data] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("data", KNOWN)
@pytest.mark.usefixtures("fresh")
def test_a_python_without_that_module_gives_the_same(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(digest, "import_module", missing)
    assert digest.sha256(data) == KNOWN[data]
