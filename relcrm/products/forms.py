"""The shape of what staff type about products, categories and care notes, and of choosing a product file."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from relcrm.i18n import _, _l
from relcrm.products.models import CareNote, Category, Product
from relcrm.products.rules import LONGEST_CODE, LONGEST_NAME, LONGEST_TEXT, typed_parts
from relcrm.staff.forms import VersionedForm, at_most, choices
from relcrm.web.forms import CreatingForm, FileField, FileRequired, Form

MUST = InputRequired(_l("Please fill this in."))
LONG = at_most(LONGEST_TEXT)


class FindForm(Form):
    q = StringField()


class EditForm(VersionedForm, CreatingForm):
    """A row that several people may edit, or a new one."""

    def values(self) -> dict[str, Any]:
        return {name: field.data for name, field in self._fields.items() if name not in ("version", "client_key", "csrf_token")}

    def shown(self, field: Any, value: Any) -> str:
        if isinstance(value, list):
            return typed_parts(value) if field.name == "parts" else ", ".join(value)
        return super().shown(field, value)


class ProductForm(EditForm):
    name = StringField(_l("Product name"), validators=[MUST, at_most(LONGEST_NAME)])
    category = SelectField(_l("Category"), validate_choice=False)
    code = StringField(_l("Article number"), validators=[at_most(LONGEST_CODE)])
    barcode = StringField(_l("Barcode"), validators=[at_most(60)])
    price = StringField(_l("Price"), validators=[at_most(20)])
    currency = SelectField(_l("Currency"), validate_choice=False)
    sizes = StringField(_l("Sizes"), validators=[LONG])
    colours = StringField(_l("Colours"), validators=[LONG])
    selling = TextAreaField(_l("What to say about it"), validators=[LONG])
    doubts = TextAreaField(_l("Common doubts, and what helps"), validators=[LONG])
    competitors = TextAreaField(_l("Beside what others offer"), validators=[LONG])
    notes = TextAreaField(_l("Notes for colleagues"), validators=[LONG])
    care_key = SelectField(_l("Care note"), validate_choice=False)
    active = BooleanField(_l("Sold now"), default=True)

    def offer(self, categories: Iterable[Category], currencies: Iterable[str], notes: Iterable[CareNote], lang: str) -> None:
        self.category.choices = choices((one.public_id, category_name(one, lang)) for one in categories)
        self.currency.choices = choices((code, code) for code in currencies)
        self.care_key.choices = choices([("", _("As its category")), *care_choices(notes, lang)])

    @classmethod
    def of(cls, product: Product, category: Category) -> "ProductForm":
        same = ("name", "code", "barcode", "currency", "selling", "doubts", "competitors", "notes", "active", "version")
        typed = {key: getattr(product, key) for key in same} | {"sizes": ", ".join(product.sizes), "colours": ", ".join(product.colours)}
        return cls(**typed, category=category.public_id, price=product.price, care_key=product.care_key or "")


class CategoryForm(EditForm):
    zh = StringField(_l("Name in Chinese"), validators=[at_most(LONGEST_NAME)])
    en = StringField(_l("Name in English"), validators=[at_most(LONGEST_NAME)])
    parts = TextAreaField(_l("Parts to check before handing it over"), validators=[LONG])
    selling = TextAreaField(_l("What to say about it"), validators=[LONG])
    doubts = TextAreaField(_l("Common doubts, and what helps"), validators=[LONG])
    competitors = TextAreaField(_l("Beside what others offer"), validators=[LONG])
    accessories_note = TextAreaField(_l("What goes with it"), validators=[LONG])
    care_key = SelectField(_l("Care note"), validate_choice=False)

    def offer(self, notes: Iterable[CareNote], lang: str) -> None:
        self.care_key.choices = choices([("", _("None")), *care_choices(notes, lang)])

    @classmethod
    def of(cls, one: Category) -> "CategoryForm":
        same = ("zh", "en", "selling", "doubts", "competitors", "accessories_note", "version")
        return cls(**{key: getattr(one, key) for key in same}, parts=typed_parts(one.parts), care_key=one.care_key or "")


class CareForm(EditForm):
    title_zh = StringField(_l("Title in Chinese"), validators=[at_most(LONGEST_NAME)])
    title_en = StringField(_l("Title in English"), validators=[at_most(LONGEST_NAME)])
    tip_zh = StringField(_l("In a few words, in Chinese"), validators=[at_most(LONGEST_NAME)])
    tip_en = StringField(_l("In a few words, in English"), validators=[at_most(LONGEST_NAME)])
    zh = TextAreaField(_l("In Chinese, a sentence a line"), validators=[LONG])
    en = TextAreaField(_l("In English, a sentence a line"), validators=[LONG])


class ProductFileForm(CreatingForm):
    file = FileField(_l("Your product file"), validators=[FileRequired(_l("Choose the file first."))])
    currency = SelectField(_l("Prices are in"), validate_choice=False)


def category_name(one: Category, lang: str) -> str:
    return one.zh if lang == "zh" else one.en


def care_choices(notes: Iterable[CareNote], lang: str) -> list[tuple[str, str]]:
    return [(note.key, note.title_zh if lang == "zh" else note.title_en) for note in notes]
