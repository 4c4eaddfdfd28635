"""Adding and changing products, categories and accessories. Care notes are care.py, files imports.py."""

import re
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm import clock, money
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.products import queries, search
from relcrm.products.models import Category, Product, ProductAccessory, ProductBarcode
from relcrm.products.queries import by_barcode, get, variant
from relcrm.staff import audit
from relcrm.staff.models import StaffMember
from relcrm.staff.permissions import Permission, require
from relcrm.staff.rules import refuse_stale
from relcrm.staff.store_rules import currencies

__all__ = ["add_accessory", "by_barcode", "change", "change_category", "get", "make", "make_category", "remove_accessory", "variant"]

Values = dict[str, Any]
TEXTS = ("selling", "doubts", "competitors", "notes")
CATEGORY_TEXTS = ("selling", "doubts", "competitors", "accessories_note")
LONGEST_NAME, LONGEST_CODE, LONGEST_TEXT, LONGEST_CHOICE, MOST_CHOICES, MOST_PARTS, MOST_ACCESSORIES = 120, 40, 2000, 40, 80, 20, 30
_BETWEEN = re.compile(r"[,，、;；|\n]+")


def make(tx: Session, actor: StaffMember, values: Values) -> Product:
    """A new product; `values` as `read` takes them. Raises BadValue, RuleError `code_taken`, `barcode_taken`."""
    require(actor, Permission.PRODUCT_EDIT)
    new = read(values)
    refuse_taken(tx, new)
    product = Product(public_id=secrets.token_urlsafe(9), created_at=clock.now(), **new)
    tx.add(product)
    search.reindex(tx, [product])
    audit.note(tx, actor, "product_added", product.public_id)
    return product


def change(tx: Session, actor: StaffMember, product: Product, version: int, values: Values) -> None:
    """What is known of a product; refused when somebody else changed it meanwhile."""
    require(actor, Permission.PRODUCT_EDIT)
    refuse_stale(product.version, version)
    new = read(values)
    refuse_taken(tx, new, but=product.id)
    keys = tuple(key for key, value in new.items() if getattr(product, key) != value)
    for key in keys:
        setattr(product, key, new[key])
    if keys:
        search.reindex(tx, [product])
        audit.note(tx, actor, "product_changed", product.public_id, keys=keys)


def read(values: Values) -> Values:
    """Columns of a product from typed texts: name, category (a row), code, barcode, sizes, colours, price, currency, the four texts,
    care_key, active. Raises BadValue naming the field."""
    currency = _currency(values)
    return {
        "name": required(line(values.get("name", ""), "name", LONGEST_NAME), "name"),
        "category_id": values["category"].id,
        "code": line(values.get("code", ""), "code", LONGEST_CODE),
        "barcode": read_barcode(values.get("barcode", "")),
        "sizes": choices(values.get("sizes", ""), "sizes"),
        "colours": choices(values.get("colours", ""), "colours"),
        "price_minor": money.parse_or_none(values.get("price", ""), currency),
        "currency": currency,
        "care_key": _care_key(values),
        "active": bool(values.get("active", True)),
        **{key: text(values.get(key, ""), key) for key in TEXTS},
    }


def _currency(values: Values) -> str:
    found = line(values.get("currency", ""), "currency", 3).upper()
    if found not in currencies():
        raise BadValue(_l("Choose one of the list."), code="currency_unknown", field="currency")
    return found


def _care_key(values: Values) -> str | None:
    key = values.get("care_key") or None
    if key and not queries.has_care_note(key):
        raise BadValue(_l("Choose one of the list."), code="care_key_unknown", field="care_key")
    return key


def read_barcode(typed: str | None) -> str:
    found = queries.barcode(typed or "")
    if len("".join((typed or "").split())) > LONGEST_CODE:
        raise BadValue(_l("A barcode has at most 40 characters."), code="barcode_long", field="barcode")
    return found


def required(words: str, field: str) -> str:
    if not words:
        raise BadValue(_l("Please fill this in."), code=f"product_{field}_empty", field=field)
    return words


def line(typed: str | None, field: str, most: int) -> str:
    """One line without spaces at its ends. Raises BadValue too_long."""
    words = " ".join("".join(letter for letter in typed or "" if letter.isprintable() or letter.isspace()).split())
    return _short(words, field, most)


def text(typed: str | None, field: str) -> str:
    lines = [line(one, field, LONGEST_TEXT) for one in (typed or "").strip().splitlines()]
    return _short("\n".join(lines), field, LONGEST_TEXT)


def _short(words: str, field: str, most: int) -> str:
    if len(words) > most:
        raise BadValue(_l("At most %(most)s characters, please.", most=most), code="too_long", field=field)
    return words


def choices(typed: str | None, field: str) -> list[str]:
    """ "S, M，L" → three sizes, each once and in order. A stroke is part of a size: 170/92A."""
    found = list(dict.fromkeys(line(one, field, LONGEST_CHOICE) for one in _BETWEEN.split(typed or "")))
    found = [one for one in found if one]
    refuse_many(found, field)
    return found


def refuse_many(found: list[str], field: str) -> None:
    if len(found) > MOST_CHOICES:
        raise BadValue(_l("At most %(most)s of them, please.", most=MOST_CHOICES), code="too_many", field=field)


def refuse_taken(tx: Session, new: Values, *, but: int = 0) -> None:
    """An article number and a barcode belong to one product."""
    if new["code"] and tx.scalar(sa.select(Product.id).where(Product.code == new["code"], Product.id != but)):
        raise RuleError(_l("Another product has this article number. Look it up, or take another."), code="code_taken", field="code")
    barcode = new["barcode"]
    if not barcode:
        return
    further = sa.select(ProductBarcode.product_id).where(ProductBarcode.barcode == barcode, ProductBarcode.product_id != but)
    if tx.scalar(sa.select(Product.id).where(Product.barcode == barcode, Product.id != but)) or tx.scalar(further):
        raise barcode_taken()


def barcode_taken() -> RuleError:
    return RuleError(_l("Another product has this barcode. Look it up, or scan again."), code="barcode_taken", field="barcode")


def add_accessory(tx: Session, actor: StaffMember, product: Product, accessory: Product) -> None:
    """`accessory` is shown with `product` from now on; a second time changes nothing."""
    require(actor, Permission.PRODUCT_EDIT)
    if product.id == accessory.id:
        raise RuleError(_l("A product does not go with itself. Choose another one."), code="own_accessory")
    if tx.get(ProductAccessory, (product.id, accessory.id)) is not None:
        return
    linked = sa.select(sa.func.count()).where(ProductAccessory.product_id == product.id)
    if (tx.scalar(linked) or 0) >= MOST_ACCESSORIES:
        raise RuleError(_l("At most %(most)s things go with one product. Take one off first.", most=MOST_ACCESSORIES), code="too_many")
    tx.add(ProductAccessory(product_id=product.id, accessory_id=accessory.id))
    audit.note(tx, actor, "product_changed", product.public_id, keys=("accessories",))


def remove_accessory(tx: Session, actor: StaffMember, product: Product, accessory: Product) -> None:
    require(actor, Permission.PRODUCT_EDIT)
    row = tx.get(ProductAccessory, (product.id, accessory.id))
    if row is not None:
        tx.delete(row)
        audit.note(tx, actor, "product_changed", product.public_id, keys=("accessories",))


def make_category(tx: Session, actor: StaffMember, values: Values) -> Category:
    """A category of the shop's own."""
    require(actor, Permission.PRODUCT_EDIT)
    new = read_category(values)
    made = Category(public_id=secrets.token_urlsafe(9), key=f"own_{secrets.token_hex(6)}", **new)
    _refuse_same_name(tx, new)
    tx.add(made)
    tx.flush()
    audit.note(tx, actor, "category_added", made.public_id)
    return made


def change_category(tx: Session, actor: StaffMember, one: Category, version: int, values: Values) -> None:
    require(actor, Permission.PRODUCT_EDIT)
    refuse_stale(one.version, version)
    new = read_category(values)
    _refuse_same_name(tx, new, but=one.id)
    keys = tuple(key for key, value in new.items() if getattr(one, key) != value)
    for key in keys:
        setattr(one, key, new[key])
    if keys:
        audit.note(tx, actor, "category_changed", one.public_id, keys=keys)


def read_category(values: Values) -> Values:
    """Columns of a category from typed texts; parts are lines "中文 / English". Raises BadValue naming the field."""
    names = {lang: line(values.get(lang, ""), lang, LONGEST_NAME) for lang in ("zh", "en")}
    required(names["zh"] or names["en"], "zh")
    return {
        "zh": names["zh"] or names["en"],
        "en": names["en"] or names["zh"],
        "parts": read_parts(values.get("parts", "")),
        "care_key": _care_key(values),
        **{key: text(values.get(key, ""), key) for key in CATEGORY_TEXTS},
    }


def read_parts(typed: str | None) -> list[dict[str, str]]:
    """Lines "备扣 / Spare button" as {"zh": …, "en": …}; one language alone stands for both."""
    found = []
    for words in (typed or "").splitlines():
        zh, _stroke, en = (part.strip() for part in line(words, "parts", LONGEST_NAME).replace("／", "/").partition("/"))
        if zh or en:
            found.append({"zh": zh or en, "en": en or zh})
    if len(found) > MOST_PARTS:
        raise BadValue(_l("At most %(most)s of them, please.", most=MOST_PARTS), code="too_many", field="parts")
    return found


def typed_parts(parts: list[dict[str, str]]) -> str:
    return "\n".join(part["zh"] if part["zh"] == part["en"] else f"{part['zh']} / {part['en']}" for part in parts)


def _refuse_same_name(tx: Session, new: Values, *, but: int = 0) -> None:
    same = sa.or_(Category.zh == new["zh"], Category.en == new["en"])
    if tx.scalar(sa.select(Category.id).where(same, Category.id != but)):
        raise RuleError(_l("There is a category with this name already."), code="category_taken", field="zh")
