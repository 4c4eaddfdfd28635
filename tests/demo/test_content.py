"""What the made-up chain holds: real enough to look around in, and nothing a real book would refuse."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import contact_values
from relcrm.birthday import Birthday, checked
from relcrm.consent import bound, catalogue, forbidden, values
from relcrm.consent import rules as consent_rules
from relcrm.customers import queries, search
from relcrm.customers.models import ContactPoint, Customer, Fact, FamilyMember, Inform, LatelySeen, Note, ShareRequest, Tag
from relcrm.demo import cast, numbers
from relcrm.demo.words import words
from relcrm.staff import passwords, settings
from relcrm.staff.models import StaffMember, Store
from relcrm.staff.sessions import with_memberships
from tests.demo.conftest import NOW

ALL = {bound.LIFTED: True}


def reader(book: Session, number: str) -> StaffMember:
    found = with_memberships(book.scalars(sa.select(StaffMember.id).where(StaffMember.number == number)).one())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("number", "typed", "name"),
    [
        ("ana", "wxm", "王小明"), ("ana", "王小", "王小明"), ("ana", "3921", "王小明"), ("ana", "老周", "王小明"), ("ana", "laozhou", "王小明"),
        ("mia", "garc", "María García"), ("mia", "maria", "María García"), ("mia", "tom", "María García"), ("hua", "欧阳", "欧阳娜"),
    ],
)  # fmt: skip
def test_the_examples_of_the_handbook_find_somebody(book: Session, number: str, typed: str, name: str) -> None:
    assert name in [customer.name for customer in search.find(reader(book, number), typed).customers]


def test_the_cast_has_its_roles_and_one_password(book: Session) -> None:
    held = {line.number: (line.role, line.store) for line in cast.sign_ins(book)}
    assert held["ana"] == held["ada"] == ("associate", "人民路店")
    assert held["ben"] == ("store manager", "人民路店")
    assert held["olu"] == ("store manager", "湖滨店")
    assert held["ari"] == ("area manager", "人民路店, 湖滨店")
    assert (held["hua"], held["quinn"]) == (("owner", "all"), ("auditor", "all"))
    assert sum(role == "associate" for role, _store in held.values()) == 10
    assert all(passwords.matches(secret, cast.PASSWORD) for secret in set(book.scalars(sa.select(StaffMember.password_hash))))


def test_stores_lie_in_two_cities_each_with_its_own_money_and_time(book: Session) -> None:
    found = {(store.name, store.country, store.currency, store.time_zone, store.language) for store in book.scalars(sa.select(Store))}
    assert found == {
        ("人民路店", "CN", "CNY", "Asia/Shanghai", "zh"), ("湖滨店", "CN", "CNY", "Asia/Shanghai", "zh"),
        ("Marylebone", "GB", "GBP", "Europe/London", "en"),
    }  # fmt: skip


def test_what_init_asks_for_is_there(book: Session) -> None:
    assert settings.text("legal_name")
    assert settings.text("privacy_contact")
    assert consent_rules.is_assessed("profiling")
    assert settings.get("demo") is True


def test_contacts_are_valid_and_each_customer_has_one(book: Session) -> None:
    readers = {
        "phone": lambda value: contact_values.phone(value, "CN"),
        "email": contact_values.email,
        "card": contact_values.card,
        "wechat": contact_values.handle,
    }
    points = book.scalars(sa.select(ContactPoint)).all()
    assert [point.value for point in points if readers[point.kind](point.value) != point.value] == []
    assert {point.kind for point in points} == set(readers)
    assert {point.customer_id for point in points} == set(book.scalars(sa.select(Customer.id)))
    mains = [(point.customer_id, point.kind) for point in points if point.is_main]
    assert len(mains) == len(set(mains)) == len({(point.customer_id, point.kind) for point in points})


@pytest.mark.parametrize("country", ["CN", "GB"])
def test_numbers_are_valid_and_never_twice(country: str) -> None:
    drawn = [numbers.phone(country, 1, n) for n in range(0, 4000)]
    assert len(set(drawn)) == len(drawn)
    assert [one for one in drawn[::7] if contact_values.phone(one, country) != one] == []
    assert len({one[-4:] for one in drawn}) > 2000


def test_names_are_names_and_cover_the_surnames_that_are_read_in_their_own_way(book: Session) -> None:
    names = list(book.scalars(sa.select(Customer.name)))
    assert [name for name in names if contact_values.person_name(name) != name] == []
    assert len(set(names)) > len(names) * 0.8
    assert {"欧阳", "诸葛", "司马", "单", "曾", "仇", "解"} <= set(words()["surnames"])
    assert any(not name.isascii() and name[0].isascii() for name in names)


def test_every_fact_is_one_the_shop_keeps_and_can_be_read_in_both_languages(book: Session) -> None:
    off = consent_rules.switched_off(dict(catalogue.fields()))
    for fact in book.scalars(sa.select(Fact), execution_options=ALL):
        field = catalogue.field(fact.key)
        assert field.stored == "fact"
        assert field.key not in off
        assert fact.basis == values.basis_of(field, fact.value)
        assert all(values.show(field, fact.value, lang) for lang in ("zh", "en"))
        assert fact.noted_at <= fact.confirmed_at <= NOW
        assert fact.noted_at > NOW - timedelta(days=640)


def test_birthdays_are_days_somebody_may_have(book: Session) -> None:
    born = [
        Birthday.from_dict(fact.value)
        for fact in book.scalars(sa.select(Fact).where(Fact.key == "birthday"))
        if isinstance(fact.value, dict)
    ]
    assert [one for one in born if checked(one, NOW.date()) != one] == []
    assert {one.calendar for one in born} == {"solar", "lunar"}
    assert {one.year is None for one in born} == {one.day is None for one in born} == {True, False}


def test_nothing_forbidden_stands_in_any_word(book: Session) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return [text for one in inner for text in texts(one)]

    for text in texts(words()):
        forbidden.check(text)
    assert book.scalar(sa.select(sa.func.count(Note.id))) > 10
    assert book.scalar(sa.select(sa.func.count(Tag.id))) > 10
    assert book.scalar(sa.select(sa.func.count(FamilyMember.id))) > 10


def test_colleagues_have_something_to_come_back_to(book: Session) -> None:
    assert len(queries.lately(reader(book, "ana"))) > 3
    asked = book.scalars(sa.select(ShareRequest)).one()
    assert (asked.status, asked.lapses_at > NOW) == ("asked", True)
    assert {row.kind for row in book.scalars(sa.select(Inform))} == {"serving", "she_is_here"}
    assert book.scalars(sa.select(LatelySeen.at).where(LatelySeen.at > NOW)).all() == []


def test_noor_refused_everything_and_cleo_agreed_to_all(book: Session) -> None:
    from relcrm.consent import ledger

    found = {customer.name: ledger.overview(customer.id) for customer in book.scalars(sa.select(Customer).where(Customer.id <= 7))}
    assert {key: now.code for key, now in found["Noor Ali"].items()} == {
        "service": "OK", **dict.fromkeys(("callback", "greeting", "profiling", "survey", "community", "marketing"), "DENIED")
    }  # fmt: skip
    assert {now.code for now in found["Cleo Zhou"].values()} == {"OK"}
    assert len(found["Cleo Zhou"]) == 7
