"""Derived values, as release 0.1.0 made them: holders of one must not need another."""

import base64
from dataclasses import fields
from datetime import UTC, datetime
from itertools import permutations

from console.web.throttle import known_device
from instance import Secrets
from tanggap.console import metrics_token
from tanggap.escalate import webhook_key
from tickets.derived_keys import PURPOSES, TOPIC, derive
from tickets.links import Link, sign
from tickets.notify.webhook import signature
from tickets.screening.reputation import fingerprint, key_name

KEY = "kunci-uji-0123456789abcdef"


def test_the_token_for_metrics() -> None:
    """It stands in the configuration of a Prometheus elsewhere."""
    assert metrics_token(KEY) == "61cd275546e5e1eb972a3883b0391323b2bfec98ee246a37f834637c18c18233"


def test_the_key_of_webhooks() -> None:
    """It stands in the program of an OPD, and signs as it did."""
    assert webhook_key(KEY) == b"7e965f7c11d716c0b4c009f56d604d02b914052a0bf409d188ce6360785692f1"
    signed = "sha256=f3e095e880519367c543ab9f3ead07623f9ec2e9b3095e1febbef514793f6471"
    assert signature(webhook_key(KEY), "1764460800", b"{}") == signed


def test_the_cookie_of_a_known_browser() -> None:
    """Kept for months; a browser that is known is not braked by the failures of strangers."""
    cookie = "abc.024185614482f3591b9e75e5773dbfce06372c8ae38bb9e57210be2b041c3623"
    assert known_device(KEY, "siti", cookie) == "abc"


def test_the_signature_of_a_link() -> None:
    """Links stand in messages that were sent before an upgrade."""
    link = Link(7, "damkar", "tugas", datetime(2026, 11, 30, tzinfo=UTC), "3-1")
    payload = "WzcsImRhbWthciIsInR1Z2FzIiwxNzk1OTk2ODAwLCIzLTEiXQ"
    assert sign(KEY, link) == f"{payload}.Y0hoROFpteF1KGjYrU6oQRxVH1mAelDrY2UYg94WOFM"


def test_the_hash_of_an_erased_number() -> None:
    """The store holds it in the number's place."""
    expected = "fea2950fa38924b68313fd11a5fb36830fa24c46cd063f72387e69afb44e0128"
    assert (fingerprint(KEY, "+6281234567890"), key_name(KEY)) == (expected, "39b9574c")


def test_the_topic_of_a_web_push() -> None:
    """A push that a service holds for a telephone that is off is replaced by the next push of that ticket."""
    topic = base64.urlsafe_b64encode(derive(KEY, TOPIC, "T-20261130-0001"))[:32].decode()
    assert topic == "n40VEH8evayW3bmjdtiuzJb7QlZllz7e"


def test_no_label_begins_another_of_the_same_secret() -> None:
    """Else one purpose could make the value of another; and every secret exists."""
    for (label, (secret, _)), (other, (others, _)) in permutations(PURPOSES.items(), 2):
        assert secret != others or not other.startswith(label), (label, other)
    assert {secret for secret, _ in PURPOSES.values()} <= {field.name for field in fields(Secrets)}
