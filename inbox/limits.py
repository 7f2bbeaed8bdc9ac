"""How much of what: limits of the inbox's machinery, for pages and programs alike."""

from datetime import timedelta

BODY_LIMIT = 5000  # characters of one message
FILES_LIMIT = 10  # files of one message
MESSAGES_AT_ONCE, MESSAGES_WITHIN = 30, timedelta(minutes=1)  # what one person can write, everywhere together
REPORTS_AT_ONCE, REPORTS_WITHIN = 10, timedelta(days=1)
REPORT_LIMIT = 2000  # characters of a report
ANSWERS_LIMIT = 50  # quick answers that one person keeps
TITLE_LIMIT = 60  # characters of a quick answer's name
CONVERSATIONS_PAGE = 30
MESSAGES_PAGE = 60
FOUND_PAGE = 40  # lines that a search shows
SEARCHED_BY_LIKENESS = 5000  # how many of the newest messages are searched for words with typing errors
PICTURE_LIMIT = 12 * 1024 * 1024  # bytes up to which a picture gets a small copy to look at
