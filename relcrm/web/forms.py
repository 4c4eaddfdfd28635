"""What every form shares: the client key against double taps, and refusals that come back to the field."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from relcrm import clock, db
from relcrm.errors import BadValue, RuleError
from relcrm.staff.models import ClientKey
from relcrm.web import errors

__all__ = ["CreatingForm", "FileField", "FileRequired", "Form", "refusals"]


class Form(FlaskForm):
    """Spelling and shape only. It may say "not a number"; only a rule may say "not allowed"."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """A form's fields hold texts: a JSON body with lists and numbers in it is not read as one."""
            return None if request.is_json else super().wrap_formdata(form, formdata)

    def refuse(self, error: BadValue | RuleError) -> None:
        """Put the sentence under its field, or above the form when it belongs to none."""
        field = self._fields.get(error.field)
        if field is None:
            self.form_errors.append(str(error.message))
        else:
            field.errors = [*field.errors, str(error.message)]


class CreatingForm(Form):
    """A form that makes something: it carries a key, and a repeat of the key answers the same."""

    client_key = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def made_before(self) -> str | None:
        row = db.session().get(ClientKey, (current_user.id, self._key()))
        return row.made if row else None

    def remember(self, tx: Any, made: str) -> None:
        tx.add(ClientKey(staff_id=current_user.id, key=self._key(), made=made, at=clock.now()))

    def _key(self) -> str:
        return str(self.client_key.data or "")[:64]


@contextmanager
def refusals(form: Form) -> Iterator[None]:
    """What a rule refuses inside comes back in the form, and nothing that was typed is lost."""
    try:
        yield
    except (BadValue, RuleError) as error:
        db.session().rollback()
        errors.leave_trace(error)
        form.refuse(error)
