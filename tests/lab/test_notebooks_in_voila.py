"""`make app`: who has no JupyterLab moves the same controls in a browser, and can change nothing."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_DRAWN = ".wb-explorer .widget-html-content:has(svg)"


def test_the_explorer_of_tiers_redraws_and_shows_no_code(page, app):
    page.goto(f"{app}/voila/render/02_abc_tiering.ipynb")
    page.wait_for_selector(_DRAWN, timeout=180_000)  # the whole notebook runs before anything is seen
    first = page.locator(_DRAWN).first.inner_html()
    page.locator(".wb-explorer input[type=radio]").nth(3).check()
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.innerHTML !== before", arg=[_DRAWN, first]
    )
    assert page.locator(".jp-InputArea-editor:visible, .cm-editor:visible").count() == 0
    assert page.request.get(f"{app}/api/contents").status == 404
