"""What the demo bought is as the program would have written it: sums, instants, stores, names."""

from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import doctor
from relcrm.customers.models import Customer, CustomerStore
from relcrm.measures import together
from relcrm.products.models import Product, ProductAccessory
from relcrm.purchases import products_seam
from relcrm.purchases.models import CustomerTotals, LineName, Purchase, PurchaseLine
from relcrm.staff.models import Store
from tests.demo.conftest import CUSTOMERS, NOW


def test_doctor_finds_nothing_wrong(book: Session) -> None:
    assert {check.name: list(check.faults(False)) for check in doctor.checks if list(check.faults(False))} == {}


def test_most_customers_bought_something_and_some_of_it_came_back(book: Session) -> None:
    buyers = book.scalar(sa.select(sa.func.count(sa.distinct(Purchase.customer_id))))
    assert CUSTOMERS / 2 < buyers < CUSTOMERS * 0.8
    assert set(book.scalars(sa.select(Purchase.kind).distinct())) == {"sale", "return"}
    assert set(book.scalars(sa.select(CustomerTotals.currency).distinct())) == {"CNY", "GBP"}
    assert book.scalar(sa.select(sa.func.count()).where(PurchaseLine.is_gift)) > 0


def test_nobody_buys_before_she_came_after_now_or_where_she_is_unknown(book: Session) -> None:
    early = sa.select(Purchase.id).join(Customer, Customer.id == Purchase.customer_id).where(Purchase.sold_at < Customer.created_at)
    assert book.scalars(early).all() == []
    late = sa.select(Purchase.id).join(Customer, Customer.id == Purchase.customer_id)
    late = late.where(sa.or_(Purchase.sold_at > NOW, Purchase.sold_at > Customer.closed_at))
    assert book.scalars(late).all() == []
    link = sa.select(CustomerStore.store_id).where(
        CustomerStore.customer_id == Purchase.customer_id, CustomerStore.store_id == Purchase.store_id
    )
    assert book.scalars(sa.select(Purchase.id).where(~link.exists())).all() == []


def test_money_is_of_the_store(book: Session) -> None:
    wrong = sa.select(Purchase.id).join(Store, Store.id == Purchase.store_id).where(Purchase.currency != Store.currency)
    assert book.scalars(wrong).all() == []


def test_goods_are_offered_while_typing(book: Session) -> None:
    store = book.scalars(sa.select(Store).where(Store.name == "人民路店")).one()
    offered = products_seam.suggest(store, "羊绒")
    assert len(offered) == products_seam.MOST
    assert all("羊绒" in one.name and one.product_id for one in offered)  # products come first
    priced = book.scalar(sa.select(sa.func.count()).select_from(Product))
    assert book.scalar(sa.select(sa.func.count()).select_from(LineName).where(LineName.product_id.is_not(None))) == 2 * priced


def test_what_belongs_to_what_was_bought_is_bought_with_it_oftener_than_by_chance(book: Session) -> None:
    counted = together.Receipts()
    lines = sa.select(PurchaseLine.purchase_id, PurchaseLine.product_id).where(
        PurchaseLine.product_id.is_not(None), PurchaseLine.quantity > 0
    )
    for _receipt, rows in groupby(book.execute(lines.order_by(PurchaseLine.purchase_id)), lambda row: row[0]):
        counted.add(sorted({row[1] for row in rows}))
    linked = {(row.product_id, row.accessory_id) for row in book.scalars(sa.select(ProductAccessory))}
    pairs = sum(together for pair, together in counted.pairs.items() if pair in linked or pair[::-1] in linked)
    assert pairs > 0.2 * sum(counted.pairs.values())
