"""The channels by which an OPD is pushed. A new one is one file, and one line here."""

from collections.abc import Mapping

from tickets.notify.apprise import AppriseChannel
from tickets.notify.call import MOBILE_PACE_S, CallChannel
from tickets.notify.channel import Channel, ChannelKind, Delivery, Means, Wired, wire
from tickets.notify.page import PageChannel
from tickets.notify.speaker import SpeakerChannel
from tickets.notify.webhook import WebhookChannel
from tickets.notify.webpush import WebPushChannel

CHANNELS: Mapping[str, ChannelKind] = {
    "page": ChannelKind(PageChannel, limit_s=5),
    "webpush": ChannelKind(WebPushChannel, limit_s=12),
    "apprise": ChannelKind(AppriseChannel, limit_s=20),
    "webhook": ChannelKind(WebhookChannel, limit_s=10),
    "call": ChannelKind(CallChannel, limit_s=180, pace_s=15, mobile_pace_s=MOBILE_PACE_S, alone=True),
    "speaker": ChannelKind(SpeakerChannel, limit_s=120, pace_s=10, alone=True),
}

__all__ = ["CHANNELS", "Channel", "ChannelKind", "Delivery", "Means", "Wired", "wire"]
