"""What people do on the pages, step by step, as a person would: by the words that they read."""

import re
from dataclasses import dataclass
from io import BytesIO

from playwright.sync_api import FilePayload, Page, expect

from tests.factories.accounts import PASSWORD
from tests.factories.gigs import picture

TITLE = "I will build your desktop application"
WORDS = "Small, fast programs for people who work all day in them."


@dataclass(frozen=True, slots=True)
class Stage:
    """A milestone as a seller types it."""

    name: str
    criterion: str
    days: str
    price: str


STAGES = (
    Stage("Clickable prototype", "Every window can be opened", "5", "80"),
    Stage("Working application", "Invoices can be written and printed", "9", "120"),
    Stage("Installer", "It installs on a fresh machine", "3", "60"),
)


def sign_up(page: Page, name: str, email: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    page.wait_for_url(re.compile(r"/$"))


def become_seller(page: Page) -> None:
    page.get_by_role("link", name="Start selling").click()
    page.get_by_label("What you do, in one line").fill("I build desktop programs for small offices")
    page.get_by_label("Country").select_option("Norway")
    page.get_by_role("button", name="Start selling on Milepost").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My gigs")


# --- The gig editor, tab by tab ---------------------------------------------------------------------------------------
def save_and_continue(page: Page, to: str) -> None:
    """Save a tab; the next one opens."""
    page.locator("#editor").get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("navigation", name="Gig editor").get_by_role("link", name=to)).to_have_attribute(
        "aria-current", "page"
    )


def begin_gig(page: Page) -> None:
    page.get_by_role("link", name="Make your first gig").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Subcategory").select_option("Desktop Applications · milestones possible")
    page.get_by_label("Tags").fill("python, invoices, windows")
    page.get_by_role("button", name="Save and continue").click()


def price_gig(page: Page) -> None:
    basic = page.get_by_role("group", name="Basic")
    basic.get_by_label("Name").fill("One program")
    basic.get_by_label("What the buyer gets").fill("A program for one task, with an installer.")
    basic.get_by_label("Price").fill("260")
    basic.get_by_label("Delivered in").fill("17")
    basic.get_by_label("Revisions included").fill("1")


def describe_gig(page: Page) -> None:
    """The Description & FAQ tab with its milestones (R-GIG-4, R-GIG-5)."""
    page.get_by_role("textbox", name="Description", exact=True).fill(
        "Small, fast programs for people who work all day in them."
    )
    page.get_by_role("button", name="Start from scratch").click()
    for number, stage in enumerate(STAGES, start=1):
        if number > 1:
            page.get_by_role("button", name="Add a milestone").click()
        card = page.locator(".ms").nth(number - 1)
        card.get_by_label("Name", exact=True).fill(stage.name)
        card.get_by_label("Done when").fill(stage.criterion)
    for row, stage in zip(page.locator("table.matrix tbody tr").all(), STAGES, strict=True):
        row.get_by_label(re.compile("^Part of Basic")).fill(stage.price)
        row.get_by_label(re.compile("^Days for")).fill(stage.days)


def ask_requirement(page: Page, question: str) -> None:
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("What do you need to know?").fill(question)
    page.get_by_label("The work can’t begin without it").check()


def add_picture(page: Page) -> None:
    content: BytesIO = picture()
    page.get_by_label("Picture").set_input_files(
        FilePayload(name="window.png", mimeType="image/png", buffer=content.getvalue())
    )
    page.get_by_label("What it shows").fill("A window with an invoice in it")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_role("img", name="A window with an invoice in it")).to_be_visible()


# --- An order ---------------------------------------------------------------------------------------------------------
def deliver(page: Page, milestone: str, words: str) -> None:
    """The seller hands `milestone` over: a few words and a file."""
    page.get_by_label("A few words about it").fill(words)
    page.get_by_label("Files to see at once").set_input_files(
        FilePayload(name="prototype.txt", mimeType="text/plain", buffer=b"What was made.")
    )
    page.get_by_role("button", name=f"Deliver ‘{milestone}’").click()
    expect(page.get_by_role("status").filter(has_text="Delivered.")).to_be_visible()


def decide(page: Page, button: str | re.Pattern[str]) -> None:
    """The buyer presses a button of the decision card, reads the question, and presses it again there."""
    page.locator("#decide").get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("button", name=button).click()
