"""Typed text and read text: writing lines, choosing takes, the recogniser, and which point belongs to which letter."""
