"""What can be wrong with what every form shares: amounts and files."""

from marketplace.kernel.errors import Invalid


class FileEmpty(Invalid):
    code = "file_empty"
    sentence = "“{name}” is empty. Choose the file again."


class FileTooLarge(Invalid):
    code = "file_too_large"
    sentence = "“{name}” is {size}; files can be up to {limit}. Send a link to it instead, or split it."
