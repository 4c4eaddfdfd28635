"""What should stand after a history, worked out anew and as simply as can be; the property test holds the program against it."""

from datetime import datetime, timedelta

from relcrm.consent import notices

DAY = timedelta(days=1)
SPECIAL = ("special:health", "special:minor", "special:identity")
YEARS = {"greeting": 2, "profiling": 2, **dict.fromkeys(SPECIAL, 1)}
UNDO = 30 * DAY


class Expected:
    """What should stand, worked out anew and as simply as can be: a list of what she said, and dates."""

    def __init__(self) -> None:
        self.said: dict[str, list[tuple[datetime, bool, int]]] = {}
        self.cuts: dict[str, list[tuple[int, datetime]]] = {}
        self.versions: dict[str, int] = {}
        self.values: dict[str, tuple[str, tuple[str, str]]] = {}  # mark -> basis, place
        self.gone: dict[str, datetime] = {}  # hidden marks that an undo brought, and when they are deleted

    def end(self, purpose: str) -> datetime | None:
        """The end of the last yes, None after a no."""
        said = self.said.get(purpose, [])
        if not said or not said[-1][1]:
            return None
        at, _yes, version = said[-1]
        ends = [day for newer, day in self.cuts.get(purpose, []) if newer > version]
        return min([self.years_on(at, YEARS.get(purpose, 900)), *ends])

    @staticmethod
    def years_on(at: datetime, years: int) -> datetime:
        is_leap_day = (at.month, at.day) == (2, 29)
        return at.replace(year=at.year + years, day=28 if is_leap_day and (at.year + years) % 4 else at.day)

    def stands(self, purpose: str, now: datetime) -> bool:
        end = self.end(purpose)
        return end is not None and now < end

    def closed_since(self, purpose: str, now: datetime) -> datetime | None:
        """When it last stopped standing; None while it stands or when it never did."""
        since, before = None, Expected()
        before.cuts = self.cuts
        for at, yes, version in self.said.get(purpose, []):
            end = before.end(purpose)
            if yes:
                since = None
            elif end is not None:
                since = min(at, end)
            before.said.setdefault(purpose, []).append((at, yes, version))
        end = before.end(purpose)
        return end if end is not None and end <= now else since

    def say(self, purpose: str, now: datetime, yes: bool) -> None:
        closed = self.closed_since(purpose, now)
        too_late = closed is not None and (purpose in SPECIAL or now - closed >= 15 * DAY)
        for mark in [mark for mark, value in self.values.items() if value[0] == purpose]:
            if (yes and (self.gone[mark] <= now if mark in self.gone else too_late)) or (not yes and purpose in SPECIAL):
                del self.values[mark]
            if yes:
                self.gone.pop(mark, None)
        self.said.setdefault(purpose, []).append((now, yes, self.versions.get(notices.kind_of(purpose), 1)))

    def keep(self, mark: str, basis: str, place: tuple[str, str]) -> None:
        self.values = {old: value for old, value in self.values.items() if value[1] != place}
        self.values[mark] = (basis, place)

    def readable(self, now: datetime) -> set[str]:
        return {mark for mark, (basis, _place) in self.values.items() if self.stands(basis, now)}


class Merged(Expected):
    """Two of them as one person from `at` on: what each said before holds by the stricter, what she says now holds for both."""

    def __init__(self, one: Expected, other: Expected, at: datetime, *, theirs: bool) -> None:
        super().__init__()
        self.one, self.other, self.at, self.cuts, self.versions = one, other, at, one.cuts, one.versions
        self.hidden: dict[str, tuple[datetime, bool]] = {}  # mark -> deleted when, hidden by this merge?
        self.aside: dict[str, tuple[str, tuple[str, str]]] = {}
        self.origin: dict[str, Expected] = {}
        for file in (one, other):
            self._take(file, theirs=theirs)

    def _take(self, file: Expected, *, theirs: bool) -> None:
        holders = {place: mark for mark, (_basis, place) in self.values.items()}
        for mark, (basis, place) in file.values.items():
            gone, was_readable = self._gone(file, mark, basis)
            if gone <= self.at:
                continue
            self.origin[mark] = file
            if not self.stands(basis, self.at):
                self.hidden[mark] = gone, was_readable
            rival = holders.get(place)
            if rival is None:
                self.values[mark] = (basis, place)
                continue
            rival_gone, rival_was_readable = self._gone(self.one, rival, self.values[rival][0])
            if theirs and was_readable and rival_was_readable:
                self.aside[rival], self.hidden[rival] = self.values.pop(rival), (rival_gone, True)
                self.values[mark] = (basis, place)
            else:
                self.aside[mark], self.hidden[mark] = (basis, place), (gone, was_readable)

    def _gone(self, file: Expected, mark: str, basis: str) -> tuple[datetime, bool]:
        """(when it is deleted if nothing but the merge hides it, or since it is hidden; whether its own file let it be read)."""
        if file.stands(basis, self.at):
            end = file.end(basis)
            assert end is not None
            return min(self.at + UNDO, end if basis in SPECIAL else end + 15 * DAY), True
        if mark in file.gone:
            return file.gone[mark], False
        closed = file.closed_since(basis, self.at)
        assert closed is not None
        return closed if basis in SPECIAL else closed + 15 * DAY, False

    def end(self, purpose: str) -> datetime | None:
        if purpose in self.said:
            return super().end(purpose)
        ends = [file.end(purpose) for file in (self.one, self.other) if file.said.get(purpose)]
        return min((end for end in ends if end is not None), default=None) if None not in ends else None

    def settle(self, now: datetime) -> None:
        """What ran out by itself is hidden since then."""
        for mark, (basis, _place) in list(self.values.items()):
            if mark not in self.hidden and not self.stands(basis, now):
                end = self.end(basis)
                assert end is not None
                self.hidden[mark] = end if basis in SPECIAL else end + 15 * DAY, False
        for where in (self.values, self.aside):
            for mark in [mark for mark in where if mark in self.hidden and self.hidden[mark][0] <= now]:
                del where[mark]

    def say(self, purpose: str, now: datetime, yes: bool) -> None:
        self.settle(now)
        for where in (self.values, self.aside):
            for mark in [mark for mark, value in where.items() if value[0] == purpose]:
                gone, by_merge = self.hidden.get(mark, (None, False))
                if yes:
                    if where is self.values and not (by_merge and purpose in SPECIAL):
                        self.hidden.pop(mark, None)
                elif purpose in SPECIAL:
                    del where[mark]
                elif gone is None or by_merge:
                    self.hidden[mark] = min(gone or now + 15 * DAY, now + 15 * DAY), by_merge
        self.said.setdefault(purpose, []).append((now, yes, self.versions.get(notices.kind_of(purpose), 1)))

    def keep(self, mark: str, basis: str, place: tuple[str, str]) -> None:
        super().keep(mark, basis, place)
        self.hidden.pop(mark, None)

    def readable(self, now: datetime) -> set[str]:
        return {mark for mark in super().readable(now) if mark not in self.hidden}

    def undo(self, now: datetime) -> None:
        """Each has its own again; a no said meanwhile is the no of both, a yes is nobody's (but for service: it is the one's in the book)."""
        self.settle(now)
        for file in (self.one, self.other):
            for purpose, said in self.said.items():
                counts = [one for one in said if not one[1] or (purpose == "service" and file is self.one)]
                file.said.setdefault(purpose, []).extend(counts)
            file.values, file.gone = {}, {}
        here = {place for mark, (_basis, place) in self.values.items() if mark not in self.origin}
        for mark, (basis, place) in [*self.values.items(), *self.aside.items()]:
            file = self.origin.get(mark, self.one)
            if mark in self.origin and file is self.one and place in here:
                continue
            if not file.stands(basis, now):
                gone = self.hidden[mark][0] if mark in self.hidden else now if basis in SPECIAL else now + 15 * DAY
                if gone <= now:
                    continue
                file.gone[mark] = gone
            file.values[mark] = (basis, place)
