"""Telling people things: `notify` writes the row, `delivering` mails it, `reading` marks it."""

from notifications.services.notifying import notify

__all__ = ["notify"]
