"""The words in the reader's language: gettext for every visible string, English as the message id."""

import flask_babel
from flask_babel import force_locale as speaking
from flask_babel import lazy_gettext as _l

__all__ = ["_", "_l", "ngettext", "speaking"]


def _(message: str, **values: object) -> str:
    """The sentence in the language of who reads this answer."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for so many; %(num)s is the number."""
    return str(flask_babel.ngettext(one, many, num, **values))
