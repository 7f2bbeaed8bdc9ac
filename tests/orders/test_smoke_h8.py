import pytest
from django.test import Client
from tests.factories.orders import *
from tests.payments.simulator_fixtures import stripe
@pytest.mark.django_db
def test_all(stripe):
    order = make_order(questions=1)
    c = Client(); c.force_login(order.buyer)
    s = Client(); s.force_login(order.seller)
    def look(tag):
        for who, cl in (("buyer", c), ("seller", s)):
            r = cl.get(f"/orders/{order.public_id}/")
            assert r.status_code == 200
            r = cl.get("/orders/"); assert r.status_code == 200
            r = cl.get("/orders/?side=selling"); assert r.status_code == 200
    look("unpaid")
    order = pay_first(order, stripe); look("req")
    order = answer_all(order); look("progress")
    deliver_current(order, files=1, originals=1); look("delivered")
    r = c.get(f"/orders/{order.public_id}/"); print(r.content.decode())
    order = accept_and_pay_next(order); look("next")
    assert current(order).position == 2
