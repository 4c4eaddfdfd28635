"""The first chain, store and owner: what `relcrm init` asks for, and the prefilled assessment it shows."""

import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from relcrm import schema
from relcrm.db import write_tx
from relcrm.errors import SetupError
from relcrm.staff import audit, passwords, settings
from relcrm.staff.models import Membership, StaffMember, Store


@cache
def assessments() -> dict[str, dict[str, str]]:
    """The prefilled impact assessments by purpose, in Chinese and English (DOMAIN §1.9)."""
    loaded: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("assessments.json").read_text("utf-8"))
    return loaded


def new_store(name: str, *, country: str, time_zone: str, language: str, **more: str) -> Store:
    regions = {"CN": ("cn", "CNY"), "GB": ("uk", "GBP"), "US": ("us", "USD")}
    region, currency = regions.get(country, ("eu", "EUR"))
    return Store(
        public_id=secrets.token_urlsafe(9),
        name=name,
        country=country,
        time_zone=time_zone,
        language=language,
        region=region,
        currency=currency,
        **more,
    )


def new_staff(number: str, name: str, *, password: str | None = None, phone: str | None = None, language: str | None = None) -> StaffMember:
    return StaffMember(
        public_id=secrets.token_urlsafe(9), number=number, name=name, phone=phone, language=language,
        password_hash=passwords.hashed(password) if password else None,
    )  # fmt: skip


def found(settings_of: Any, answers: dict[str, Any]) -> Store:
    """Make the schema, the first store and its owner, who also manages that store so that she can capture."""
    passwords.check_new(answers["password"], number=answers["number"], name=answers["owner"])
    schema.migrate()
    owner = new_staff(answers["number"], answers["owner"], password=answers["password"])
    with write_tx() as tx:
        if tx.query(StaffMember).first() is not None:
            raise SetupError("This book has an owner already. `relcrm serve` starts it.")
        store = new_store(answers["store"], country=answers["country"], time_zone=settings_of.time_zone, language=settings_of.language)
        tx.add_all([store, owner])
        tx.flush()
        tx.add_all([Membership(staff_id=owner.id, role="owner"), Membership(staff_id=owner.id, store_id=store.id, role="store_manager")])
        name_chain(tx, answers)
        audit.note(tx, owner, "book_founded", store.public_id)
    return store


def name_chain(tx: Session, answers: dict[str, Any]) -> None:
    for key, answer in (
        ("chain_name", "chain"), ("legal_name", "legal_name"), ("legal_address", "legal_address"), ("privacy_contact", "privacy_contact"),
    ):  # fmt: skip
        settings.put(tx, key, answers[answer])
