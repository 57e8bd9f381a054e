"""`python -m line.ear`: started and ended by the calls process, which alone obeys Ctrl-C in their terminal."""

import asyncio
import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_IGN)

try:
    from line.ear.process import main
except (ImportError, OSError) as error:  # the model's package is missing, or is not for this machine
    sys.stdout.write(f"failed {error}\n")
    sys.exit(1)

asyncio.run(main())
