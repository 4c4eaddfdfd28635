"""Both languages always: nothing visible without a Chinese and an English saying, and what is committed is what is compiled."""

import re

import pytest

from relcrm import translations

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.mark.parametrize("locale", translations.LOCALES)
def test_every_message_is_said(locale):
    left = [message.id for message in translations.missing(translations.load(locale), translations.template())]
    assert left == [], "Say these in relcrm/translations, then: python -m relcrm.translations update"


@pytest.mark.parametrize("locale", translations.LOCALES)
def test_placeholders_survive_translation(locale):
    for message in translations.load(locale):
        if message.id:
            source = message.id if isinstance(message.id, str) else message.id[-1]
            for form in message.string if isinstance(message.string, tuple) else (message.string,):
                assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(source)), message.id


@pytest.mark.parametrize("locale", translations.LOCALES)
def test_the_compiled_catalogue_is_that_of_the_text(locale):
    path = translations.po_file(locale)
    assert path.with_suffix(".mo").read_bytes() == translations.as_mo(translations.load(locale))
    assert path.read_bytes() == translations.as_po(translations.load(locale)), "python -m relcrm.translations update"
