"""Which program wrote a file, told by its column names. The programs are preset_shops.py and preset_contacts.py."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from relcrm.customers.column_words import key
from relcrm.customers.preset_contacts import ADDRESS_BOOKS, CONTACTS
from relcrm.customers.preset_shops import SHOPS
from relcrm.i18n import _l

SALES = re.compile(
    "^(lineitem.*|receipt(number|type|no)|orderid|ordernumber|ordertotal|orderstatus|orderdate|transactionid|financialstatus|fulfillmentstatus"
    "|grosssales|netsales|totalcollected|qty|quantity|sku|item|itemname|pricepointname|paymentmethod|paymenttype|tendertype|subtotal"
    "|流水号|小票号|单号|订单号|订单编号|销售单号|交易号|商品.*|货号|数量|单价|原价|实收.*|实付.*|应收.*|付款.*|支付方式|找零|收银员|折让.*|利润|总折扣"
    "|销售日期|消费日期|交易日期|下单时间|礼品.*|兑换.*)$"
)
SALES_FOR_SURE, SALES_WITHOUT_CONTACT = 4, 2
BY_CONTACT = re.compile("phone|mobile|cell|mail|手机|电话|微信|邮箱|联系方式")


@dataclass(frozen=True)
class Preset:
    """`name` is lazy and shown to the person; `mapping` has for each column its target, "skip", or "" where the program leaves it open."""

    name: object
    mapping: tuple[str, ...]
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class _Program:
    name: str
    what: str
    marks: tuple[frozenset[str], ...]
    targets: Mapping[str, tuple[str, int]]


def recognise(header: Sequence[str]) -> Preset | None:
    """The program that knows most of the columns. `ranks` orders columns that could fill the same target, 0 first."""
    keys = [key(name) for name in header]
    fits = [program for program in _programs() if any(marks <= set(keys) for marks in program.marks)]
    if not fits:
        return None
    program = max(fits, key=lambda fit: sum(name in fit.targets for name in keys))
    found = [program.targets.get(name, ("", 0)) for name in keys]
    return Preset(_shown(program), tuple(target for target, _rank in found), tuple(rank for _target, rank in found))


def is_sales(header: Sequence[str]) -> bool:
    """Whether each row is a sale, an item or a gift. Totals of a customer, such as money spent so far, do not make it so."""
    keys = [key(name) for name in header]
    told = len({name for name in keys if SALES.match(name)})
    return told >= (SALES_FOR_SURE if any(BY_CONTACT.search(name) for name in keys) else SALES_WITHOUT_CONTACT)


@cache
def _programs() -> tuple[_Program, ...]:
    return tuple(_Program(name, what, _marks(marks), _targets(columns)) for (name, what, marks, columns) in (*SHOPS, *ADDRESS_BOOKS))


def _marks(alternatives: Sequence[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(_keys(marks)) for marks in alternatives)


def _targets(columns: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    return {name: (target, rank) for target, names in columns.items() for rank, name in enumerate(_keys(names))}


def _keys(names: str) -> list[str]:
    return [key(name) for name in names.split("|")]


def _shown(program: _Program) -> object:
    if program.what == CONTACTS:
        return _l("Contacts from %(program)s", program=program.name)
    return _l("Customers from %(program)s", program=program.name)
