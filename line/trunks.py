"""How the site dials out: what Asterisk rings for a line, and who calls."""

from instance.site import Site
from tickets.notify.channel import Telephone


def endpoint(line: Telephone, site: Site) -> str:
    """What Asterisk rings for a line: a registered phone, or a number over the site's mobile trunk."""
    if line.kind == "sip":
        return f"PJSIP/{line.address}"
    trunk = next(trunk for trunk in site.asterisk.trunks if trunk.name == site.mobile_trunk)
    return f"PJSIP/{line.address}@{trunk.endpoint}"


def caller_id(site: Site) -> str:
    """Who calls, as the phone shows it."""
    name = "".join(letter for letter in site.name if letter not in '"\\<>')
    return f'"{name}" <{site.asterisk.numbers[0]}>'
