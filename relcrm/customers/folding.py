"""Text made comparable: width, case, accents, scripts. No keys and no pinyin here."""

import re
import unicodedata

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa29\U00020000-\U0003ffff"
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_UMLAUT = re.compile("([ln])u\u0308")


def has_han(text: str) -> bool:
    return re.search(f"[{HAN}]", text) is not None


def bare(text: str, *, keep_umlaut: bool = False) -> str:
    """Lower case without accents, widths or foreign digits: "Ｖillaseñor" → "villasenor", "Straße" → "strasse".

    With keep_umlaut an ü after l or n stays, for whoever types lü may mean the pinyin lv.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_STROKES)
    if keep_umlaut:
        plain = _UMLAUT.sub("\\1ü", plain)
    return "".join(_digit(character) for character in plain if not unicodedata.category(character).startswith("M"))


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def fold(text: str) -> str:
    """What is left of `bare` when only letters and digits stay: "O'Brien" → "obrien"."""
    return "".join(character for character in bare(text) if character.isalnum())


def spellings(text: str) -> tuple[str, ...]:
    """The ways a typed Latin word may have been meant: "lü" → ("lv", "lu"), anything else → itself folded."""
    return tuple(dict.fromkeys((fold(bare(text, keep_umlaut=True).replace("ü", "v")), fold(text))))
