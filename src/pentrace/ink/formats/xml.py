"""XML by its root element, whatever its suffix: SVG, InkML, pages of Xournal++ or a line of IAM-OnDB. Only read."""

from __future__ import annotations

from pentrace.errors import FormatError
from pentrace.ink.formats import iam, inkml, svg, xournal
from pentrace.ink.formats._notes import Reading
from pentrace.ink.formats._xml import parse


def read(data: bytes) -> Reading:
    """The ink of a file, and what could not be read. Raises FormatError where there is no ink."""
    root = parse(data)
    if root.name == "svg":
        return svg.read(root)
    if root.name == "WhiteboardCaptureSession":
        return iam.read(root)
    if root.name == "xournal":
        return xournal.read(root)
    if any(True for _ in root.all("ink")):
        return inkml.read(root)
    raise FormatError(
        f"expected an <svg>, an <ink>, a <xournal> or a <WhiteboardCaptureSession>, found <{root.name[:40]}>; "
        "export the ink as SVG"
    )
