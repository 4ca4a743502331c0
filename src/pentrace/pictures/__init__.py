"""Drawings for documents: futures, cells, plots."""
