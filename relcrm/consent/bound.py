"""Rows that hang on a consent: the read gate that hides them, and the only place that writes them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from relcrm import clock
from relcrm.db import WRITE, BigInt, Model, PrimaryKey, UTCDateTime

LIFTED = "relcrm_lifted"
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
KEPT_AFTER_WITHDRAWAL = timedelta(days=15)
SEALED = "special:"


class Bound:
    """Mixin of a row that may be read only while its `basis` stands: `readable_until` is the end of that consent, NULL when none."""

    id: Mapped[PrimaryKey]
    customer_id: Mapped[int] = mapped_column(BigInt, sa.ForeignKey("customer.id", ondelete="CASCADE"))
    basis: Mapped[str] = mapped_column(sa.String(32))
    readable_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    purge_at: Mapped[datetime | None]
    # The merge (Alias.id) that hid this row: it is kept for that merge's undo, until `purge_at`.
    held_for: Mapped[int | None]


@sa.event.listens_for(Session, "do_orm_execute")
def _gate(state: ORMExecuteState) -> None:
    """Every statement of every session shows only bound rows that are readable now."""
    if state.execution_options.get(LIFTED):
        return
    now = clock.now()
    state.statement = state.statement.options(
        with_loader_criteria(Bound, lambda cls: cls.readable_until > now, include_aliases=True, propagate_to_loaders=True)
    )


def kinds() -> list[type[Any]]:
    """Every model of bound rows."""
    return [mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, Bound)]


@contextmanager
def _lifted(tx: Session) -> Iterator[Session]:
    """A short session on the connection of the open `write_tx` that sees hidden rows too; flushed, never committed by itself."""
    if not tx.info.get(WRITE):
        raise RuntimeError("bound rows are written inside write_tx only")
    tx.flush()
    with Session(bind=tx.connection(), join_transaction_mode="rollback_only") as inner:
        inner.info[WRITE] = True
        yield inner
        inner.flush()


def _options() -> dict[str, Any]:
    return {LIFTED: True, "synchronize_session": False}


def put(
    tx: Session, model: type[Bound], *, customer_id: int, basis: str, until: datetime, key: Mapping[str, Any], values: Mapping[str, Any]
) -> int:
    """Write one row, over the one with the same `key` if there is one, hidden or not. Returns its id; callers ask the gate first."""
    forget(tx, customer_id)
    full = {**key, **values, "basis": basis, "readable_until": until, "purge_at": None, "held_for": None}
    with _lifted(tx) as inner:
        found = None
        if key:
            same = [getattr(model, name) == value for name, value in key.items()]
            found = inner.scalar(sa.select(model.id).where(model.customer_id == customer_id, *same), execution_options=_options())
        if found is not None:
            inner.execute(sa.update(model).where(model.id == found).values(**full), execution_options=_options())
            return found
        make: type[Any] = model
        row = make(customer_id=customer_id, **full)
        inner.add(row)
        inner.flush()
        return int(row.id)


def put_new(tx: Session, model: type[Bound], *, basis: str, until: datetime, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows (each with its customer_id) of customers made in this transaction: they have none that could be hidden."""
    if not rows:
        return
    full = [{**row, "basis": basis, "readable_until": until, "purge_at": None} for row in rows]
    with _lifted(tx) as inner:
        inner.execute(sa.insert(model), full, execution_options=_options())


def replace(tx: Session, model: type[Bound], basis: str, customer_ids: Collection[int], rows: Sequence[Mapping[str, Any]]) -> None:
    """Derived rows of these customers anew; each row brings its customer_id and readable_until. What is hidden of them goes as well:
    where the consent stands again it is among `rows`, where it does not nothing of it is written."""
    if not customer_ids:
        return
    for customer_id in customer_ids:
        forget(tx, customer_id)
    full = [{**row, "basis": basis, "purge_at": None, "held_for": None} for row in rows]
    with _lifted(tx) as inner:
        inner.execute(sa.delete(model).where(model.customer_id.in_(customer_ids)), execution_options=_options())
        if full:
            inner.execute(sa.insert(model), full, execution_options=_options())


def change(tx: Session, model: type[Bound], rows: Sequence[Mapping[str, Any]]) -> None:
    """New values of rows that the caller has read through the gate in this transaction; each row brings its id."""
    for row in [row for row in tx.identity_map.values() if isinstance(row, model)]:
        tx.expunge(row)
    if rows:
        with _lifted(tx) as inner:
            inner.execute(sa.update(model), list(rows), execution_options=_options())


def remove(tx: Session, model: type[Bound], customer_id: int, row_id: int) -> None:
    forget(tx, customer_id)
    with _lifted(tx) as inner:
        inner.execute(sa.delete(model).where(model.id == row_id, model.customer_id == customer_id), execution_options=_options())


def empty(tx: Session, customer_ids: Sequence[int]) -> None:
    """Delete every bound row of these customers, hidden or not."""
    for customer_id in customer_ids:
        forget(tx, customer_id)
    with _lifted(tx) as inner:
        for model in kinds():
            inner.execute(sa.delete(model).where(model.customer_id.in_(customer_ids)), execution_options=_options())


def set_until(tx: Session, customer_id: int, basis: str, until: datetime) -> None:
    """Follow the ledger: rows of this basis are readable until then. Hidden ones come back within 15 days, sensitive ones never."""
    forget(tx, customer_id)
    with _lifted(tx) as inner:
        for model in kinds():
            mine = [model.customer_id == customer_id, model.basis == basis]
            inner.execute(sa.delete(model).where(*mine, _is_due(model)), execution_options=_options())
            if basis.startswith(SEALED):
                mine.append(model.held_for.is_(None))
            again = {"readable_until": until, "purge_at": None, "held_for": None}
            inner.execute(sa.update(model).where(*mine).values(**again), execution_options=_options())


def hide(tx: Session, customer_id: int, basis: str, *, since: datetime) -> None:
    """Follow the ledger: nothing of this basis is readable any more. Gone 15 days after `since`, sensitive rows at once.

    What ran out before she said no goes 15 days after it ran out.
    """
    forget(tx, customer_id)
    with _lifted(tx) as inner:
        for model in kinds():
            mine = (model.customer_id == customer_id, model.basis == basis)
            if basis.startswith(SEALED):
                inner.execute(sa.delete(model).where(*mine, model.held_for.is_(None)), execution_options=_options())
            else:
                fresh = (*mine, model.purge_at.is_(None))
                ran_out = inner.scalar(sa.select(sa.func.min(model.readable_until)).where(*fresh), execution_options=_options())
                gone_at = min(since, ran_out or since) + KEPT_AFTER_WITHDRAWAL
                inner.execute(sa.update(model).where(*fresh).values(readable_until=None, purge_at=gone_at), execution_options=_options())


def _is_due(model: type[Any]) -> Any:
    """Is the row to be deleted by now, whether or not the job has come by?"""
    now = clock.now()
    ran_out = sa.case((model.basis.startswith(SEALED), now), else_=now - KEPT_AFTER_WITHDRAWAL)
    return sa.or_(model.purge_at <= now, model.readable_until <= ran_out)


def purge(tx: Session, limit: int = 500) -> int:
    """Delete rows whose consent was withdrawn or ran out 15 days ago or more (sensitive: at once). Returns how many went."""
    gone = 0
    with _lifted(tx) as inner:
        for model in kinds():
            ids = list(inner.scalars(sa.select(model.id).where(_is_due(model)).limit(limit), execution_options=_options()))
            inner.execute(sa.delete(model).where(model.id.in_(ids)), execution_options=_options())
            gone += len(ids)
    return gone


def forget(tx: Session, customer_id: int) -> None:
    """Drop that customer's bound rows from the session: what is loaded is not filtered again."""
    for row in [row for row in tx.identity_map.values() if isinstance(row, Bound)]:
        # Only what is loaded is looked at: asking an expired row would load it again, past the gate.
        if sa.inspect(row).dict.get("customer_id", customer_id) == customer_id:
            tx.expunge(row)


def move(
    tx: Session, model: type[Any], from_id: int, to_id: int, *, once: Sequence[str] = (), only: Sequence[int] | None = None
) -> list[int]:
    """Give rows of one customer (all, or `only` these) to another, but those whose place (the columns `once`) is taken there.

    Returns the ids that went.
    """
    forget(tx, from_id)
    forget(tx, to_id)
    with _lifted(tx) as inner:
        due = sa.delete(model).where(model.customer_id.in_((from_id, to_id)), _is_due(model))
        inner.execute(due, execution_options=_options())
        ids = _free(inner, model, from_id, to_id, once, only)
        inner.execute(sa.update(model).where(model.id.in_(ids)).values(customer_id=to_id), execution_options=_options())
    return ids


def _free(
    inner: Session, model: type[Any], from_id: int, to_id: int, once: Sequence[str], only: Sequence[int] | None, *more: Any
) -> list[int]:
    """Ids of rows of `from_id` (of `only` these) that have a place at `to_id`."""
    place = [getattr(model, name) for name in once]
    taken = (
        set(map(tuple, inner.execute(sa.select(*place).where(model.customer_id == to_id), execution_options=_options()))) if once else ()
    )
    query = sa.select(model.id, *place).where(model.customer_id == from_id, *more)
    rows = inner.execute(query if only is None else query.where(model.id.in_(only)), execution_options=_options())
    return [row[0] for row in rows if not once or tuple(row[1:]) not in taken]


def swap(
    tx: Session,
    model: type[Any],
    one_id: int,
    ones: Sequence[int],
    other_id: int,
    others: Sequence[int],
    *,
    once: Sequence[str],
    by: datetime,
) -> None:
    """Rows `ones` go to the other customer and rows `others` come to the first, in each other's place.

    Of `others` only what was noted `by` then: a later row may bear the number of one that is gone. Those of `ones` whose place
    somebody has taken meanwhile are deleted: what stands there is newer.
    """
    forget(tx, one_id)
    forget(tx, other_id)
    with _lifted(tx) as inner:
        # Set aside by a mark before the slot, so that no place is taken twice on the way.
        aside = sa.update(model).where(model.id.in_(ones), model.customer_id == one_id)
        if ones:
            inner.execute(aside.values(slot="~" + model.slot), execution_options=_options())
        come = _free(inner, model, other_id, one_id, once, others, model.noted_at <= by)
        inner.execute(sa.update(model).where(model.id.in_(come)).values(customer_id=one_id), execution_options=_options())
        for row_id in ones:
            _into_place(inner, model, row_id, one_id, other_id)


def _into_place(inner: Session, model: type[Any], row_id: int, from_id: int, to_id: int) -> None:
    slot = sa.func.substr(model.slot, 2)
    row = inner.execute(
        sa.select(model.key, slot.label("slot")).where(model.id == row_id, model.customer_id == from_id), execution_options=_options()
    ).first()
    if row is None:
        return
    place = (model.customer_id == to_id, model.key == row.key, model.slot == row.slot)
    if inner.scalar(sa.select(model.id).where(*place), execution_options=_options()) is None:
        home = sa.update(model).where(model.id == row_id).values(customer_id=to_id, slot=row.slot)
        inner.execute(home, execution_options=_options())
    else:
        inner.execute(sa.delete(model).where(model.id == row_id), execution_options=_options())


def hold(tx: Session, customer_id: int, basis: str | None, *, alias_id: int, until: datetime) -> None:
    """A merge hides what was readable (of `basis`, or all): kept for its undo until then, or as long as its own consent would have let it."""
    forget(tx, customer_id)
    with _lifted(tx) as inner:
        for model in kinds():
            mine = [model.customer_id == customer_id, model.purge_at.is_(None), model.readable_until > clock.now()]
            if basis is not None:
                mine.append(model.basis == basis)
            ends = inner.execute(sa.select(model.basis, model.readable_until).where(*mine).distinct(), execution_options=_options()).all()
            for one, end in ends:
                gone_at = min(until, end if one.startswith(SEALED) else end + KEPT_AFTER_WITHDRAWAL)
                these = sa.update(model).where(*mine, model.basis == one, model.readable_until == end)
                kept = {"readable_until": None, "purge_at": gone_at, "held_for": alias_id}
                inner.execute(these.values(**kept), execution_options=_options())


def release(tx: Session, customer_ids: Collection[int], alias_id: int) -> None:
    """The merge is undone: what it hid is hers again, and the ledger says whether it may be read. What is due by now goes."""
    with _lifted(tx) as inner:
        for model in kinds():
            held = (model.customer_id.in_(customer_ids), model.held_for == alias_id)
            inner.execute(sa.delete(model).where(*held, model.purge_at <= clock.now()), execution_options=_options())
            inner.execute(sa.update(model).where(*held).values(held_for=None), execution_options=_options())


def let_go(tx: Session, customer_ids: Collection[int], basis: str, *, since: datetime) -> None:
    """She says no herself: what was only kept for an undo goes by her no, sensitive rows at once."""
    with _lifted(tx) as inner:
        for model in kinds():
            held = (model.customer_id.in_(customer_ids), model.basis == basis, model.held_for.is_not(None))
            if basis.startswith(SEALED):
                inner.execute(sa.delete(model).where(*held), execution_options=_options())
            else:
                gone_at = since + KEPT_AFTER_WITHDRAWAL
                inner.execute(
                    sa.update(model).where(*held, model.purge_at > gone_at).values(purge_at=gone_at), execution_options=_options()
                )
