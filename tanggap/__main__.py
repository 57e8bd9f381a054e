"""Starts the `tanggap` command. Signals are settled before anything large is imported."""

import signal


def run() -> None:
    """Run the command line; SIGINT ends it without a traceback from its first moment on.

    Loading the program takes most of a second, in which Python's own handler would raise KeyboardInterrupt anywhere.
    The shell script that `scripts/setup` writes holds SIGINT back until here."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not where it is ignored, as by nohup
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    from tanggap.program import main

    main(prog_name="tanggap")


if __name__ == "__main__":
    run()
