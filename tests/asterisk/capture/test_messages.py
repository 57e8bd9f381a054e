"""New calls and their answers are read out of SIP; the rest is passed over."""

from hypothesis import given
from hypothesis import strategies as st

from asterisk.capture.messages import Reply, Request, read

INVITE = (
    "INVITE sip:112@us SIP/2.0\r\nv: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKa;rport\r\n"
    'f: "B, x" <sip:081234567890@c>;tag=t1\r\nTo: <sip:112@us>\r\ni: abc\r\nCSeq: 7 INVITE\r\n'
    "P-Asserted-Identity: <sip:x@ims>,\r\n <tel:+6281234567890>\r\nContent-Type: application/sdp\r\n\r\n"
    "v=0\r\nm=text 4000 RTP/AVP 98\r\nm=audio 4002 RTP/AVP 0\r\n"
)


def test_a_new_call() -> None:
    """With compact names and folded rows; the caller's rows and the kinds of media are kept."""
    request = read(INVITE.encode())
    assert isinstance(request, Request)
    assert (request.target, request.call_id, request.cseq, request.tag, request.branch) == (
        "sip:112@us", "abc", 7, "t1", "z9hG4bKa",
    )  # fmt: skip
    assert request.rows["pai"] == ("<sip:x@ims>", "<tel:+6281234567890>")
    assert request.media == ("text", "audio")


def test_its_answer() -> None:
    """By the same Via, Call-ID and CSeq."""
    reply = INVITE.replace("INVITE sip:112@us SIP/2.0", "SIP/2.0 488 Not Acceptable Here")
    assert read(reply.encode()) == Reply("INVITE", 488, "abc", 7, "z9hG4bKa")


def test_what_is_no_new_call() -> None:
    """Changes of a talk, other methods, their answers, and what is no SIP."""
    assert read(INVITE.replace("<sip:112@us>", "<sip:112@us>;tag=ours").encode()) is None
    assert read(b"OPTIONS sip:112@us SIP/2.0\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\n\r\n") is None
    assert read(b"SIP/2.0 200 OK\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\n\r\n") is None
    assert read(b"INVITE x\r\n\r\n") is None
    assert read(b"\x00\xff") is None


@given(st.text(max_size=300))
def test_hostile_messages_are_no_error(text: str) -> None:
    """Whatever stands in them."""
    read(b"INVITE " + text.encode("utf-8", "replace"))
    read(b"SIP/2.0 " + text.encode("utf-8", "replace"))
    read(INVITE.replace("abc", text).encode("utf-8", "replace"))
