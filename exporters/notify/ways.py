"""The ways to people, by their kind: Apprise's services, and webhooks."""

from exporters.notify.channel import Channel
from exporters.notify.hook import Hook
from nvr.settings import ChannelSettings

Way = Channel | Hook


def opened(name: str, settings: ChannelSettings) -> Way:
    """`name` is `receiver/channel`. It takes its time: do it in a thread. Raises ConfigError."""
    return Hook(name, settings) if settings.kind == "webhook" else Channel(name, settings)
