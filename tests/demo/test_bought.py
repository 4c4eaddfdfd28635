"""What the demo bought is as the program would have written it: sums, instants, stores, names."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import doctor
from relcrm.customers.models import Customer, CustomerStore
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
    assert [one.name for one in products_seam._sold_before(store, "羊绒")] == ["羊绒围巾", "羊绒大衣"]
    assert book.scalar(sa.select(sa.func.count()).select_from(LineName)) == 47
