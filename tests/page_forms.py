"""Reading the forms of a page as a browser without script does."""

from html.parser import HTMLParser


class Forms(HTMLParser):
    """The forms of a page: action, fields with their values, and which of them a person types into."""

    def __init__(self, page: str, at: str) -> None:
        super().__init__()
        self.at, self.found, self.select = at, [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.found.append(
                {"action": given.get("action") or self.at, "id": given.get("id"), "method": given.get("method"), "data": {}, "typed": []}
            )
        elif tag in ("input", "textarea", "select") and given.get("name"):
            self._field(tag, given, self._form_of(given))
        elif tag == "option" and self.select:
            self.found[-1]["data"].setdefault(self.select, given.get("value", ""))

    def _form_of(self, given):
        return next(
            (form for form in self.found if given.get("form") and form["id"] == given["form"]), self.found[-1] if self.found else None
        )

    def _field(self, tag, given, form):
        if form is None:
            return
        kind, name = given.get("type", "text") if tag == "input" else tag, given["name"]
        self.select = name if tag == "select" else ""
        if kind in ("text", "tel", "search", "textarea", "date", "password"):
            form["typed"].append(name)
        elif tag != "select" and (kind not in ("radio", "checkbox") or "checked" in given):
            form["data"][name] = given.get("value", "")

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""


def form_to(page: str, action: str, at: str = "") -> dict[str, str]:
    """What the form with this address sends when nothing is touched."""
    found = [form for form in Forms(page, at).found if form["action"].partition("#")[0].endswith(action)]
    assert found, f"no form to {action} here"
    return dict(found[0]["data"])
