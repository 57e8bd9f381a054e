"""Words for a withheld number are known in the languages of networks."""

import pytest

from asterisk.callers.hidden import is_hidden


@pytest.mark.parametrize(
    "text", ["", "Anonymous", "No Caller-ID", "numéro masqué", "ЧАСТНЫЙ НОМЕР", "匿名", "مجهول", "Nomor Pribadi"]
)
def test_words_for_nobody(text: str) -> None:
    """Case, accents and spaces do not matter."""
    assert is_hidden(text)


@pytest.mark.parametrize("text", ["Anton", "op1", "081234567890", "privatbank"])
def test_names_are_none(text: str) -> None:
    """A person or a company that is named is not withheld."""
    assert not is_hidden(text)
