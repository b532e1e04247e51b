"""`python -m mxinbound`, the same as the command `mxinbound`."""

import sys

from mxinbound.cli import main

sys.exit(main())
