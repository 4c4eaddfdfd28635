"""The default rules and short ways to write what a customer does, for the tests of tiers."""

from datetime import date

from relcrm.loyalty.tier_spans import Return, Rules, Sale, Tier

TIERS = (Tier("regular"), Tier("silver", {"CNY": 2_000_00}), Tier("gold", {"CNY": 8_000_00}), Tier("diamond", {"CNY": 20_000_00}))
DEFAULT = Rules(date(2020, 1, 1), TIERS)
GOLDEN = (("2026-02-01", 1500), ("2026-05-20", 900), ("2026-09-10", 6200), ("2027-03-15", 700), ("2027-08-01", 600))


def day(text: str) -> date:
    return date.fromisoformat(text)


def sales(*bought: tuple[str, int], currency: str = "CNY", first: int = 1) -> list[Sale]:
    """(day, whole amount) pairs, numbered from `first`."""
    return [Sale(day(on), ref, amount * 100, currency) for ref, (on, amount) in enumerate(bought, start=first)]


def back(on: str, ref: int, amount: int) -> Return:
    return Return(day(on), ref, amount * 100)
