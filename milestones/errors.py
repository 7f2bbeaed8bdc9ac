"""Why a policy, a workflow or an offer's terms are refused. Numbers in a sentence come from the policy (R-POL-1)."""

from marketplace.kernel.errors import Invalid, Refused


class NoPolicyInForce(Refused):
    code = "no_policy_in_force"
    sentence = "Nothing can be sold in {currency} yet: support has to set a policy for it."
    rule = "R-POL-1"


class PolicyChanged(Refused):
    code = "policy_changed"
    sentence = "The marketplace’s rules changed while you were at it. Look at the page again, then repeat the step."
    rule = "R-POL-1"


class PolicyFieldUnknown(Invalid):
    code = "policy_field_unknown"
    sentence = "A policy has no “{name}” that can be changed."
    rule = "R-POL-2"


class TooFewMilestones(Invalid):
    code = "too_few_milestones"
    sentence = "{thing} with milestones needs at least {least}; this one has {count}. Add {missing} more."
    rule = "R-POL-3"


class TooManyMilestones(Invalid):
    code = "too_many_milestones"
    sentence = "{thing} can have up to {most} milestones; this one has {count}. Take {excess} away or join some."
    rule = "R-POL-3"


class NoMilestonesInGigs(Invalid):
    code = "no_milestones_in_gigs"
    sentence = "At present milestones can be used in custom offers, not in gigs."
    rule = "R-POL-3"


class BasicPriceTooLow(Invalid):
    code = "basic_price_too_low"
    sentence = (
        "Milestones need a Basic package that costs more than {limit}; yours costs {price}. "
        "Raise its price on the Pricing tab."
    )
    rule = "R-POL-3"


class OfferTotalTooLow(Invalid):
    code = "offer_total_too_low"
    sentence = (
        "An offer with milestones must total more than {limit}; this one totals {total}. "
        "Raise it, or ask for one payment."
    )
    rule = "R-POL-3"


class MilestoneTooCheap(Invalid):
    code = "milestone_too_cheap"
    sentence = "A milestone costs at least {least}; {which} costs {price}."
    rule = "R-POL-3"


class MilestoneTooLong(Invalid):
    code = "milestone_too_long"
    sentence = "A milestone takes up to {most} days; {which} takes {days}. Shorten it or divide it in two."
    rule = "R-POL-3"


class WorkTooLong(Invalid):
    code = "work_too_long"
    sentence = (
        "Money can be held for up to {most} days, so work under one payment can’t take {days}. "
        "Shorten it or use milestones."
    )
    rule = "R-POL-3"


class MilestoneWithoutDays(Invalid):
    code = "milestone_without_days"
    sentence = "Say how many days {which} takes: at least one."
    rule = "R-GIG-5"


class MilestoneWithoutName(Invalid):
    code = "milestone_without_name"
    sentence = "Give milestone {number} a name that says what is delivered."
    rule = "R-GIG-5"


class MilestoneInNoPackage(Invalid):
    code = "milestone_in_no_package"
    sentence = "Choose at least one package for {which}: it is in none."
    rule = "R-GIG-5"


class PackageWithoutMilestones(Invalid):
    code = "package_without_milestones"
    sentence = "The {tier} package has no milestone. Put at least one in it."
    rule = "R-GIG-5"


class PartsTooLow(Invalid):
    code = "parts_too_low"
    sentence = "The parts of {tier} add up to {assigned} of {price}: {difference} left to assign."
    rule = "R-GIG-5"


class PartsTooHigh(Invalid):
    code = "parts_too_high"
    sentence = "The parts of {tier} add up to {assigned}, which is {difference} more than its price of {price}."
    rule = "R-GIG-5"


class SubcategoryExcluded(Invalid):
    code = "subcategory_excluded"
    sentence = "Milestones can’t be used in {where} of this subcategory. Choose another one, or ask for one payment."
    rule = "R-POL-4"


class SellerExcluded(Invalid):
    code = "seller_excluded"
    sentence = "Support has switched milestones off for you: {reason} Write to support to have them back."
    rule = "R-POL-4"


class TextTooLong(Invalid):
    code = "text_too_long"
    sentence = "Up to {limit} characters fit here; this has {length}."
    rule = "R-GIG-3"


class WrongCurrency(Invalid):
    code = "wrong_currency"
    sentence = "Prices here are in {wanted}, not in {currency}."
    rule = "R-POL-2"


class NotOneMilestone(Invalid):
    code = "not_one_milestone"
    sentence = (
        "A single payment is for one piece of work; this offer has {count}. Choose “Milestones” to pay step by step."
    )
    rule = "R-ORD-1"


class MonthsOutOfBounds(Invalid):
    code = "months_out_of_bounds"
    sentence = "A subscription runs for {least} to {most} months; this one for {count}."
    rule = "R-OFR-4"


class MonthTooLong(Invalid):
    code = "month_too_long"
    sentence = (
        "Every month is charged on its date, so its work takes up to {most} days, as many as the shortest month has; "
        "this takes {days}."
    )
    rule = "R-OFR-4"


class MonthsDiffer(Invalid):
    code = "months_differ"
    sentence = "The months of a subscription are all alike. For stages that differ, choose “Milestones”."
    rule = "R-OFR-4"


class RevisionsOutOfScope(Invalid):
    code = "revisions_out_of_scope"
    sentence = "Revisions are counted for {scope} at present. Say there how many are included."
    rule = "R-POL-3"
