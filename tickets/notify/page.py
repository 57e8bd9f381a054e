"""The siren on an OPD's page. It sounds by itself while an assignment waits; this channel checks that a page is
open."""

from __future__ import annotations

from tickets.errors import ChannelError
from tickets.notify.channel import Delivery, Means


class PageChannel:
    """Fails while no page of the contact is open with its sound on, so that the alarm shows it."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, delivery: Delivery) -> str:
        """Count the contact's open pages that sound; ChannelError where there is none."""
        opd = delivery.contact.opd
        role, now = ("command" if opd is None else "opd"), self._means.clock()
        pages = await self._means.store.read(lambda store: store.people.pages_open(now, role, opd))
        if not pages:
            raise ChannelError(f"tidak ada halaman {'OPD' if opd else 'pusat komando'} yang terbuka dan bersuara")
        return f"{pages} halaman bersuara"
