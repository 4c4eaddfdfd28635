"""The shape of a receipt as it is typed: lines, day, note. Whether it may be kept is for the rules."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from relcrm import money
from relcrm.consent import catalogue
from relcrm.errors import BadValue, RuleError
from relcrm.i18n import _l
from relcrm.purchases.models import PurchaseLine
from relcrm.purchases.rules import Line, Receipt
from relcrm.web.forms import CreatingForm

EMPTY_LINES, MOST_LINES = 3, 40
LONG = Length(max=600, message=_l("That is too long."))


class LineForm(Form):
    """One line; a line without a single word is none."""

    product_id = HiddenField()
    name = StringField(_l("What"), validators=[LONG])
    price = StringField(_l("Price each"), validators=[LONG])
    size = StringField(_l("Size"), validators=[LONG])
    colour = StringField(_l("Colour"), validators=[LONG])
    quantity = StringField(_l("Pieces"), validators=[LONG], default="1")
    is_gift = BooleanField(_l("A gift for somebody"))
    category = SelectField(_l("Kind of goods"), choices=[], validators=[Optional()])
    discount = StringField(_l("Discount on the line"), validators=[LONG])

    def prepare(self, lang: str) -> "LineForm":
        self.category.choices = [("", "—")] + [(key, catalogue.label(one, lang)) for key, one in catalogue.categories().items()]
        return self

    @property
    def is_empty(self) -> bool:
        return not any(_clean(self[name].data) for name in ("name", "price", "size", "colour", "discount"))

    def read(self, place: int, currency: str) -> Line:
        """Raises BadValue naming the input as lines-<place>-<name>."""

        def at(name: str) -> str:
            return f"lines-{place}-{name}"

        if not _clean(self.price.data):
            raise BadValue(_l("Write the price; 0 if it was free."), code="no_price", field=at("price"))
        discount = _clean(self.discount.data)
        product = str(self.product_id.data or "")
        return Line(
            name=_clean(self.name.data), unit_minor=money.parse(self.price.data or "", currency, at("price")),
            quantity=_pieces(self.quantity.data, at("quantity")),
            discount_minor=money.parse(discount, currency, at("discount")) if discount else 0, category=self.category.data or "",
            size=_clean(self.size.data), colour=_clean(self.colour.data), is_gift=bool(self.is_gift.data),
            product_id=int(product) if product.isascii() and product.isdigit() and len(product) < 16 else None, place=place,
        )  # fmt: skip


def _clean(text: str | None) -> str:
    return " ".join((text or "").split())


def _pieces(text: str | None, field: str) -> int:
    typed = _clean(text) or "1"
    if not typed.isdecimal() or len(typed) > 6:
        raise BadValue(_l("A number of pieces, such as 1 or 2."), code="pieces", field=field)
    return int(typed)


class ReceiptForm(CreatingForm):
    """What stands below the lines of every receipt."""

    lines = FieldList(FormField(LineForm), min_entries=EMPTY_LINES, max_entries=MOST_LINES)
    store = SelectField(_l("Store"), choices=[], validators=[Optional()])
    sold_on = DateField(_l("Day"), validators=[Optional()])
    for_staff = BooleanField(_l("A staff purchase"))
    note = TextAreaField(_l("Note"), validators=[Length(max=5000, message=_l("That is too long."))])

    def prepare(self, lang: str, stores: Sequence[tuple[str, str]]) -> "ReceiptForm":
        self.store.choices = list(stores)
        for entry in self.lines:
            entry.form.prepare(lang)
        return self

    def read_lines(self, currency: str) -> list[Line]:
        """Lines that were filled in. Raises BadValue naming the input."""
        return [entry.form.read(place, currency) for place, entry in enumerate(self.lines) if not entry.form.is_empty]

    def receipt(self, today: date) -> Receipt:
        return Receipt(self.sold_on.data or today, bool(self.for_staff.data), (self.note.data or "").strip())

    def refuse(self, error: BadValue | RuleError) -> None:
        """Under the input of its line, where it names one."""
        part, _dash, rest = error.field.partition("-")
        place, _dash, name = rest.partition("-")
        if part == "lines" and place.isdigit() and int(place) < len(self.lines.entries):
            field = self.lines.entries[int(place)].form[name]
            field.errors = [*field.errors, str(error.message)]
        else:
            super().refuse(error)

    def problems(self) -> list[tuple[str, str, str]]:
        """Every refusal as (id of the input or "", its label, the sentence)."""
        found = [("", "", str(words)) for words in self.form_errors]
        inner = [field for entry in self.lines for field in entry.form]
        for field in (*inner, *(field for field in self if field is not self.lines)):
            found += [(field.id, str(field.label.text), str(words)) for words in field.errors]
        return found


class ReturnForm(ReceiptForm):
    """How many of each line came back: inputs back-<line id>."""

    back: dict[int, str]

    def ask(self, lines: Sequence[PurchaseLine], typed: Any) -> "ReturnForm":
        self.back = {line.id: str(typed.get(f"back-{line.id}", ""))[:8] for line in lines}
        return self

    def pieces(self) -> dict[int, int]:
        """Raises BadValue back-<line id> for what is no number."""
        return {line_id: _pieces(text, f"back-{line_id}") for line_id, text in self.back.items() if text.strip() not in ("", "0")}
