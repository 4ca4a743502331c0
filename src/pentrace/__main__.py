"""`python -m pentrace` is the command line."""

import sys

from pentrace.cli import main

sys.exit(main())
