"""A process that has loaded Milepost and waits: for each request it forks a worker that will die where it is told to.

Run as `python -m tests.prove.crashes.nursery`. It reads one JSON line per request, {"task", "id", "point", "kill",
"offset", "server"}, and answers with one, {"ended": "killed" | "done" | "raised", "what"}. `kill` says who dies at
`point`: the process itself ("child"), its connection at the server ("backend") or the database server, by its process
id ("server"); "" lets it work.
"""

import json
import os
import signal
import sys
import traceback
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the workers log is no answer
    django.setup()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), file=answers, flush=True)


def _run(request: dict[str, str]) -> dict[str, str]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _work(request, write)
    os.close(write)
    with os.fdopen(read) as said:
        what = said.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return {"ended": "killed", "what": what}
    return {"ended": "raised" if os.WEXITSTATUS(status) else "done", "what": what}


def _work(request: dict[str, str], write: int) -> None:
    """In the forked process; never returns."""
    code = 0
    try:
        _arm(request, write)
        _call(request["task"], int(request["id"]))
    except BaseException:  # noqa: BLE001 whatever it is, it is told to the parent
        code = 1
        os.write(write, traceback.format_exc()[-3000:].encode())
    finally:
        os._exit(code)


def _arm(request: dict[str, str], write: int) -> None:
    from marketplace.kernel import clock
    from payments import crash_points

    clock.shift(timedelta(seconds=float(request["offset"])))
    passed = 0

    def reached(name: str) -> None:
        nonlocal passed
        if name != request["point"]:
            return
        passed += 1
        if passed > 1:  # a second time in one life is another cell
            return
        if request["kill"] == "child":
            os.kill(os.getpid(), signal.SIGKILL)
        if request["kill"] == "server":
            os.write(write, b"terminated")
            os.kill(int(request["server"]), signal.SIGKILL)
        if request["kill"] == "backend":
            os.write(write, b"terminated")
            _terminate_own_backend()

    crash_points.arm(reached)


def _terminate_own_backend() -> None:
    """As an operator or a failover would: the process lives on with a dead connection."""
    import psycopg
    from django.db import connection

    connection.ensure_connection()
    own = connection.connection.info
    with psycopg.connect(own.dsn, password=own.password or None, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own.backend_pid])


def _call(task: str, row_id: int) -> None:
    from celery import current_app

    current_app.tasks[task].run(*([row_id] if row_id else []))


if __name__ == "__main__":
    main()
