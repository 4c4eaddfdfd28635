"""Text as the word lists see it, with the way back to what was typed. Used by every check of free text; no lists here."""

import re
import unicodedata
from dataclasses import dataclass

_HAN = "\u3400-\u9fff"
_GAP = re.compile(rf"(?<=[{_HAN}])[ \t.·•*_~/|\\-]+(?=[{_HAN}])")
_INVISIBLE = {"Cf", "Mn", "Cc"}
_SIMPLER = str.maketrans(
    "懷產離歲資黨護醜膚體點癥殘廢聾啞瘋監獄懲罰歡區鄉農對藥術壓鬱憂過銀號證話單電實驗學園級兒孫寶個長陸臺灣國際現這機場萬億錢獨異門視訊樓蘭穌慮禮會徵選舉參婦濃財",
    "怀产离岁资党护丑肤体点症残废聋哑疯监狱惩罚欢区乡农对药术压郁忧过银号证话单电实验学园级儿孙宝个长陆台湾国际现这机场万亿钱独异门视讯楼兰稣虑礼会征选举参妇浓财",
)


@dataclass(frozen=True)
class NormalText:
    """`lower` and `cased` have the same length; `origin[i]` is where their character i stood in the typed text."""

    typed: str
    lower: str
    cased: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1


def normalise(text: str) -> NormalText:
    """NFKC, simplified, zero-width removed, gaps between Chinese characters closed; lower case beside the original case."""
    pairs = [(character, at) for at, typed in enumerate(text) for character in _plain(typed)]
    joined = "".join(character for character, _ in pairs)
    closed = {i for gap in _GAP.finditer(joined) for i in range(*gap.span())}
    kept = [pair for i, pair in enumerate(pairs) if i not in closed]
    cased = "".join(character for character, _ in kept)
    return NormalText(text, "".join(map(_lower, cased)), cased, tuple(at for _, at in kept))


def _plain(character: str) -> str:
    if character == "\n":
        return character
    folded = unicodedata.normalize("NFKC", character).translate(_SIMPLER)
    return "".join(" " if part in "\t\r" else part for part in folded if part in "\t\r" or unicodedata.category(part) not in _INVISIBLE)


def _lower(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
