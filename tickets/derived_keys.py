"""Keys and tokens that are derived from the secrets of an instance; pure.

Every use has a label of its own in `PURPOSES`, so that a value made for one use is worth nothing in another. Labels are
never changed: webhooks, links, tokens and erased numbers of instances that are in service depend on the values.
"""

import hashlib
import hmac

METRICS = b"metrics"
WEBHOOK = b"webhook"
DEVICE = b"device\0"
LINK = b"link\0"
TOPIC = b"topic\0"
NUMBER = b""

# label -> the secret, and the use
PURPOSES = {
    METRICS: ("session_key", "the token by which Prometheus reads /metrics from another machine"),
    WEBHOOK: ("session_key", "the key that signs webhooks; an OPD's program holds it in hexadecimal"),
    DEVICE: ("session_key", "the mark of a browser in which USER has logged in before: USER, NUL, the browser"),
    LINK: ("link_key", "the signature of a one-time link: its payload"),
    TOPIC: ("push_key", "the topic under which a push service keeps the newest push of a ticket: its number"),
    NUMBER: ("number_key", "the hash of an erased number; the only use of its key, and so without a label"),
}


def derive(key: str, purpose: bytes, about: str = "") -> bytes:
    """The 32 bytes of HMAC-SHA256 (RFC 2104) for one purpose, and for one thing `about` which it is made."""
    return hmac.new(key.encode(), purpose + about.encode("utf-8", "replace"), hashlib.sha256).digest()
