from typing import NamedTuple


class Part(NamedTuple):
    """Which part of an item is disputed, where, and why."""

    item: object
    part: str
    lines: object
    dispute: object
    reason: object
    what: str

    def overlaps(self, other):
        """Whether both are about the same thing. Amounts that are named by nothing else are told apart by their reason."""
        parts = {self.part, other.part}
        if "whole" in parts:
            return True
        if parts == {"amount"}:
            return self.dispute == other.dispute or self.reason == other.reason
        if "amount" in parts:
            return False
        if "tax" in parts:
            return parts == {"tax"} or any((self.lines | other.lines).mapped("tax_ids"))
        return bool(self.lines & other.lines)
