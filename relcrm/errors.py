"""What the program says when it refuses: every sentence is for a person, in her language. No HTTP here."""


class RelcrmError(Exception):
    """A refusal with a sentence for a person. `code` is stable and for programs and tests."""

    def __init__(self, message: object, *, code: str = "", field: str = "") -> None:
        super().__init__(code or type(self).__name__)
        self.message, self.code, self.field = message, code, field


class BadValue(RelcrmError):
    """What was typed cannot be read as what it should be (422). `field` names the input."""


class RuleError(RelcrmError):
    """A rule of the trade says no (409)."""


class NotAllowed(RelcrmError):
    """This person may not do this (403)."""


class NotFound(RelcrmError):
    """There is no such thing, or none that this reader may know of (404)."""


class SetupError(RelcrmError):
    """The program cannot start as it is set up; the message names the command or setting that mends it."""

    def __str__(self) -> str:
        return str(self.message)
