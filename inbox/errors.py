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


class CannotWrite(Refused):
    """Nothing of this person's goes into the conversation now. Forms that catch it keep what was typed."""

    rule = "R-OFR-1"


class TooFast(CannotWrite):
    """`wait` is in seconds; programs get it as Retry-After."""

    code = "throttled"
    sentence = "That is {count} messages within a minute. You can go on in {wait} seconds."
    status = 429

    def __init__(self, *, count: int, wait: int) -> None:
        super().__init__(count=count, wait=wait)
        self.wait = wait


class ConversationClosed(CannotWrite):
    """What somebody who was blocked is told: not by whom, nor that it was a block."""

    code = "conversation_closed"
    sentence = "Nothing more can be sent in this conversation."


class YouBlockThem(CannotWrite):
    code = "you_block_them"
    sentence = "You have blocked {name}. Unblock {name} to write, ask for an offer or make one."


class CannotBlockYourself(Refused):
    code = "cannot_block_yourself"
    rule = "R-OFR-1"
    sentence = "You can’t block yourself."


class ReportNeedsWords(Invalid):
    code = "report_needs_words"
    sentence = "Say in a sentence or two what happened."


class ReportTooLong(Invalid):
    code = "report_too_long"
    sentence = "That is longer than a report can be ({limit} characters)."


class TooManyReports(Refused):
    code = "too_many_reports"
    rule = "R-OFR-1"
    sentence = "You have sent {count} reports within a day, and support reads them all. Send the next one tomorrow."


class AlreadyResolved(Refused):
    code = "already_resolved"
    sentence = "{agent} has resolved this report already."


class NoteNeeded(Invalid):
    code = "note_needed"
    sentence = "Say what was decided and why."


class AnswerNeedsTitle(Invalid):
    code = "answer_needs_title"
    sentence = "Give it a name, so that you find it again."


class AnswerNeedsText(Invalid):
    code = "answer_needs_text"
    sentence = "Write what it should say."


class AnswerTooLong(Invalid):
    code = "answer_too_long"
    sentence = "That is longer than fits here ({limit} characters)."


class TitleTaken(Invalid):
    code = "title_taken"
    sentence = "You have a quick answer called “{title}” already."


class TooManyAnswers(Refused):
    code = "too_many_answers"
    sentence = "You can keep {limit} quick answers. Delete one that you no longer use."
