"""Every refusal of an order, with the sentence that the person reads."""

from marketplace.kernel.errors import Invalid, NotAllowed, Refused, Unknown


class OrderUnknown(Unknown):
    code = "order_not_found"
    sentence = "We can’t find that order."


class NotYours(NotAllowed):
    code = "not_your_action"
    sentence = "Only the {role} can do this."
    rule = "R-ORD-5"


class OwnMatter(NotAllowed):
    """Nobody is support for themselves, nor for whom they work or have worked for."""

    code = "own_matter"
    sentence = (
        "Your own side is in this: you are one of the two people, or you work or worked in the team of one. Another "
        "agent does it."
    )
    rule = "R-SUP-5"


class IllegalTransition(Refused):
    """The table has no such step from here. `standing` says in words where the order is."""

    code = "illegal_transition"
    sentence = "That isn’t possible now: {standing}."
    rule = "R-ORD-4"


class OrderOver(IllegalTransition):
    code = "order_over"
    sentence = "Nothing is left to cancel: {standing}, and an order that has ended doesn’t move again."


class StillUnderWay(Refused):
    """Its money is held: that is divided by cancelling it."""

    code = "milestone_under_way"
    sentence = "‘{milestone}’ is not accepted yet. Cancel it, and say there how what is held for it divides."
    rule = "R-SUP-2"


class NothingPaid(IllegalTransition):
    code = "nothing_paid"
    sentence = "Nothing is there to cancel or refund: {standing}. An order that nobody pays for lapses by itself."


class CannotContinue(IllegalTransition):
    """Support can't cancel one milestone and go on to the next from here."""

    code = "cannot_continue"
    sentence = "There is no next milestone to go on with: {standing}. End the order instead, or leave it as it is."
    rule = "R-SUP-2"


class OrderOnHold(Refused):
    code = "order_on_hold"
    sentence = "This order is on hold: its work and its clocks stand still. Support looks into it and tells you both."
    rule = "R-ORD-17"


class NothingHolds(Refused):
    code = "nothing_holds"
    sentence = "There is no such hold on this order."
    rule = "R-ORD-4"


class TooLateToDecide(Refused):
    code = "review_time_over"
    sentence = "The time to review ran out at {deadline:%d %b %Y, %H:%M} UTC, so the delivery counts as accepted."
    rule = "R-ORD-8"


class NoRevisionsLeft(Refused):
    code = "no_revisions_left"
    sentence = (
        "All {allowed} revisions of {scope} are used. You can accept the delivery, accept and stop here, or ask the "
        "seller in a message."
    )
    rule = "R-ORD-9"


class LastMilestone(Refused):
    code = "last_milestone"
    sentence = "This is the last milestone, so there is no next one to pay for. Accept it to finish the order."
    rule = "R-ORD-6"


class NotLastMilestone(Refused):
    code = "not_last_milestone"
    sentence = "There are more milestones. Accept and start the next one, or accept and stop here."
    rule = "R-ORD-6"


class NotASubscription(Refused):
    code = "not_a_subscription"
    sentence = "This order is not a subscription."
    rule = "R-OFR-4"


class EndTheSubscription(Refused):
    code = "end_the_subscription"
    sentence = "This is a subscription, so it isn’t stopped or finished here: choose to end the subscription."
    rule = "R-OFR-4"


class NextMonthAhead(Refused):
    code = "next_month_ahead"
    sentence = "‘{month}’ begins and is charged on {date:%d %b %Y, %H:%M} UTC, not before. Accept without paying now."
    rule = "R-OFR-4"


class NextMonthDue(Refused):
    code = "next_month_due"
    sentence = "The date of ‘{month}’ has come, so accepting charges it now. Look at the page again."
    rule = "R-OFR-4"


class ExtensionUsed(Refused):
    code = "extension_used"
    sentence = "More time can be asked for once per {noun}."
    rule = "R-ORD-8"


class ExtensionNotAsked(Refused):
    code = "extension_not_asked"
    sentence = "Nobody has asked for more time."
    rule = "R-ORD-8"


class NothingAccepted(Refused):
    code = "nothing_accepted"
    sentence = "No milestone has been accepted yet, so the order would be cancelled, not completed."
    rule = "R-ORD-4"


class SomethingAccepted(Refused):
    code = "something_accepted"
    sentence = "A milestone has been accepted, so the order can’t be cancelled. End it: what was accepted stays paid."
    rule = "R-ORD-4"


class RequirementsOpen(Refused):
    code = "requirements_open"
    sentence = "The seller’s questions are not answered yet."
    rule = "R-ORD-2"


class AlreadyLate(Refused):
    code = "already_flagged_late"
    sentence = "This milestone is marked late already."
    rule = "R-ORD-10"


class NotDueYet(Refused):
    """A timer came early: it may act only at its deadline or after it."""

    code = "not_due_yet"
    sentence = "The deadline has not passed yet."
    rule = "R-ORD-8"


class OwnOffer(Refused):
    code = "own_gig"
    sentence = "You can’t order from yourself."
    rule = "R-ORD-1"


class WordsTooLong(Invalid):
    code = "words_too_long"
    sentence = "Up to {limit} characters fit here; this has {length}."


class TaskUnknown(Unknown):
    code = "task_unknown"
    sentence = "There is no such task for you."


class TaskNeedsTitle(Invalid):
    code = "task_needs_title"
    sentence = "Say in a few words what is to be done."
    rule = "R-ORD-15"


class NotInTheTeam(Invalid):
    code = "not_in_the_team"
    sentence = "{name} can’t have a task here. Choose yourself or somebody of the team who is not the buyer."
    rule = "R-ORD-15"


class TooManyTasks(Refused):
    code = "too_many_tasks"
    sentence = "An order has up to {limit} tasks. Delete some that are done."
    rule = "R-ORD-15"


class NoteEmpty(Invalid):
    code = "note_empty"
    sentence = "Write something or choose a file."


class NoteUnknown(Unknown):
    code = "note_unknown"
    sentence = "You have no such note on this order."


class NoteNeedsWords(Invalid):
    code = "note_needs_words"
    sentence = "Write the note first."
    rule = "R-ORD-15"


class TooManyNotes(Invalid):
    code = "too_many_notes"
    sentence = "Your side has up to {limit} notes on an order. Delete some that nobody needs."
    rule = "R-ORD-15"


class OwnTeamsWork(Refused):
    """Somebody of the seller's team orders: nobody may be both sides of an order."""

    code = "own_teams_work"
    sentence = "You work in the team of {seller}, so you can’t order from them. Leave the team first."


class SellerGone(Refused):
    """The account was closed after the offer had been sent."""

    code = "seller_gone"
    sentence = "{seller} doesn’t take orders any more. Nothing was charged."
    rule = "R-ORD-1"


class SellerLeft(Refused):
    """The account was closed while the order ran: nothing more is charged for work that nobody would do."""

    code = "seller_left"
    sentence = "{seller}’s account has been closed, so nothing more is charged for work of theirs. End the order here."
    rule = "R-PAY-3"


class TermsChanged(Refused):
    code = "terms_changed"
    sentence = "The plan or the price has changed since you opened the page. Look at it again before you order."
    rule = "R-OFR-5"


class GigNotForSale(Refused):
    code = "gig_not_for_sale"
    sentence = "This gig can’t be ordered now."
    rule = "R-GIG-2"


class SellerAway(Refused):
    code = "seller_away"
    sentence = "{seller} is away until {until}. You can write, and order from then on."


class DeliveryNeedsMessage(Invalid):
    code = "delivery_needs_message"
    sentence = "Write a few words about what you deliver."
    rule = "R-ORD-5"


class DeliveryNeedsContent(Invalid):
    code = "delivery_needs_content"
    sentence = "Add at least one file or link."
    rule = "R-ORD-5"


class ConfirmFullProject(Invalid):
    code = "confirm_full_project"
    sentence = "This is the final delivery. Confirm that it holds the full project."
    rule = "R-ORD-5"


class RevisionNeedsWords(Invalid):
    code = "revision_needs_words"
    sentence = "Say what is missing or should change."
    rule = "R-ORD-6"


class CriterionUnknown(Invalid):
    code = "criterion_unknown"
    sentence = "This milestone has no such criterion. Choose one of its own, or say in words what is missing."
    rule = "R-ORD-6"


class ReasonNeeded(Invalid):
    code = "reason_needed"
    sentence = "Say why, in a few words."
    rule = "R-ORD-8"


class AnswerNeeded(Invalid):
    code = "answer_needed"
    sentence = "The seller needs this to begin."
    rule = "R-ORD-2"


class NotAnOption(Invalid):
    code = "not_an_option"
    sentence = "Choose one of the answers."
    rule = "R-ORD-2"


class PaymentUnderWay(Refused):
    code = "payment_under_way"
    sentence = "The payment is being made right now. Wait a moment, then look again."
    rule = "R-ORD-7"


class NothingToPay(Refused):
    code = "nothing_to_pay"
    sentence = "Nothing waits to be paid on this order."
    rule = "R-PAY-2"


class CardInUse(Refused):
    code = "card_in_use"
    sentence = (
        "{card} pays for ‘{order}’{more}, so it can’t be removed yet. Choose another card there first, or wait until "
        "the order has ended."
    )
    rule = "R-PAY-2"


class QuestionUnknown(Invalid):
    code = "question_unknown"
    sentence = "There is no question {position}."
    rule = "R-ORD-2"


class StepUnknown(Unknown):
    code = "step_not_found"
    sentence = "This order has no such step."
    rule = "R-GIG-6"


class StepNotAtWork(Refused):
    code = "step_not_at_work"
    sentence = "‘{step}’ can be shared while ‘{milestone}’ is being worked on. Nothing was changed."
    rule = "R-GIG-6"


class StepOutOfTurn(Refused):
    code = "step_out_of_turn"
    sentence = "Share ‘{first}’ first: steps follow each other."
    rule = "R-GIG-6"


class StepShared(Refused):
    code = "step_already_shared"
    sentence = "‘{step}’ is shared already."
    rule = "R-GIG-6"


class StepNeedsMessage(Invalid):
    code = "step_needs_message"
    sentence = "Say in a few words what is there to see."
    rule = "R-GIG-6"


class StepNotShared(Refused):
    code = "step_not_shared"
    sentence = "‘{step}’ hasn’t been shared yet, so there is nothing to see."
    rule = "R-GIG-6"


class StepNeedsNoAnswer(Refused):
    code = "step_needs_no_answer"
    sentence = "‘{step}’ is a tick of the seller’s and waits for no answer. You decide on the delivery."
    rule = "R-ORD-15"


class StepAcknowledged(Refused):
    code = "step_already_acknowledged"
    sentence = "You have said already that you have seen ‘{step}’."
    rule = "R-GIG-6"


class OrderIsOver(Refused):
    code = "order_is_over"
    sentence = "The order has ended, so its steps stay as they are."
    rule = "R-GIG-6"
