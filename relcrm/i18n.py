"""The words in the reader's language: gettext for every visible string, English as the message id."""

from flask_babel import gettext as _
from flask_babel import force_locale as speaking
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

__all__ = ["_", "_l", "ngettext", "speaking"]
