"""Why a review can't be written or answered (R-ORD-17)."""

from marketplace.kernel.errors import Invalid, NotAllowed, Refused, Unknown


class ReviewUnknown(Unknown):
    code = "review_unknown"
    sentence = "There is no such review."


class OrderNotCompleted(Refused):
    code = "order_not_completed"
    sentence = "An order can be reviewed once it is completed."
    rule = "R-ORD-17"


class ReviewTimeOver(Refused):
    code = "review_time_over"
    sentence = "The time for reviews of this order ended on {day}."
    rule = "R-ORD-17"


class ReviewRevealed(Refused):
    code = "review_revealed"
    sentence = "Both of you have reviewed this order, so your review can’t be changed any more."
    rule = "R-ORD-17"


class StarsMissing(Invalid):
    code = "stars_missing"
    sentence = "Choose one to five stars."
    rule = "R-ORD-17"


class WordsMissing(Invalid):
    code = "words_missing"
    sentence = "Write a few words: they help more than the stars."
    rule = "R-ORD-17"


class TooManyWords(Invalid):
    code = "too_many_words"
    sentence = "Use at most {limit} characters."


class OnlyTheReviewedAnswers(NotAllowed):
    code = "only_the_reviewed_answers"
    sentence = "Only the seller who was reviewed can answer."


class AnsweredAlready(Refused):
    code = "answered_already"
    sentence = "You have answered this review. An answer is given once."
