"""Links to the page that show an ink in one of its figures (spec/link.md)."""

from pentrace.link.address import link, read_link

__all__ = ["link", "read_link"]
