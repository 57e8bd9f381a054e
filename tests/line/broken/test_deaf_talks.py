"""A talk in which a side is not heard, on the line: what Asterisk is asked for, and what is left in the store."""

from asterisk.errors import AmiError, AriError
from ivr import events as ev
from tests.line.line import Line

LEG = "op-c1-4"
REFRESH = ("PJSIP_SEND_SESSION_REFRESH()", "invite")


async def talks(line: Line) -> None:
    """c1 talks with sari."""
    line.ready("sari")
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered(LEG))
    line.did()


async def test_the_far_end_is_asked_and_the_talk_goes_on(line: Line) -> None:
    """Once a side; the state says which are deaf, and the journal when."""
    await talks(line)
    await line.tell("c1", ev.Deaf("caller"), ev.Deaf("caller"), ev.Deaf("operator"))
    assert line.did() == [("ami_variable", "c1", *REFRESH), ("ami_variable", LEG, *REFRESH)]
    assert (await line.stored())["deaf"] == ["caller", "operator"]
    await line.tell("c1", ev.HeardAgain("caller"), ev.HeardAgain("operator"))
    assert "deaf" not in await line.stored()
    assert (await line.journal())[-4:] == ["call.deaf", "call.deaf", "call.heard_again", "call.heard_again"]
    assert (await line.row())["stage"] == "talking"


async def test_another_stream_leaves_and_enters_the_bridge(line: Line) -> None:
    """The channel whose stream it is."""
    await talks(line)
    await line.tell("c1", ev.StreamRestarted("caller"), ev.StreamRestarted("operator"))
    assert line.did() == [("add_to_bridge", "br-c1", "c1"), ("add_to_bridge", "br-c1", LEG)]


async def test_a_far_end_that_cannot_be_asked_ends_nothing(line: Line) -> None:
    """The talk stands, and its other side may be heard still."""
    await talks(line)
    line.ari.fail = {"ami_variable": AmiError("no")}
    await line.tell("c1", ev.Deaf("caller"))
    assert (await line.row())["stage"] == "talking"


async def test_who_does_not_come_back_into_the_talk_is_kept(line: Line) -> None:
    """Asterisk refuses the way back: the caller hears so and goes to the next operator; one who is gone does not."""
    await talks(line)
    line.ari.fail = {"add_to_bridge": AriError("POST addChannel", 500, "no")}
    await line.tell("c1", ev.StreamRestarted("caller"))
    row = await line.row()
    assert (row["stage"], row["mark"]) == ("waiting", "terputus")


async def test_a_channel_that_is_gone_meanwhile_is_no_loss(line: Line) -> None:
    """Its end is told by an event of its own."""
    await talks(line)
    line.ari.fail = {"add_to_bridge": AriError("POST addChannel", 404, "no")}
    await line.tell("c1", ev.StreamRestarted("caller"))
    assert (await line.row())["stage"] == "talking"
