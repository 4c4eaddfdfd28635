"""Makes pinyin.txt from pypinyin, which the running program never needs: `python -m relcrm.customers.pinyin_table`."""

from collections import defaultdict
from pathlib import Path

PATH = Path(__file__).with_name("pinyin.txt")
FIRST, LAST = 0x3400, 0x9FFF


def table() -> str:
    """One line a syllable: the syllable, a space, every character read so. Only the usual reading, without tones, ü as v."""
    from pypinyin import Style, pinyin
    from pypinyin.constants import PINYIN_DICT

    characters = defaultdict(list)
    for code in sorted(PINYIN_DICT):
        if FIRST <= code <= LAST:
            characters[pinyin(chr(code), style=Style.NORMAL)[0][0]].append(chr(code))
    return "".join(f"{syllable} {''.join(characters[syllable])}\n" for syllable in sorted(characters))


if __name__ == "__main__":
    PATH.write_text(table(), encoding="utf-8")
