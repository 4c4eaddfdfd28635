"""What the made-up chain sells: some 120 products with sizes, colours, prices, barcodes and what goes with them. Always the same by seed."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import product as pairs
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from relcrm.consent import catalogue
from relcrm.demo.words import public_id
from relcrm.demo.world import Article
from relcrm.handover import rules as handover
from relcrm.products import founding, search
from relcrm.products.models import Category, Product, ProductAccessory

OWN_BRAND = "690123"


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("goods.json").read_text("utf-8"))
    return loaded


def stock(tx: Session, *, seed: int, since: datetime) -> tuple[Article, ...]:
    """Categories, care notes and products, there since that day; what of it the stores sell."""
    draw = Random(f"{seed} goods")
    founding.start(tx, ("zh", "en"))
    handover.start(tx)
    by_key: dict[str, list[Product]] = {}
    for category in tx.scalars(sa.select(Category).order_by(Category.id)):
        category.public_id = public_id(draw)
        by_key[category.key] = list(_products(draw, category, since))
        tx.add_all(by_key[category.key])
    tx.flush()
    linked = list(_accessories(draw, by_key))
    tx.add_all(linked)
    search.reindex(tx, [one for products in by_key.values() for one in products])
    return tuple(_shelf(by_key, linked))


def _shelf(by_key: dict[str, list[Product]], linked: list[ProductAccessory]) -> Iterator[Article]:
    products = [(key, one) for key, of_key in by_key.items() for one in of_key]
    places = {one.id: place for place, (_key, one) in enumerate(products)}
    for key, one in products:
        goes_with = tuple(places[link.accessory_id] for link in linked if link.product_id == one.id)
        category = key if key in catalogue.categories() else ""
        yield Article(one.id, one.name, category, one.price_minor or 0, tuple(one.sizes), tuple(one.colours), goes_with)


def _products(draw: Random, category: Category, since: datetime) -> Iterator[Product]:
    told = _words()["categories"].get(category.key)
    if told is None:
        return
    names = list(pairs(told["stuff"], told["types"]))
    for place, (stuff, kind) in enumerate(draw.sample(names, min(told["per"], len(names)))):
        yield _product(draw, category, place, stuff, kind, since)


def _product(draw: Random, category: Category, place: int, stuff: dict[str, str], kind: dict[str, Any], since: datetime) -> Product:
    words = draw.choice(_words()["words"])
    return Product(
        public_id=public_id(draw),
        category_id=category.id,
        name=f"{stuff['zh']}{kind['zh']} {stuff['en']} {kind['en']}",
        code=f"{category.key[:2].upper()}-{2600 + place}",
        barcode=_barcode(category.id, place),
        sizes=list(_words()["sizes"][_words()["categories"][category.key]["sizes"]]),
        colours=draw.sample(_words()["colours"]["zh"], draw.randint(1, 4)),
        price_minor=(draw.randint(kind["low"], kind["high"]) // 10 * 10 + 9) * 100,
        currency="CNY",
        selling=f"{words['zh']}\n{words['en']}" if draw.random() < 0.6 else "",
        care_key=_care_key(kind, stuff),
        created_at=since,
    )


def _care_key(kind: dict[str, Any], stuff: dict[str, str]) -> str | None:
    """By what it is made of; None where it is cared for like its category."""
    of_stuff = {
        "真丝": "silk",
        "丝绒": "silk",
        "桑蚕丝": "silk",
        "轻薄羽绒": "down",
        "亚麻": "cotton_linen_bedding",
        "水洗牛仔": "denim_dark",
    }
    found = of_stuff.get(stuff["zh"]) or kind.get("care_key")
    return str(found) if found else None


def _barcode(category_id: int, place: int) -> str:
    """An EAN-13 with its check digit."""
    digits = f"{OWN_BRAND}{category_id:03d}{place:03d}"
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _accessories(draw: Random, by_key: dict[str, list[Product]]) -> Iterator[ProductAccessory]:
    for key, others in _words()["accessories"].items():
        for one in by_key.get(key, ()):
            offered = [other for other_key in others for other in by_key.get(other_key, ()) if other.id != one.id]
            for other in draw.sample(offered, min(len(offered), draw.randint(0, 3))):
                yield ProductAccessory(product_id=one.id, accessory_id=other.id)
