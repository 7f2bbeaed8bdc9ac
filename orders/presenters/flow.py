"""Where every cent of an order is, as one drawing: what was paid on the left, where it is now on the right (R-PAY-8).

The bands are sums of postings and add up to what was paid, for each side in its own view: the buyer's include the
service fee; the seller's are prices, less commission.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from marketplace.kernel.money import Money
from orders.enums import OrderState
from orders.models import Milestone
from orders.presenters.pieces import Piece, Stage
from orders.presenters.turns import Turn, turn_of
from orders.presenters.words import card_name, counted, other, percent, plain_day
from orders.selectors import OrderView

# The drawing, in the units of its view box.
WIDTH = 1000
LEFT, RIGHT, THICK = 250.0, 640.0, 16.0
TALL = 190.0  # what was paid, on the left
SLOT, GAP = 46.0, 16.0  # the least room of a band's words on the right, and between two
THINNEST = 2.5
MOST_LETTERS = 46
AHEAD_TALL = 56.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One part of what was paid. `tone` is its colour; `note` says of what, and until when."""

    name: str
    label: str
    amount: Money
    tone: str
    note: str = ""

    @property
    def short_note(self) -> str:
        return self.note if len(self.note) <= MOST_LETTERS else f"{self.note[: MOST_LETTERS - 1].rstrip()}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A band with its place: all strings, so that no locale changes a number."""

    band: Band
    path: str
    y: str
    height: str
    head: str
    foot: str
    bar_x: str
    bar_width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`total` is on the left, `bands` on the right; `ahead` is agreed and not charged."""

    total: Money
    total_words: str
    bands: list[Band]
    ahead: Money
    ahead_words: str
    ahead_names: list[str]
    sentence: str

    @property
    def drawn(self) -> list[Drawn]:
        return _draw(self.bands)

    @property
    def source_y(self) -> str:
        return _number(_source_top(self.bands))

    @property
    def source_height(self) -> str:
        return _number(sum(_heights(self.bands)))

    @property
    def middle(self) -> str:
        return _number(_right_height(self.bands) / 2)

    @property
    def under_middle(self) -> str:
        return _number(_right_height(self.bands) / 2 + 22)

    @property
    def ahead_y(self) -> str:
        return _number(self._ahead_top)

    @property
    def ahead_lines(self) -> list[str]:
        """The heights of the text beside the dashed box."""
        return [_number(self._ahead_top + 25), _number(self._ahead_top + 45)]

    @property
    def ahead_text_y(self) -> str:
        return _number(self._ahead_top + 33)

    @property
    def view_box(self) -> str:
        bottom = self._ahead_top + AHEAD_TALL + 2 if self.ahead else _right_height(self.bands)
        return f"0 0 {WIDTH} {_number(bottom)}"

    @property
    def _ahead_top(self) -> float:
        return _right_height(self.bands) + 30 if self.bands else 2.0


def flow_of(view: OrderView, pieces: Sequence[Piece]) -> Flow:
    bands = _buyers(view, pieces) if view.is_buyer else _sellers(view, pieces)
    total = sum((band.amount for band in bands), Money.zero(view.order.currency))
    ahead = [piece.milestone for piece in pieces if piece.ahead and piece.milestone]
    sums = [milestone.to_pay if view.is_buyer else milestone.price for milestone in ahead]
    left = sum(sums, Money.zero(view.order.currency))
    names = [f"{milestone.name} {amount}" for milestone, amount in zip(ahead, sums, strict=True)]
    return Flow(
        total=total,
        total_words=_total_words(view, pieces),
        bands=bands,
        ahead=left,
        ahead_words=_ahead_words(view),
        ahead_names=names if len(names) <= 2 else [names[0], f"and {len(names) - 1} more {view.facts.noun}s"],
        sentence=_sentence(total, bands, left),
    )


def _ahead_words(view: OrderView) -> str:
    if view.order.held_since:
        return "Nothing is charged while the order is on hold"
    if asked := asked_of(view):
        return _first_asked(view, asked)
    if view.facts.is_subscription:
        return "Charged month by month, until one of you ends it"
    if view.is_buyer:
        return "Stays with you until you accept the milestone before"
    return f"Not charged until {other(view).first_name} wants it"


def asked_of(view: OrderView) -> Milestone | None:
    """The milestone whose payment is asked for now."""
    asking = view.order.state in (OrderState.PENDING_PAYMENT, OrderState.AWAITING_NEXT_PAYMENT)
    return view.current if asking and not view.order.held_since else None


def asked_words(view: OrderView, asked: Milestone) -> str:
    """ "$84.00 waits for your payment"."""
    amount = asked.to_pay if view.is_buyer else asked.price
    whose = "your" if view.is_buyer else f"{other(view).first_name}’s"
    return f"{amount} is being charged" if turn_of(view.facts) == Turn.BANK else f"{amount} waits for {whose} payment"


def _first_asked(view: OrderView, asked: Milestone) -> str:
    """What is asked for now, then what is left."""
    words, rest = asked_words(view, asked), "stays with you" if view.is_buyer else "comes later"
    return f"{words}; the rest {rest}" if view.following else words


def _buyers(view: OrderView, pieces: Sequence[Piece]) -> list[Band]:
    first, fee_bp = other(view).first_name, view.order.policy.buyer_fee_bp
    make = _Maker(view, pieces)
    books = [piece.balances for piece in pieces if piece.balances]
    return make.all(
        *make.stages(lambda piece: piece.spent, paid=f"Paid out to {first}"),
        make.band("held", "Held until you accept", "turn", make.held(with_fee=True), make.held_note()),
        make.band("fee", "Milepost service fee", "idle", sum(b.fee - b.books.fee_held for b in books), _fee(fee_bp)),
        make.band("surplus", "Paid twice, goes back to you", "work", sum(b.books.surplus for b in books)),
        make.band("refunding", "On its way back to you", "work", sum(b.books.refunding for b in books)),
        make.band("refunded", "Back with you", "back", sum(b.books.refunded for b in books)),
        make.band("lost", "Taken back by your bank", "stop", sum(b.books.lost for b in books)),
    )


def _sellers(view: OrderView, pieces: Sequence[Piece]) -> list[Band]:
    first = other(view).first_name
    make = _Maker(view, pieces)
    books = [piece.balances for piece in pieces if piece.balances]
    commission = sum(b.books.commission + b.books.commission_accrued for b in books)
    rate = f"{percent(view.order.policy.commission_bp)} of what was accepted"
    return make.all(
        *make.stages(lambda piece: piece.earned, paid="Paid out to you"),
        make.band("held", f"Held until {first} accepts", "turn", make.held(with_fee=False), make.held_note()),
        make.band("commission", "Milepost commission", "idle", commission, rate),
        make.band("refunded", f"Back to {first}", "back", sum(b.price_back for b in books)),
        make.band("lost", f"Taken back by {first}’s bank", "stop", sum(b.price_lost for b in books)),
    )


class _Maker:
    """Bands of one order, without those of nothing."""

    def __init__(self, view: OrderView, pieces: Sequence[Piece]) -> None:
        self.view, self.pieces = view, pieces

    def band(self, name: str, label: str, tone: str, amount: int, note: str = "") -> Band:
        return Band(name=name, label=label, tone=tone, amount=Money(amount, self.view.order.currency), note=note)

    @staticmethod
    def all(*bands: Band) -> list[Band]:
        return [band for band in bands if band.amount]

    def stages(self, amount_of: Callable[[Piece], int], *, paid: str) -> Iterable[Band]:
        labels = {
            Stage.PAID_OUT: (paid, "go"),
            Stage.ON_THE_WAY: ("On its way to the bank", "work"),
            Stage.AVAILABLE: ("Cleared, waiting to be sent", "turn" if not self.view.is_buyer else "work"),
            Stage.CLEARING: ("Released, clearing", "work"),
            Stage.ACCEPTED: ("Accepted, not released yet", "work"),
        }
        for stage, (label, tone) in labels.items():
            inside = [piece for piece in self.pieces if piece.stage == stage]
            yield self.band(stage.value, label, tone, sum(map(amount_of, inside)), self._note(stage, inside))

    def held(self, *, with_fee: bool) -> int:
        books = [piece.balances.books for piece in self.pieces if piece.balances]
        return sum(b.held + (b.fee_held if with_fee else 0) for b in books)

    def held_note(self) -> str:
        held = [piece for piece in self.pieces if piece.balances and piece.balances.books.held]
        return self._names(held)

    def _note(self, stage: Stage, pieces: Sequence[Piece]) -> str:
        if not pieces:
            return ""
        whom = "you" if not self.view.is_buyer else other(self.view).first_name
        transfers = [piece.transfer for piece in pieces if piece.transfer]
        match stage:
            case Stage.CLEARING if transfers:
                last = max(transfer.clears_at for transfer in transfers)
                verb = f"reaches {whom}" if pieces[0].payable else "clears"
                return f"{self._names(pieces)}, {verb} {plain_day(last)}"
            case Stage.PAID_OUT if transfers and (sent := [t.succeeded_at for t in transfers if t.succeeded_at]):
                return f"{self._names(pieces)}, sent {plain_day(max(sent))}"
            case Stage.ACCEPTED:
                return f"{self._names(pieces)}, when the order is complete"
        return self._names(pieces)

    def _names(self, pieces: Sequence[Piece]) -> str:
        """The one milestone, or how many."""
        return pieces[0].name if len(pieces) == 1 else counted(len(pieces), self.view.facts.noun)


def _fee(fee_bp: int) -> str:
    return f"{percent(fee_bp)} of each charge for accepted work"


def _total_words(view: OrderView, pieces: Sequence[Piece]) -> str:
    if not view.is_buyer:
        return f"paid by {other(view).first_name}, without the fee"
    charges = [piece.balances.charge for piece in pieces if piece.balances and piece.balances.charge]
    cards = {charge.method_label for charge in charges if charge.method_label}
    return f"charged so far to {card_name(cards.pop())}" if len(cards) == 1 else "charged so far"


def _sentence(total: Money, bands: Sequence[Band], ahead: Money) -> str:
    """The drawing in words, for whoever doesn't see it."""
    parts = ", ".join(f"{band.amount} {band.label[:1].lower()}{band.label[1:]}" for band in bands)
    charged = f"Of {total} paid: {parts}." if bands else "Nothing is charged yet."
    return f"{charged} {ahead} is not charged." if ahead else charged


# --- Geometry ---------------------------------------------------------------------------------------------------------
def _heights(bands: Sequence[Band]) -> list[float]:
    total = sum(band.amount.amount for band in bands)
    return [max(TALL * band.amount.amount / total, THINNEST) for band in bands] if total else []


def _slots(bands: Sequence[Band]) -> list[float]:
    return [max(height, SLOT) for height in _heights(bands)]


def _right_height(bands: Sequence[Band]) -> float:
    slots = _slots(bands)
    return max(sum(slots) + GAP * (len(slots) - 1), sum(_heights(bands))) if slots else 0.0


def _source_top(bands: Sequence[Band]) -> float:
    return (_right_height(bands) - sum(_heights(bands))) / 2


def _draw(bands: Sequence[Band]) -> list[Drawn]:
    drawn: list[Drawn] = []
    left, right, done = _source_top(bands), 0.0, 0.0
    heights, total = _heights(bands), sum(band.amount.amount for band in bands)
    for band, height, slot in zip(bands, heights, _slots(bands), strict=True):
        top = right + (slot - height) / 2
        middle = right + slot / 2
        share = 100 * band.amount.amount / total
        drawn.append(
            Drawn(
                band=band,
                path=_ribbon(left, top, height),
                y=_number(top),
                height=_number(height),
                head=_number(middle - 3),
                foot=_number(middle + 17),
                bar_x=_number(done),
                bar_width=_number(max(share - 0.7, 0.4)),
            )
        )
        left, right, done = left + height, right + slot + GAP, done + share
    return drawn


def _ribbon(left: float, right: float, height: float) -> str:
    """From the bar on the left, starting at `left`, to the one on the right, starting at `right`."""
    start, end, bend = LEFT + THICK, RIGHT, (LEFT + THICK + RIGHT) / 2
    x1, x2, xm = _number(start), _number(end), _number(bend)
    a, b, c, d = (_number(y) for y in (left, right, right + height, left + height))
    return f"M{x1} {a}C{xm} {a} {xm} {b} {x2} {b}V{c}C{xm} {c} {xm} {d} {x1} {d}Z"


def _number(value: float) -> str:
    return f"{value:.1f}"
