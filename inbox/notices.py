"""What the inbox tells people; the words are in templates/notifications/."""

from notifications.enums import Group
from notifications.kinds import Kind, register

MESSAGE_RECEIVED = "message_received"

register(Kind(MESSAGE_RECEIVED, Group.MESSAGES, "Someone writes to you", action="Read and answer"))
