"""Copies of one INVITE are one call; another call of the same sender is another."""

from urllib.parse import quote

from line.broken.merged import KEPT_S, MOST, Merged


def identity(call_id: str = "abc@sbc", cseq: str = "1 INVITE", tag: str = "a") -> str:
    """The dialplan's variable of a call."""
    caller = quote(f'"Budi; tag=x" <sip:081234567890@sbc>;tag={tag}', safe="")
    return f"id={quote(call_id, safe='')}&cseq={quote(cseq, safe='')}&from={caller}"


def test_a_copy_is_known_by_its_transaction() -> None:
    """Call-ID, CSeq and From tag together: one of them alone makes another call."""
    merged = Merged()
    assert merged.first("c1", identity(), 0.0) is None
    assert merged.first("c2", identity(), 0.1) == "c1"
    assert merged.first("c3", identity(), 30.0) == "c1"
    assert merged.first("c1", identity(), 30.0) is None
    assert merged.first("c4", identity(call_id="abd@sbc"), 30.0) is None
    assert merged.first("c5", identity(cseq="2 INVITE"), 30.0) is None
    assert merged.first("c6", identity(tag="b"), 30.0) is None


def test_what_cannot_be_known_is_a_call_of_its_own() -> None:
    """Without the rows, or with a From that has no tag, nothing is a copy."""
    merged = Merged()
    for variable in (None, "", "id=x&cseq=1%20INVITE", "id=x&from=%3Csip%3Aa%40b%3E%3Btag%3Da", "%%%&&&==="):
        assert merged.first("c1", variable, 0.0) is None
        assert merged.first("c2", variable, 0.0) is None


def test_it_forgets_in_time_and_is_bounded() -> None:
    """A minute, and a bound against scans."""
    merged = Merged()
    assert merged.first("c1", identity(), 0.0) is None
    assert merged.first("c2", identity(), KEPT_S + 1) is None
    for number in range(2 * MOST):
        merged.first(f"s{number}", identity(call_id=f"{number}@scan"), KEPT_S + 1)
    assert len(merged._calls) <= MOST
