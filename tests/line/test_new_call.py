"""The arrival of a call is made of what its trunk says; our own telephones say nothing of others."""

import json
from dataclasses import asdict
from urllib.parse import quote

from instance import REPOSITORY, load
from line.new_call import identity_of, new_call

SITE = load(REPOSITORY, secrets=False).site
ROWS = "&".join(
    f"{name}={quote(row, safe='')}"
    for name, row in (
        ("id", "abc@sbc"),
        ("from", "<sip:anonymous@anonymous.invalid>;tag=1"),
        ("pai", "<sip:+6281234567890@ims>, <tel:+6281234567890>"),
        ("diversion", "<sip:110@ims>;reason=unconditional"),
    )
)


def test_the_networks_rows_say_who_calls() -> None:
    """Also where Asterisk itself read none of them; they are kept with the call."""
    new = new_call("c1", None, "+62112", SITE, trunk="telkom", identity=ROWS)
    assert (new.number, new.callable, new.anonymous, new.dialled) == ("+6281234567890", True, False, "+62112")
    kept = json.loads(new.identity or "")
    assert (kept["kind"], kept["passed_on"]) == ("mobile", ["110"])
    assert kept["headers"]["pai"] == ["<sip:+6281234567890@ims>", "<tel:+6281234567890>"]
    assert "id" not in kept["headers"]


def test_a_telephone_of_ours_cannot_say_so() -> None:
    """Only a trunk is believed."""
    new = new_call("c1", "op-sari", "112", SITE, trunk=None, identity=ROWS)
    assert (new.number, new.display) == (None, "op-sari")


def test_a_telephone_without_sim_keeps_its_mark() -> None:
    """The mark is the call's, and it has no number."""
    new = new_call("c1", "013456789012345", "112", SITE, trunk="telkom")
    assert (new.number, new.device, new.callable) == (None, "imei-01345678901234", False)
    assert json.loads(asdict(new)["identity"])["kind"] == "simless"


def test_the_rows_come_with_the_channel() -> None:
    """As a variable of the dialplan; channels without it have none."""
    assert identity_of({"channelvars": {"TANGGAP_IDENTITY": "from=x"}}) == "from=x"
    assert identity_of({}) is None
