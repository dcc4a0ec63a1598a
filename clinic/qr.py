"""QR codes as SVG: no style in it, on white, so that it holds the content policy and a dark screen."""

import io

import segno


def svg(text: str, *, title: str | None = None) -> str:
    """`text` as the source of an SVG picture, to stand in a page or in a file of its own.

    `title` says what it is to those who do not see it.
    """
    picture = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        picture,
        kind="svg",
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        scale=5,
        light="#fff",
        nl=False,
        title=title,
    )
    return picture.getvalue().decode()
