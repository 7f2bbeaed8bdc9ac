"""Support edits policies; what orders refer to never changes (R-POL-1, R-SUP-4)."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import User
from marketplace.kernel import clock
from milestones.models import MilestonePolicy
from milestones.services.policies import limit_names, pin_policy, policy_in_force
from tests.factories.milestones import shipped_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, agent: User) -> Client:
    client.force_login(agent)
    return client


def address(policy: MilestonePolicy) -> str:
    return reverse("admin:milestones_milestonepolicy_change", args=[policy.pk])


def form_of(policy: MilestonePolicy, **changes: object) -> dict[str, object]:
    data: dict[str, object] = {}
    for name in limit_names():
        value = getattr(policy, name)
        data[name] = ",".join(map(str, value)) if isinstance(value, list) else value
    if policy.effective_from:
        data |= {"effective_from_0": f"{policy.effective_from:%Y-%m-%d}", "effective_from_1": "00:00:00"}
    return data | {"reason": "Sellers asked for it"} | changes


def test_r_pol_1_an_unpinned_policy_is_edited_in_place(desk: Client) -> None:
    response = desk.post(address(shipped_policy()), form_of(shipped_policy(), review_days=9))
    assert response.status_code == 302, response.content.decode()
    assert shipped_policy().review_days == 9
    assert MilestonePolicy.objects.count() == 2


def test_r_pol_1_editing_a_pinned_policy_makes_its_next_version(desk: Client, now: datetime) -> None:
    pin_policy(policy=shipped_policy(), now=now)
    before = clock.now()
    response = desk.post(address(shipped_policy()), form_of(shipped_policy(), review_days=9), follow=True)
    assert "Made standard v2." in response.content.decode()
    assert "immutable" not in response.content.decode()
    assert shipped_policy().review_days == 8
    new = MilestonePolicy.objects.get(name="standard", version=2)
    assert (new.review_days, new.pinned_at) == (9, None)
    assert new.effective_from is not None
    assert before <= new.effective_from <= clock.now()
    assert policy_in_force(now=clock.now()) == new


def test_r_pol_1_the_next_version_can_begin_later(desk: Client, now: datetime) -> None:
    pin_policy(policy=shipped_policy(), now=now)
    start = (clock.now() + timedelta(days=3)).replace(microsecond=0)
    later = {"effective_from_0": f"{start:%Y-%m-%d}", "effective_from_1": f"{start:%H:%M:%S}"}
    desk.post(address(shipped_policy()), form_of(shipped_policy(), review_days=9, **later))
    assert MilestonePolicy.objects.get(version=2).effective_from == start
    assert policy_in_force(now=clock.now()) == shipped_policy()


def test_r_pol_1_a_policy_that_only_shipped_is_not_put_in_force_by_an_edit(desk: Client, now: datetime) -> None:
    pin_policy(policy=shipped_policy("classic"), now=now)
    desk.post(address(shipped_policy("classic")), form_of(shipped_policy("classic"), review_days=6))
    assert MilestonePolicy.objects.get(name="classic", version=2).effective_from is None


def test_r_pol_1_nothing_comes_into_force_in_the_past(desk: Client) -> None:
    past = {"effective_from_0": "2021-05-05", "effective_from_1": "00:00:00"}
    response = desk.post(address(shipped_policy()), form_of(shipped_policy(), **past))
    assert "has not passed yet" in response.content.decode()
    assert shipped_policy().effective_from == datetime.fromisoformat("2020-01-01T00:00:00+00:00")


@pytest.mark.parametrize("reason", ["", "why not"])
def test_r_sup_4_a_change_needs_a_reason(desk: Client, reason: str) -> None:
    response = desk.post(address(shipped_policy()), form_of(shipped_policy(), review_days=9, reason=reason))
    assert response.status_code == 200
    assert shipped_policy().review_days == 8


@pytest.mark.parametrize("pinned", [False, True])
def test_r_sup_4_a_change_is_audited_with_its_reason(desk: Client, now: datetime, pinned: bool) -> None:
    if pinned:
        pin_policy(policy=shipped_policy(), now=now)
    desk.post(address(shipped_policy()), form_of(shipped_policy(), review_days=9))
    entry = LogEntry.objects.get()
    changed = MilestonePolicy.objects.get(name="standard", review_days=9)
    assert entry.object_id == str(changed.pk)
    assert entry.change_message == f"{changed}: Sellers asked for it (changed: review_days)"


def test_r_pol_1_no_policy_is_deleted(desk: Client) -> None:
    url = reverse("admin:milestones_milestonepolicy_delete", args=[shipped_policy().pk])
    assert desk.post(url, {"post": "yes"}).status_code == 403
    assert MilestonePolicy.objects.count() == 2


def test_r_pol_1_the_page_of_a_pinned_policy_says_what_saving_does(desk: Client, now: datetime) -> None:
    pin_policy(policy=shipped_policy(), now=now)
    assert "Saving makes its next version" in desk.get(address(shipped_policy())).content.decode()


def test_r_sup_5_people_do_not_reach_policies(client: Client, seller: User) -> None:
    client.force_login(seller)
    assert client.get(address(shipped_policy())).status_code == 404
