"""What the application writes meanwhile: how a test knows that nothing is left to do."""

from collections.abc import Callable

WRITES = ("INSERT", "UPDATE", "DELETE")


def noting_writes(written: list[str], *, but: str = "") -> Callable[..., object]:
    """For `connection.execute_wrapper`: keeps the statements that write, other than to the table `but`."""

    def wrapper(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if sql.lstrip().upper().startswith(WRITES) and not (but and f'"{but}"' in sql):
            written.append(sql)
        return execute(sql, params, many, context)

    return wrapper
