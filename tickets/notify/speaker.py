"""The loudspeaker of a control room: a desk phone that answers by itself and reads the report out; never a response."""

from __future__ import annotations

from tickets.errors import ChannelError
from tickets.notify.call import FAILED, name, words
from tickets.notify.channel import Delivery, Means, Telephone


class SpeakerChannel:
    """Plays the report on the contact's `speaker` account; nobody has to press anything."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def send(self, delivery: Delivery) -> str:
        """Play the report and return how it went; ChannelError when nothing could be heard there."""
        account = delivery.contact.speaker
        if not account:
            raise ChannelError(f"kontak {delivery.contact.name} tidak punya pengeras suara (speaker)", permanent=True)
        line = Telephone("sip", account)
        answer = await self._means.announce(line, delivery.report)
        outcome = f"{name(line)} {words(answer)}"
        if answer.result in FAILED or answer.result in ("no_answer", "declined"):
            raise ChannelError(outcome)
        return outcome
