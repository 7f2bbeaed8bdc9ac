"""What the provider still wants to know of a seller: its own names, in plain words (R-PAY-5)."""

from collections.abc import Iterable

# By the beginning of the provider's name, the longest that fits: "individual.verification.document".
WORDS = {
    "business_profile.mcc": "What kind of business you run",
    "business_profile.product_description": "What you sell, in a sentence",
    "business_profile.support": "How customers reach you",
    "business_profile.url": "A web page about what you sell",
    "business_type": "Whether you work as a person or as a company",
    "company.address": "The address of your company",
    "company.directors_provided": "Who directs your company",
    "company.executives_provided": "Who leads your company",
    "company.name": "The name of your company",
    "company.owners_provided": "Who owns your company",
    "company.phone": "The telephone number of your company",
    "company.tax_id": "The tax number of your company",
    "company.verification.document": "A paper that shows that your company exists",
    "company": "More about your company",
    "external_account": "The bank account that your earnings should go to",
    "individual.address": "Your address",
    "individual.dob": "Your date of birth",
    "individual.email": "Your e-mail address",
    "individual.first_name": "Your name",
    "individual.last_name": "Your name",
    "individual.id_number": "Your national identity or tax number",
    "individual.phone": "Your telephone number",
    "individual.political_exposure": "Whether you hold a public office",
    "individual.ssn_last_4": "The last four digits of your social security number",
    "individual.verification.additional_document": "A second paper with your name and address",
    "individual.verification.document": "A picture of your passport or identity card",
    "individual.verification.proof_of_liveness": "A selfie, to compare with your identity card",
    "individual": "More about you",
    "representative": "More about the person who acts for your company",
    "relationship": "Your position in the company",
    "tos_acceptance": "Your agreement to Stripe’s terms",
}
OTHERWISE = "Something more, which Stripe’s page explains"
REFUSALS = {
    "rejected.fraud": "Stripe suspects fraud and does not pay to this account.",
    "rejected.incomplete_verification": "Stripe could not find out in time who you are, and has closed this account.",
    "rejected.listed": "Stripe may not pay to this account by law.",
    "rejected.platform_fraud": "Stripe suspects fraud and does not pay to this account.",
    "rejected.terms_of_service": "What you sell is against Stripe’s terms, so it does not pay to this account.",
    "rejected": "Stripe does not pay to this account.",
    "deauthorized": "You have cut the tie between Milepost and your account at Stripe.",
    "under_review": "Stripe is looking at your account. Usually that takes a day or two.",
    "requirements.pending_verification": "Stripe is checking what you sent. It takes minutes, at most two days.",
    "platform_paused": "Payouts to your account are paused. Write to support to learn why.",
}


def in_words(names: Iterable[str]) -> list[str]:
    """A sentence for each thing that is wanted, each once, in the order in which the provider names them."""
    return list(dict.fromkeys(_longest(WORDS, name) or OTHERWISE for name in names))


def refusal_in_words(reason: str) -> str:
    """Why the provider does not pay now; "" when it only waits for what it wants to know."""
    return _longest(REFUSALS, reason)


def _longest(words: dict[str, str], name: str) -> str:
    parts = name.split(".")
    beginnings = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((words[beginning] for beginning in beginnings if beginning in words), "")
