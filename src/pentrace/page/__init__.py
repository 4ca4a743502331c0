"""The page: as files for any web host, and the local app that serves it."""
