"""allauth's mails, sent through the outbox: a mail server that is down stops nobody from signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from marketplace.kernel import clock
from notifications.services.writing import write_letter

# What allauth calls the link of a mail, and what its button says.
ACTIONS = {
    "activate_url": "Confirm this address",
    "password_reset_url": "Choose a new password",
    "signup_url": "Make an account",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        mail = self.render_mail(template_prefix, email, {"email": email, **context})
        name = next((name for name in ACTIONS if context.get(name)), "")
        write_letter(
            to=email,
            subject=mail.subject,
            text=mail.body,
            link=context.get(name, ""),
            action=ACTIONS.get(name, ""),
            now=clock.now(),
        )

    def format_email_subject(self, subject: str) -> str:
        return subject
