"""The notices that payments send by themselves; the words are in templates/notifications/<name>.txt."""

from notifications.enums import Group
from notifications.kinds import Kind, register

register(
    Kind(name="books_do_not_agree", group=Group.MONEY, label="The books do not agree", action="See what differs"),
)
