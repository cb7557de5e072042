"""The trace page in a headless Chromium: what a reader sees, with and without script."""

import io
import os
import re
import shutil

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.agent.report.page_runs import PAGES, QUOTE

PLACES = os.pathsep.join([".venv-chromium/bin", os.environ["PATH"]])
NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, (shutil.which(name, path=PLACES) for name in NAMES)), None)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium here; `make chromium` gets one (70 MB)"
)


class Opened:
    """A page in a tab of its own, with what it asked for and what it complained of."""

    def __init__(self, tab, file):
        self.tab = tab
        self.address = file.as_uri()
        self.requests = []
        self.left = []
        """Requests that the page's policy let out; they end here."""
        self.complaints = []
        tab.set_default_timeout(10_000)
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.context.route("**", self._let_only_the_file_in)
        tab.goto(self.address)

    def _let_only_the_file_in(self, route):
        if route.request.url == self.address:
            route.continue_()
            return
        self.left.append(route.request.url)
        route.abort()

    def sentence(self, place):
        return self.tab.locator("#answer .sentence").nth(place)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, tmp_path):
    contexts = []

    def open_page(name="answered", **options):
        file = tmp_path / f"{name}.html"
        file.write_text(PAGES[name](), encoding="utf-8")
        contexts.append(browser.new_context(**options))
        return Opened(contexts[-1].new_page(), file)

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(open_page, name):
    page = open_page(name)
    everything = page.tab.get_by_role("button", name="Open everything")
    if everything.is_visible():
        everything.click()
    page.tab.emulate_media(media="print")
    page.tab.wait_for_load_state("networkidle")
    assert page.requests == [page.address]
    assert page.complaints == []


def test_a_click_on_a_sentence_shows_its_quote_in_place(open_page):
    sentence = open_page().sentence(0)
    quote = sentence.locator("blockquote")
    assert not quote.is_visible()
    sentence.locator("summary").click()
    assert quote.inner_text() == "“Smoothed teachers lose 0.6 points.”"
    caption = sentence.locator("figcaption")
    assert "Distillation and smoothing. A. Author, B. Writer (2020). kd.pdf" in caption.inner_text()
    assert "p. 3 (printed 17)" in caption.inner_text()
    doi = caption.get_by_role("link", name=f"doi:{QUOTE.doi}")
    assert doi.get_attribute("href") == f"https://doi.org/{QUOTE.doi}"
    sentence.locator("summary").click()
    assert not quote.is_visible()


def test_enter_shows_a_quote_and_the_arrow_keys_move(open_page):
    page = open_page()
    keys = page.tab.keyboard
    first, second = (page.sentence(place) for place in (0, 1))
    while not page.tab.evaluate("document.activeElement.matches('#answer summary')"):
        keys.press("Tab")
    keys.press("Enter")
    assert first.locator("blockquote").is_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    assert second.locator("blockquote").is_visible()
    assert second.locator("pre").first.inner_text() == "print(1.2 / 2)"
    keys.press("Escape")
    assert not second.locator("blockquote").is_visible()
    keys.press("ArrowUp")
    assert first.locator("summary").evaluate("it => it === document.activeElement")
    keys.press("End")
    assert second.locator("summary").evaluate("it => it === document.activeElement")


def test_where_the_focus_is_can_be_seen(open_page):
    page = open_page()
    page.tab.keyboard.press("Tab")
    assert page.tab.get_by_role("link", name="Skip to the answer").is_visible()
    for _ in range(4):
        page.tab.keyboard.press("Tab")
        assert page.tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_quote_opens_without_script(open_page):
    page = open_page(java_script_enabled=False)
    page.sentence(0).locator("summary").click()
    assert page.sentence(0).locator("blockquote").is_visible()
    assert not page.tab.locator("button").is_visible()


def test_no_script_or_style_that_gets_in_can_run_or_ask_for_anything(open_page):
    page = open_page()
    page.tab.evaluate(
        """() => {
            const holder = document.createElement("div");
            document.body.append(holder);
            for (const [name, value] of [["style", "color:red"], ["onclick", "window.ran = 1"]]) {
                try { holder.setAttribute(name, value); } catch {}
            }
            try { holder.innerHTML = "<img src='https://example.org/x' onerror='ran = 1'>"; }
            catch {}
            const script = document.createElement("script");
            try { script.text = "window.ran = 1"; } catch {}
            holder.append(script);
            const picture = document.createElement("img");
            picture.src = "https://example.org/y";
            holder.append(picture);
            holder.click();
        }"""
    )
    assert page.tab.evaluate("window.ran") is None
    assert page.tab.evaluate("fetch('https://example.org/z').then(() => 1, () => 0)") == 0
    assert page.left == []


def test_a_screen_reader_meets_landmarks_headings_and_named_pictures(open_page):
    page = open_page().tab
    for landmark in ("banner", "navigation", "main"):
        assert page.get_by_role(landmark).count() == 1
    names = ["Answer", "Who says otherwise", "Left out", "Time", "Plan and steps", "Audit"]
    for name in names:
        assert page.get_by_role("region", name=name, exact=True).count() == 1
        assert page.get_by_role("heading", name=name, exact=True, level=2).count() == 1
    pictures = page.get_by_role("img")
    assert pictures.count() == 7
    assert all(each.get_attribute("aria-label") for each in pictures.all())


def test_print_opens_everything(open_page):
    page = open_page()
    text = "".join(
        sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.tab.pdf())).pages
    ).replace("\n", " ")
    for shown in ("Smoothed teachers lose", "no passage says so", "half = 1.2 / 2"):
        assert shown in text
    assert "Open everything" not in text
    assert not page.sentence(0).locator("blockquote").is_visible()


def test_print_opens_everything_without_script(open_page):
    page = open_page(java_script_enabled=False)
    page.tab.emulate_media(media="print")
    quotes = page.tab.locator("blockquote")
    assert quotes.count() == 5
    assert all(quote.is_visible() for quote in quotes.all())


def test_a_thought_opens_with_a_key_and_keeps_its_lines(open_page):
    page = open_page()
    thought = page.tab.get_by_role("region", name="Plan and steps").locator(".thought").first
    assert not thought.locator("p").is_visible()
    thought.locator("summary").focus()
    page.tab.keyboard.press("Enter")
    assert thought.locator("p").inner_text() == "Which table\nhas it?"


def test_thoughts_are_printed(open_page):
    page = open_page(java_script_enabled=False)
    page.tab.emulate_media(media="print")
    thoughts = page.tab.locator(".thought p")
    assert [each.is_visible() for each in thoughts.all()] == [True] * 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_thoughts_are_dimmed_and_can_still_be_read(open_page, scheme):
    page = open_page(color_scheme=scheme).tab
    page.get_by_role("button", name="Open everything").click()
    thought, ink, around = (
        luminance(page.locator(place).first, of)
        for place, of in ((".thought p", "color"), ("h4", "color"), ("html", "background"))
    )
    assert contrast(thought, around) < contrast(ink, around)
    assert contrast(thought, around) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(element, of):
    """Return the relative luminance of a colour of an element (WCAG 2.2)."""
    style = element.evaluate(f"it => getComputedStyle(it)['{of}']")
    shares = [int(each) / 255 for each in re.findall(r"\d+", style)[:3]]
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    darker, lighter = sorted((one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_dark_is_dark_and_light_is_light(open_page):
    shade = {
        scheme: picture(open_page(color_scheme=scheme)).getpixel((2, 2))
        for scheme in ("light", "dark")
    }
    assert min(shade["light"]) > 240
    assert max(shade["dark"]) < 40


@pytest.mark.parametrize("name", ["answered", "hostile"])
@pytest.mark.parametrize("width", [320, 768, 1600])
def test_nothing_runs_off_the_side(open_page, name, width):
    page = open_page(name, viewport={"width": width, "height": 800})
    page.tab.get_by_role("button", name="Open everything").click()
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= width


def picture(page):
    return Image.open(io.BytesIO(page.tab.screenshot(full_page=True))).convert("RGB")
