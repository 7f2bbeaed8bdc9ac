"""A mail server for tests that can be down, can refuse, and can be slow."""

import threading
from collections.abc import Callable, Sequence
from typing import ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Server:
    """The one server that every Connection speaks to. `on_send` may raise, or wait."""

    down: ClassVar[bool] = False
    sent: ClassVar[list[EmailMessage]] = []
    on_send: ClassVar[Callable[[EmailMessage], None] | None] = None
    lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def reset(cls) -> None:
        cls.down, cls.sent, cls.on_send = False, [], None


class Connection(BaseEmailBackend):
    def open(self) -> bool:
        if Server.down:
            raise ConnectionRefusedError("the mail server is down")
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            if Server.on_send:
                Server.on_send(message)
            with Server.lock:
                Server.sent.append(message)
        return len(email_messages)
