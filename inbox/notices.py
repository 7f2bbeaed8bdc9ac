"""What the inbox tells people. The words are in templates/notifications/."""

MESSAGE_RECEIVED = "message_received"
