"""The audit trail: who did what to the book. Ids and field keys only, never values."""

from sqlalchemy.orm import Session

from relcrm import chain, clock
from relcrm.staff.models import AuditEvent, StaffMember


def note(
    tx: Session, actor: StaffMember | None, act: str, target: str = "", *, store_id: int | None = None, keys: tuple[str, ...] = ()
) -> None:
    """Add one row inside the open `write_tx`. `target` is a public id."""
    actor_id = actor.id if actor is not None else None
    chain.append(tx, AuditEvent(at=clock.now(), actor_id=actor_id, act=act, target=target, store_id=store_id, keys=" ".join(keys)))
