"""What can go wrong between two people who write to each other."""

from marketplace.kernel.errors import Invalid, Refused


class CannotWriteToYourself(Refused):
    code = "cannot_write_to_yourself"
    rule = "R-OFR-1"
    sentence = "A conversation needs two people. This page is your own."


class NothingWritten(Invalid):
    code = "nothing_written"
    sentence = "Write something or choose a file, then send."


class MessageTooLong(Invalid):
    code = "message_too_long"
    sentence = "That is longer than a message can be ({limit} characters). Send the rest as a file or a second message."


class TooManyFiles(Invalid):
    code = "too_many_files"
    sentence = "Up to {limit} files go with one message. Send the others with the next."
