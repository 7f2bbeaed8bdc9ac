"""What people are told about teams; the words are in templates/notifications/."""

from notifications.enums import Group
from notifications.kinds import Kind, register

TEAM_NOTICES = {"joined": "team_joined", "left": "team_left", "role": "team_role", "removed": "team_removed"}
TEAM = "See the team"

register(
    Kind("team_joined", Group.ACCOUNT, "Somebody joins your team", action=TEAM),
    Kind("team_left", Group.ACCOUNT, "Somebody leaves your team", action=TEAM),
    Kind("team_role", Group.ACCOUNT, "Your role in a team changes", action="See your teams"),
    Kind("team_removed", Group.ACCOUNT, "You are no longer in a team", action="See your teams"),
)
