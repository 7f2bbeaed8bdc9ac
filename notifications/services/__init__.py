"""Telling people things: `notify` writes the row, `delivering` mails it, `reading` marks it."""

from notifications.services.notifying import notify, notify_seller

__all__ = ["notify", "notify_seller"]
