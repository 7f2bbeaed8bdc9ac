"""What the catalogue tells people. Registered when the app is ready."""

from notifications.kinds import Kind, register

MILESTONES_HIDDEN = "gig_milestones_hidden"

register(
    Kind(
        name=MILESTONES_HIDDEN,
        group="account",
        label="The milestones of one of your gigs were hidden",
        action="See how to show them again",
    )
)
