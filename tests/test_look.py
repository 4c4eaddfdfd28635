"""The house rules of templates/ and static/ that a machine can see; what it looks like is for the browser tests and for eyes."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MARKUP = re.compile(r"<[a-z][^<>]*\s(style|on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE)
ICON_USED = re.compile(r"icon\('([a-z-]+)'|\bsign='([a-z-]+)'")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_styles_or_scripts_inline(path: Path) -> None:
    found = MARKUP.findall(path.read_text())
    assert not found, f"the content policy blocks {found}: use a class of app.css or a data- attribute of app.js"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_or_style_is_a_file_of_ours(path: Path) -> None:
    bare = re.findall(r"<style\b|<script(?![^>]*\bsrc=)", path.read_text())
    assert not bare, "move it to static/: the content policy blocks inline script and style"


def test_only_the_frame_has_html() -> None:
    frames = [path.name for path in TEMPLATES if "<html" in path.read_text()]
    assert frames == ["base.html"], "extend base.html instead of writing a second frame"


def test_a_fragment_says_what_it_needs() -> None:
    silent = [path.name for path in TEMPLATES if path.name.startswith("_") and not path.read_text().startswith("{#-")]
    assert not silent, f"{silent}: begin with a comment that lists what the fragment needs"


def test_every_icon_named_is_in_the_sprite() -> None:
    [sprite] = (ROOT / "static").glob("icons-*.svg")
    drawn = set(re.findall(r'id="i-([a-z-]+)"', sprite.read_text()))
    used = {name for path in TEMPLATES for pair in ICON_USED.findall(path.read_text()) for name in pair if name}
    assert used <= drawn, f"{sorted(used - drawn)}: add the Lucide drawing to {sprite.name}"


def test_the_stylesheet_and_script_stay_small() -> None:
    sheet, script = ROOT / "static" / "app.css", ROOT / "static" / "app.js"
    assert len(gzip.compress(sheet.read_bytes(), 9)) < 9 * 1024, "app.css above 9 KB on the wire: remove what no page uses"
    assert len(script.read_text().splitlines()) < 150, "app.js is for what htmx cannot do; the server can do the rest"
