"""The siren on an OPD's page. It sounds by itself while an assignment waits; this channel checks that a page is
open."""

from __future__ import annotations

from datetime import datetime

from tickets.errors import ChannelError
from tickets.notify.channel import Delivery, Means
from tickets.routing import Contact
from tickets.store import Store


class PageChannel:
    """Fails while no page of the contact is open with its sound on, so that the alarm shows it."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, delivery: Delivery) -> str:
        """Count the contact's open pages that sound; ChannelError where there is none."""
        contact, now = delivery.contact, self._means.clock()
        pages = await self._means.store.read(lambda store: _pages(store, now, contact))
        if not pages:
            whose = "OPD" if contact.opd else "pusat komando"
            raise ChannelError(f"tidak ada halaman {whose} yang terbuka dan bersuara")
        return f"{pages} halaman bersuara"


def _pages(store: Store, now: datetime, contact: Contact) -> int:
    if contact.opd is None:
        return store.people.pages_above(now, contact.name)
    return store.people.pages_open(now, "opd", contact.opd)
