"""The blueprint that the staff's pages share. No page here."""

from flask import Blueprint

from relcrm.staff import words

bp = Blueprint("staff", __name__)


@bp.app_template_global()
def role_word(role: str) -> str:
    return words.role(role)


@bp.app_template_global()
def language_word(lang: str) -> str:
    return words.LANGUAGE_WORDS[lang]
