"""What is typed into a review and its answer; the rules are in `reviews.rules`."""

from django import forms

from reviews.models import ANSWER_LIMIT, REASON_LIMIT, TEXT_LIMIT

WORDS = {5: "excellent", 4: "good", 3: "all right", 2: "poor", 1: "bad"}


class ReviewForm(forms.Form):
    stars = forms.TypedChoiceField(
        label="How many stars?",
        choices=[(number, f"{number} – {word}") for number, word in WORDS.items()],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one to five stars."},
    )
    text = forms.CharField(
        label="How did it go?",
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What went well, what others should know.",
        error_messages={"required": "Write a few words: they help more than the stars."},
    )
    why_stopped = forms.CharField(
        label="Why did you stop?",
        required=False,
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only Milepost reads this.",
    )

    def __init__(self, *args: object, asks_why: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not asks_why:
            del self.fields["why_stopped"]


class AnswerForm(forms.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Everyone can read it below the review. You can answer once.",
        error_messages={"required": "Write a few words: they help more than the stars."},
    )
