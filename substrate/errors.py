"""The one base class of errors that a user can do something about."""


class SubstrateError(Exception):
    """What failed (`message`) and what to do about it (`hint`); shown as they are, without a traceback."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[type["SubstrateError"], tuple[str, str]]:
        return type(self), (self.message, self.hint)
