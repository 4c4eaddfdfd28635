"""House rules that a reader of one file cannot see broken; each failure says what to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import relcrm

PACKAGE = Path(relcrm.__file__).parent
TEMPLATES = PACKAGE.parent / "templates"
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
LONGEST = 350

# From the ground up; a module imports from its own floor and those below it.
FLOORS = ("base", "staff", "consent", "customers", "products", "purchases", "loyalty", "measures", "handover", "receipts", "top")
TOP = {
    "__init__.py",
    "__main__.py",
    "cli.py",
    "cli_demo.py",
    "cli_export.py",
    "cli_doctor.py",
    "cli_import.py",
    "cli_staff.py",
    "features.py",
    "chains.py",
    "serve.py",
}
OF_THE_WEB = re.compile(r"(^|/)(\w*views|\w*forms)\.py$|^web/|^(__init__|features)\.py$")
FLASK = re.compile(r"(^|/)\w*views\.py$|^web/|^(cli|background|extensions|features|__init__)\.py$")
# Gets the plain table, a connection or a lifted gate for a stated reason.
PAST_THE_GATE = {
    "db.py": "begins the transactions and makes the types",
    "schema.py": "asks which version the database has",
    "chain.py": "reads and checks whole rows of append-only tables, which are never bound",
    "i18n.py": "its text() would be another thing",
}
FORBIDDEN = {
    "__table__": "select the model, not its table",
    "metadata.tables": "select the model, not its table",
    "text(": "write it with SQLAlchemy's expressions; raw SQL is not asked whether a consent stands",
    "from_statement": "a statement of one's own is not asked whether a consent stands",
    ".connection(": "use session(); a connection is not asked whether a consent stands",
    "engine.": "use session(); the engine is not asked whether a consent stands",
    ".refresh(": "load it again with a select; a refresh is not asked whether a consent stands",
    "innerjoin=True": "it drops customers whose rows are hidden; use a plain joinedload or a second query",
    "LIFTED": "only relcrm/consent/bound.py sees hidden rows",
    "relcrm_lifted": "only relcrm/consent/bound.py sees hidden rows",
}
CLOCKS = re.compile(r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.(time|localtime|gmtime)\(|strftime\('now'|func\.now\(")
# "page: why" of every |safe in the templates.
SAFE: dict[str, str] = {}


def source(name: str) -> str:
    return (PACKAGE / name).read_text("utf-8")


def tree(name: str) -> ast.Module:
    return ast.parse(source(name))


def imported(name: str) -> Iterator[str]:
    """Dotted names of all that a file imports, wherever in it."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relcrm/{name}: import by the full name, from relcrm.…"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(name: str) -> str:
    first = name.split("/")[0]
    if name in TOP or first == "demo":
        return "top"
    return first if first in FLOORS else "base"


def home(dotted: str) -> str:
    """The file of relcrm that a dotted import names, as a path inside the package."""
    parts = dotted.split(".")[1:]
    for end in range(len(parts), 0, -1):
        path = "/".join(parts[:end])
        if f"{path}.py" in FILES:
            return f"{path}.py"
        if f"{path}/__init__.py" in FILES:
            return f"{path}/__init__.py"
    return "__init__.py"


def of_relcrm(name: str) -> set[str]:
    return {home(dotted) for dotted in imported(name) if dotted.split(".")[0] == "relcrm"}


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("web/")])
def test_imports_run_one_way(name):
    mine = FLOORS.index(floor(name))
    for other in of_relcrm(name) - {"__init__.py"}:
        if other.startswith("web/"):
            continue
        assert FLOORS.index(floor(other)) <= mine, (
            f"relcrm/{name} imports relcrm/{other}, which stands above it ({' → '.join(FLOORS)}). "
            "Let the upper one register with or listen to the lower one (see consent.ledger.changed)."
        )


@pytest.mark.parametrize("name", FILES)
def test_only_views_know_the_web(name):
    if floor(name) == "top" or OF_THE_WEB.search(name):
        return
    web = [other for other in of_relcrm(name) if other.startswith("web/")]
    assert not web, f"relcrm/{name} imports relcrm/{web[0]}: rules and queries know nothing of HTTP; hand it what it needs."


@pytest.mark.parametrize("name", FILES)
def test_flask_is_for_the_outer_files(name):
    if FLASK.search(name):
        return
    kept = {"flask", "werkzeug", "flask_wtf", "wtforms"} | ({"flask_login"} if name != "staff/models.py" else set())
    flask = [dotted for dotted in imported(name) if dotted.split(".")[0] in kept - ({"wtforms"} if name.endswith("forms.py") else set())]
    assert not flask, f"relcrm/{name} imports {flask[0]}: only views, web, cli, background and extensions do. Pass in what it needs."


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(("consent/", "demo/")) and name not in PAST_THE_GATE])
def test_nobody_goes_past_the_read_gate(name):
    word = around(source(name))
    assert not word, f"relcrm/{name} uses {word}: {FORBIDDEN[word]} (DESIGN §4.3)."


def around(code: str) -> str:
    """The first forbidden word of this code, "" for none; docstrings and comments may speak of them."""
    bare = ast.unparse(_without_words(ast.parse(code)))
    for word in FORBIDDEN:
        pattern = rf"(?<!\w){re.escape(word)}" if word[0].isalpha() else re.escape(word)
        if re.search(pattern, bare) and not _is_harmless(word, bare):
            return word
    return ""


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("sa.select(Fact.__table__)", "__table__"),
        ("tx.execute(sa.text('DELETE FROM fact'))", "text("),
        ("from sqlalchemy import text\nx = text('select 1')", "text("),
        ("tx.connection().execute(q)", ".connection("),
        ("db.sql.engine.connect()", "engine."),
        ("tx.refresh(row)", ".refresh("),
        ("joinedload(X.y, innerjoin=True)", "innerjoin=True"),
        ("q.execution_options(relcrm_lifted=True)", "relcrm_lifted"),
        ("settings.text('chain_name')", ""),
        ("sa.Index('ix', 'a', sqlite_where=sa.text('b IS NULL'))", ""),
        ("def f():\n    'Never use __table__ here.'\n    return 1", ""),
    ],
)
def test_the_words_that_go_past_the_gate_are_recognised(code, word):
    assert around(code) == word


def _is_harmless(word: str, code: str) -> bool:
    """A partial index needs its condition as SQL text; settings.text() reads a setting; a word of the form is no SQL."""
    if word != "text(":
        return False
    rest = re.sub(r"(sqlite|postgresql)_where=sa\.text\(|(settings|\w+_text|self|shown)\.text\(|def \w*text\(", "", code)
    return not re.search(r"\bsa\.text\(|\bsqlalchemy\.text\(|import text\b|(?<![\w.])text\(\s*['\"](?i:select|update|insert|delete)", rest)


def _without_words(node: ast.Module) -> ast.Module:
    """The code without docstrings."""
    for inner in ast.walk(node):
        body = getattr(inner, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body[0] = ast.Pass()
    return node


@pytest.mark.parametrize("name", [name for name in FILES if name != "consent/bound.py"])
def test_only_bound_writes_bound_rows(name):
    for node in ast.walk(tree(name)):
        made = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        assert made not in ("Fact", "FamilyMember", "Note", "Tag"), f"relcrm/{name} makes a {made}: call consent.bound.put instead."


@pytest.mark.parametrize("name", [name for name in FILES if name != "clock.py"])
def test_only_the_clock_reads_the_time(name):
    found = CLOCKS.search(source(name))
    assert not found, (
        f"relcrm/{name} reads the time by {found and found[0]}: ask relcrm.clock, so that tests and the demo can move the day."
    )


@pytest.mark.parametrize("name", FILES)
def test_files_stay_short(name):
    lines = len(source(name).splitlines())
    assert lines <= LONGEST, f"relcrm/{name} has {lines} lines, more than {LONGEST}: split it by what its parts are about."


@pytest.mark.parametrize("name", FILES)
def test_every_module_says_what_it_is_for(name):
    if source(name).strip():
        assert ast.get_docstring(tree(name)), f"relcrm/{name} has no docstring: say in two lines what belongs here and what not."


def page(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r"\sstyle\s*=", "the policy of the pages forbids style attributes: give it a class of app.css"),
        (r"<style\b", "styles live in static/app.css"),
        (r"<script\b(?![^>]*\bsrc=)", "scripts live in static/app.js; the policy of the pages forbids inline ones"),
        (r"\son[a-z]+\s*=\s*[\"']", "handlers live in static/app.js"),
        (r"hx-on|\bjs:|hx-vals='js", "htmx may not evaluate script here: use a listener in static/app.js"),
        (r"javascript:", "no addresses that are scripts"),
    ],
)
def test_no_page_carries_style_or_script(name, pattern, instead):
    found = re.search(pattern, page(name))
    assert not found, f"templates/{name} has {found and found[0]!r}: {instead}."


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_called_safe_without_a_reason(name):
    count = len(re.findall(r"\|\s*safe\b|autoescape false|Markup\(", page(name)))
    assert count == 0 or name in SAFE, f"templates/{name} switches escaping off: don't, or add it with the reason to SAFE in this test."


@pytest.mark.parametrize("name", PAGES)
def test_every_template_begins_by_saying_what_it_needs(name):
    assert page(name).startswith(("{#-", "{#")), f"templates/{name}: its first line is a comment that says what it is and what it needs."


@pytest.mark.parametrize("name", PAGES)
def test_pages_extend_the_frame_and_fragments_do_not(name):
    is_page = not name.startswith("_") and "/_" not in name and name != "base.html"
    assert ("{% extends" in page(name)) is is_page, (
        f"templates/{name}: a page extends base.html, a fragment begins with _ and extends nothing."
    )


@pytest.mark.parametrize("name", PAGES)
def test_templates_ask_no_database(name):
    found = re.search(r"session\(|\.query\b|write_tx|select\(\s*(?!attr)", page(name).replace("|select", "|").replace("selectattr(", ""))
    assert not found, f"templates/{name} asks the database by {found and found[0]!r}: load it in the view."
