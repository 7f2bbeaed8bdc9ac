"""Quick answers: words that one writes often, kept under a name. Everybody's are their own (R-OFR-1)."""

from django.db import transaction

from accounts.models import User
from inbox.errors import AnswerNeedsText, AnswerNeedsTitle, AnswerTooLong, TitleTaken, TooManyAnswers
from inbox.limits import ANSWERS_LIMIT, BODY_LIMIT, TITLE_LIMIT
from inbox.models import QuickAnswer
from marketplace.kernel.errors import Invalid, ManyInvalid, Unknown


@transaction.atomic
def save_answer(*, owner: User, title: str, text: str, answer: QuickAnswer | None = None) -> QuickAnswer:
    """Keep a new quick answer, or change `answer`.

    Raises Unknown for one of somebody else's, TooManyAnswers, ManyInvalid with AnswerNeedsTitle, AnswerNeedsText,
    AnswerTooLong and TitleTaken.
    """
    if answer is not None and answer.owner_id != owner.pk:
        raise Unknown
    User.objects.select_for_update().get(pk=owner.pk)  # so that two at once are counted one after the other
    own = QuickAnswer.objects.filter(owner=owner)
    if answer is None and own.count() >= ANSWERS_LIMIT:
        raise TooManyAnswers(limit=ANSWERS_LIMIT)
    kept = answer or QuickAnswer(owner=owner)
    kept.title, kept.text = " ".join(title.split()), text.strip()
    failures = _failures(kept)
    if own.filter(title__iexact=kept.title).exclude(pk=kept.pk).exists():
        failures.append(TitleTaken(field="title", title=kept.title))
    if failures:
        raise ManyInvalid(failures)
    kept.save()
    return kept


def delete_answer(*, owner: User, answer: QuickAnswer) -> None:
    """Raises Unknown for one of somebody else's."""
    if answer.owner_id != owner.pk:
        raise Unknown
    answer.delete()


def _failures(answer: QuickAnswer) -> list[Invalid]:
    found: list[Invalid] = []
    if not answer.title:
        found.append(AnswerNeedsTitle(field="title"))
    if not answer.text:
        found.append(AnswerNeedsText(field="text"))
    for field, limit in (("title", TITLE_LIMIT), ("text", BODY_LIMIT)):
        if len(getattr(answer, field)) > limit:
            found.append(AnswerTooLong(field=field, limit=limit))
    return found
