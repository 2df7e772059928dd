"""The program of one job; see `session`."""

import sys

from bbbmig.convert.capture.screen.session import main

sys.exit(main(sys.argv[1:]))
