"""Message services (Telegram, WhatsApp, ntfy, e-mail, SMS gateways …) through Apprise; its URLs hold secrets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tickets.errors import ChannelError
from tickets.notify.channel import Delivery, Means

if TYPE_CHECKING:  # it is large: only the process that sends loads it, and not the one that answers calls
    import apprise

# Apprise writes addresses and answers of servers into its log: not into ours.
for _name in ("apprise", "apprise.common", "requests_oauthlib", "urllib3"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class AppriseChannel:
    """One message to the Apprise URL of a contact; the daemon limits how long it may take."""

    def __init__(self, means: Means) -> None:
        import apprise

        self._asset = apprise.AppriseAsset(app_id="112", app_desc="tanggap112", secure_logging=True)

    async def send(self, delivery: Delivery) -> str:
        """Send one message; returns the service that took it."""
        import apprise

        service = self._service(delivery.contact.apprise)
        messenger = apprise.Apprise(asset=self._asset)
        messenger.add(service)
        sent = await messenger.async_notify(
            title=delivery.report.subject,
            body=delivery.report.body,
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=apprise.NotifyType.WARNING,
        )
        if not sent:
            raise ChannelError(f"layanan pesan {redacted(delivery.contact.apprise)} menolak atau tidak menjawab")
        return f"terkirim lewat {redacted(delivery.contact.apprise)}"

    def _service(self, url: str | None) -> apprise.NotifyBase:
        import apprise

        service = apprise.Apprise.instantiate(url, asset=self._asset, suppress_exceptions=True) if url else None
        if not isinstance(service, apprise.NotifyBase):
            raise ChannelError(
                f"alamat Apprise {redacted(url)} tidak dikenali; perbaiki di routing.yaml", permanent=True
            )
        return service


def redacted(url: str | None) -> str:
    """An Apprise URL without what may be secret: its scheme alone."""
    scheme, separator, _rest = (url or "").partition("://")
    return f"{scheme}://…" if separator else "(kosong)" if not url else "…"
