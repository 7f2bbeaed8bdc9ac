"""Customers."""

from payments.simulator import objects
from payments.simulator.desk import Desk
from payments.simulator.wire import Json


def create(desk: Desk) -> Json:
    params = desk.request.params
    customer = objects.customer(
        now=desk.now, email=params.get("email"), name=params.get("name"), metadata=params.get("metadata", {})
    )
    desk.emit("customer.created", desk.save(customer))
    return customer


def retrieve(desk: Desk, customer_id: str) -> Json:
    return desk.find("customer", customer_id)


def delete(desk: Desk, customer_id: str) -> Json:
    """In Stripe's own dashboard, or by law: for good. What was kept with it can be used with no other customer."""
    customer = desk.find("customer", customer_id)
    for method in list(desk.store.each("payment_method")):
        if method["customer"] == customer_id:
            desk.save(method | {"customer": None})
    desk.store.delete("customer", customer_id)
    desk.emit("customer.deleted", customer)
    return customer


def update(desk: Desk, customer_id: str) -> Json:
    params = desk.request.params
    customer = desk.find("customer", customer_id)
    customer |= {name: params[name] for name in ("email", "name") if name in params}
    customer["metadata"] |= params.get("metadata", {})
    desk.emit("customer.updated", desk.save(customer))
    return customer
