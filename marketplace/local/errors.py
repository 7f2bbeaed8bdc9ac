"""What can keep the local stack from running, each as a sentence for the person at the terminal."""


class LocalError(Exception):
    """Printed as it is, without a traceback; the program ends with 1."""


class StopAskedError(Exception):
    """Ctrl-C or SIGTERM came while something was being waited for."""
