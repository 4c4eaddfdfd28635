"""Opening a product file and reading what a row says. Which products its rows are, and writing them, is imports.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from relcrm import money
from relcrm.customers import cells, delimited, file_kind, files, workbook
from relcrm.customers.table import Row, Source
from relcrm.errors import BadValue
from relcrm.i18n import _l
from relcrm.products import columns, rules

MOST_ROWS, HEADER_SEARCH = 20_000, 20
TELLING = {"code", "barcode", "price", "category", "size", "colour"}


@dataclass(frozen=True)
class ProductFile:
    """A list of products as it stood in somebody's file: `targets` says what each column means."""

    header: tuple[str, ...]
    targets: tuple[str, ...]
    rows: tuple[Row, ...]


def open_file(path: Path, filename: str) -> ProductFile:
    """Raises BadValue file_* in words about products: file_kind, file_no_name, file_customers, file_too_many_rows and those of files.open_table."""
    try:
        source = _source(path, filename)
    except BadValue as error:
        raise _in_our_words(error, filename) from error
    header = _header(source, filename)
    names = tuple(" ".join(cell.split()) for cell in header.cells)
    targets = tuple(columns.guess(names))
    _refuse_other_lists(names, targets, filename)
    below = (row for row in source.every_row() if row.number > header.number and not row.is_blank and row.cells != header.cells)
    rows = tuple(islice(below, MOST_ROWS + 1))
    if not rows:
        raise _without_rows(filename)
    if len(rows) > MOST_ROWS:
        raise _too_many(filename)
    return ProductFile(names, targets, rows)


def _source(path: Path, filename: str) -> Source:
    if path.stat().st_size > files.MAX_BYTES:
        raise _too_many(filename)
    kind = file_kind.require_table(path, filename)
    if kind == "vcard":
        raise file_kind.unreadable(filename)
    if kind == "csv":
        return delimited.open_delimited(path, filename)
    return workbook.open_workbook(path, filename, kind, promise=lambda top: max(columns.known(row.cells) for row in top))


def _in_our_words(error: BadValue, filename: str) -> BadValue:
    if error.code == "file_empty":
        return _without_rows(filename)
    if error.code == "file_too_large":
        return _too_many(filename)
    if error.code in ("file_kind", "file_unreadable"):
        return BadValue(
            _l("%(name)s is no list we can read. Save it as CSV or Excel (.xlsx).", name=filename), code=error.code, field="file"
        )
    return error


def _header(source: Source, filename: str) -> Row:
    top = list(islice((row for row in source.every_row() if not row.is_blank), HEADER_SEARCH))
    if not top:
        raise _without_rows(filename)
    return max(top, key=lambda row: columns.known(row.cells))


def _refuse_other_lists(header: Sequence[str], targets: Sequence[str], filename: str) -> None:
    if columns.names_people(header):
        sentence = _l("%(name)s has columns about customers. Choose the list of products.", name=filename)
        raise BadValue(sentence, code="file_customers", field="file")
    if "name" not in targets or not TELLING & set(targets):
        sentence = _l(
            "In %(name)s no columns for products were found. Name them such as Name, SKU, Category, Price, Size, Colour.", name=filename
        )
        raise BadValue(sentence, code="file_no_name", field="file")


def _without_rows(filename: str) -> BadValue:
    return BadValue(_l("There are no products in %(name)s.", name=filename), code="file_empty", field="file")


def _too_many(filename: str) -> BadValue:
    sentence = _l("%(name)s has more than %(most)s rows. Divide it into smaller files.", name=filename, most=MOST_ROWS)
    return BadValue(sentence, code="file_too_many_rows", field="file")


def told(row: Row, targets: Sequence[str]) -> dict[str, str]:
    """What stands in the columns that mean something, cleaned; "" for nothing."""
    found = dict.fromkeys(columns.TARGETS, "")
    for target, cell in zip(targets, row.cells, strict=False):
        if target:
            text = cells.clean(cell)
            found[target] = "" if cells.is_nothing(text) else text
    return found


def group_key(row: Row, targets: Sequence[str]) -> str:
    """Rows with the same one are one product: by article number, else barcode and name, else name and category."""
    one = told(row, targets)
    if one["code"]:
        return "c" + one["code"].casefold()
    return "n" + "\0".join((one["name"].casefold(), one["category"].casefold())) if one["name"] else f"r{row.number}"


def values(one: dict[str, str], currency: str) -> rules.Values:
    """The columns of a product that this row tells, those it is silent about left out. Raises BadValue naming the field."""
    new: rules.Values = {
        "code": rules.line(cells.whole_number(one["code"]), "code", rules.LONGEST_CODE),
        "barcode": rules.read_barcode(cells.whole_number(one["barcode"])),
    }
    new["name"] = rules.line(_both_names(one), "name", rules.LONGEST_NAME)
    new["price_minor"] = money.parse_or_none(one["price"], currency)
    new["sizes"], new["colours"] = rules.choices(one["size"], "size"), rules.choices(one["colour"], "colour")
    return new | {key: rules.text(one[key], key) for key in ("selling", "notes")}


def _both_names(one: dict[str, str]) -> str:
    other = one["name_2"]
    return one["name"] if not other or other.casefold() in one["name"].casefold() else f"{one['name']} {other}".strip()
