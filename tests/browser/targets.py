"""Controls that a thumb would miss: smaller than 44 by 44 CSS pixels."""

from playwright.sync_api import Page

LEAST = 44  # px, in both directions
# What is pressed is the control with its label. A link within running text is apart, and so is one that shows
# only once it has the focus.
TOO_SMALL = """(least) => {
    const spread = (boxes, from, to) =>
        Math.max(...boxes.map((box) => box[to])) - Math.min(...boxes.map((box) => box[from]));
    const hasWords = (node) => [...node.childNodes]
        .some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    const isInText = (link) => link.matches("a") && getComputedStyle(link).display === "inline"
        && hasWords(link.parentElement);
    const found = [];
    for (const control of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        if (control.type === "hidden" || control.matches(".skip-link") || isInText(control)) continue;
        if (!control.checkVisibility({ visibilityProperty: true })) continue;
        const boxes = [control, ...(control.labels ?? [])].map((one) => one.getBoundingClientRect())
            .filter((box) => box.width && box.height);
        if (!boxes.length) continue;
        const [width, height] = [spread(boxes, "left", "right"), spread(boxes, "top", "bottom")];
        if (Math.min(width, height) + 0.5 >= least) continue;
        found.push(`${Math.round(width)} x ${Math.round(height)}: ${control.outerHTML.slice(0, 120)}`);
    }
    return found;
}"""


def too_small(page: Page) -> list[str]:
    """Each control that is too small, with its size."""
    found: list[str] = page.evaluate(TOO_SMALL, LEAST)
    return found
