"""Who in a team may do what: the one table that selectors, pages, docs/team.md and the tests read.

What the owner alone may do is done on pages that know nobody but the person signed in.
"""

from accounts.enums import Ability, TeamRole

_ALL = frozenset(TeamRole)
_MANAGERS = frozenset({TeamRole.OWNER, TeamRole.MANAGER})
_OWNER = frozenset({TeamRole.OWNER})

ROLES: dict[Ability, frozenset[TeamRole]] = {
    Ability.EDIT_GIGS: _MANAGERS,
    Ability.ANSWER: _MANAGERS,
    Ability.SEND_OFFERS: _MANAGERS,
    Ability.SEE_ORDERS: _MANAGERS,
    Ability.DELIVER: _MANAGERS,
    Ability.ASSIGN_TASKS: _MANAGERS,
    Ability.DO_TASKS: _ALL,
    Ability.SEE_EARNINGS: _MANAGERS,
    Ability.GET_PAID: _OWNER,
    Ability.EDIT_BILLING: _OWNER,
    Ability.MANAGE_TEAM: _OWNER,
    Ability.EDIT_PROFILE: _OWNER,
    Ability.KEEP_TOKENS: _OWNER,
}
INVITED = (TeamRole.MANAGER, TeamRole.CONTRIBUTOR)


def roles_with(ability: Ability) -> list[TeamRole]:
    """The roles among those invited that have `ability`."""
    return [role for role in INVITED if role in ROLES[ability]]


def abilities_of(role: TeamRole) -> list[Ability]:
    return [ability for ability in Ability if role in ROLES[ability]]
