"""A handover as it is read: which steps there are, what became of them, what is to be told. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from relcrm.consent import ledger
from relcrm.customers.models import Customer
from relcrm.db import session
from relcrm.handover import steps
from relcrm.handover.models import AfterSales, Handover, HandoverStep
from relcrm.handover.steps import Step
from relcrm.products import care
from relcrm.products.models import CareNote, Category, Product
from relcrm.purchases.models import Purchase, PurchaseLine

CALLBACK = "callback"


@dataclass(frozen=True)
class Sheet:
    """`asked`: "open" may be asked, "yes" stands already, "rest" she said no and is left in peace."""

    head: Handover | None
    steps: Sequence[Step]
    marks: dict[str, HandoverStep]
    pieces: int
    lines: Sequence[PurchaseLine]
    parts: Sequence[dict[str, str]]
    notes: Sequence[CareNote]
    promise: AfterSales | None
    asked: str

    @property
    def done(self) -> int:
        return len(self.required) - len(self.skipped)

    @property
    def required(self) -> list[Step]:
        return [step for step in self.steps if not step.optional]

    @property
    def skipped(self) -> list[Step]:
        settled = {*self.marks, *([steps.CALL] if self.asked != "open" else [])}
        return [step for step in self.required if step.key not in settled]

    @property
    def problems(self) -> list[HandoverStep]:
        return [row for row in self.marks.values() if row.state in ("fixed", "held")]

    @property
    def held(self) -> bool:
        return any(row.state == "held" for row in self.marks.values())


def marks(purchase_id: int) -> Sequence[HandoverStep]:
    return session().scalars(sa.select(HandoverStep).where(HandoverStep.purchase_id == purchase_id)).all()


def sheet(purchase: Purchase, lines: Sequence[PurchaseLine]) -> Sheet:
    bought = [line for line in lines if line.quantity > 0]
    kinds = _kinds(bought)
    categories = list({one.id: one for one, _product in kinds}.values())
    return Sheet(
        head=session().get(Handover, purchase.id), steps=steps.for_goods([one.key for one in categories]),
        marks={row.step: row for row in marks(purchase.id)}, pieces=sum(line.quantity for line in bought), lines=bought,
        parts=list({part["en"]: part for one in categories for part in one.parts}.values()), notes=_notes(kinds), promise=promised(),
        asked=_asked(purchase.customer_id),
    )  # fmt: skip


def _kinds(lines: Sequence[PurchaseLine]) -> list[tuple[Category, Product | None]]:
    """The category of every line that has one, by its product or by what was chosen."""
    ids = {line.product_id for line in lines if line.product_id}
    products = {one.id: one for one in session().scalars(sa.select(Product).where(Product.id.in_(ids)))}
    wanted = sa.or_(Category.key.in_({line.category for line in lines}), Category.id.in_({one.category_id for one in products.values()}))
    held = session().scalars(sa.select(Category).where(wanted)).all()
    by_id, by_key = {one.id: one for one in held}, {one.key: one for one in held}
    found = []
    for line in lines:
        product = products.get(line.product_id or 0)
        category = by_id.get(product.category_id) if product else by_key.get(line.category)
        if category is not None:
            found.append((category, product))
    return found


def _notes(kinds: Sequence[tuple[Category, Product | None]]) -> list[CareNote]:
    keys = list(dict.fromkeys((product.care_key if product else None) or category.care_key for category, product in kinds))
    found = {note.key: note for note in care.current_of({key for key in keys if key})}
    return [found[key] for key in keys if key in found]


def promised() -> AfterSales | None:
    """The promise in force."""
    return session().scalar(sa.select(AfterSales).order_by(AfterSales.id.desc()).limit(1))


def _asked(customer_id: int) -> str:
    if ledger.may(customer_id, CALLBACK).allowed:
        return "yes"
    return "open" if ledger.may_ask(customer_id, CALLBACK) else "rest"


def left_open(customer: Customer) -> tuple[Purchase, int] | None:
    """Her newest purchase whose handover was begun and not finished, and how many steps were done."""
    query = sa.select(Purchase).join(Handover, Handover.purchase_id == Purchase.id)
    found = session().scalar(
        query.where(Purchase.customer_id == customer.id, Handover.finished_at.is_(None)).order_by(Purchase.sold_at.desc()).limit(1)
    )
    return (found, len(marks(found.id))) if found is not None else None


def summary(purchase_id: int) -> Any:
    """(finished at, problems) of a purchase's handover; None where none was begun."""
    head = session().get(Handover, purchase_id)
    return None if head is None else (head.finished_at, sum(row.state in ("fixed", "held") for row in marks(purchase_id)))
