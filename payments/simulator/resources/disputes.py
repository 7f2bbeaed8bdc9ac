"""Disputes as the API sees them: read, and answered with evidence."""

from payments.simulator import disputing
from payments.simulator.desk import Desk, flag
from payments.simulator.errors import ApiError, invalid
from payments.simulator.wire import Json


def retrieve(desk: Desk, dispute_id: str) -> Json:
    return desk.find("dispute", dispute_id)


def update(desk: Desk, dispute_id: str) -> Json:
    """Evidence can be changed until it is submitted."""
    params = desk.request.params
    dispute = desk.find("dispute", dispute_id)
    evidence = params.get("evidence", {})
    for name in evidence:
        if name not in dispute["evidence"]:
            raise invalid(f"Received unknown parameter: evidence[{name}]", param="evidence", code="parameter_unknown")
    if evidence and dispute["status"] not in ("needs_response", "warning_needs_response"):
        raise ApiError(400, f"This dispute is {dispute['status']}: no evidence is taken any more.", executed=True)
    dispute["evidence"] |= evidence
    dispute["evidence_details"]["has_evidence"] = any(
        value for name, value in dispute["evidence"].items() if name != "enhanced_evidence"
    )
    dispute["metadata"] |= params.get("metadata", {})
    if evidence and flag(params, "submit"):
        dispute = disputing.submit(desk, dispute)
    desk.emit("charge.dispute.updated", desk.save(dispute))
    return dispute
