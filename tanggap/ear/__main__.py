"""`python -m tanggap.ear`: started by the calls process."""

import asyncio
import sys

try:
    from tanggap.ear.process import main
except (ImportError, OSError) as error:  # the model's package is missing, or is not for this machine
    sys.stdout.write(f"failed {error}\n")
    sys.exit(1)

asyncio.run(main())
