"""What the pages of the support desk share (R-SUP-5)."""


class ReadOnly:
    """Mixed into a model's admin, or an inline: no adding, changing or deleting, superusers included."""

    def has_add_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_change_permission(self, *_: object, **__: object) -> bool:
        return False

    def has_delete_permission(self, *_: object, **__: object) -> bool:
        return False
