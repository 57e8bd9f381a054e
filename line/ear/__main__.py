"""`python -m line.ear`: started by the calls process and ended with it; Ctrl-C in their terminal is for that one."""

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
