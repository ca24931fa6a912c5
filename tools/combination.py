"""Which few of many amounts add up to a given one: bounded, so that the search ends quickly however many there are."""

# Pairs grow with the square of this, and so does the time.
MAX_AMOUNTS = 200


class Sums:
    """Sums of one, two or three of at most `MAX_AMOUNTS` amounts, in whole units (cents); the first amounts are preferred."""

    def __init__(self, amounts):
        """
        :param amounts: positive integers
        """
        self.amounts = list(amounts)[:MAX_AMOUNTS]
        self.singles, self.pairs = {}, {}
        for place, amount in enumerate(self.amounts):
            self.singles.setdefault(amount, place)
        for first, amount in enumerate(self.amounts):
            for second in range(first + 1, len(self.amounts)):
                self.pairs.setdefault(amount + self.amounts[second], (first, second))

    def find(self, target, smallest=1):
        """The places of the fewest amounts, three at most, that add up to `target`; an empty tuple where none do.

        :param smallest: how many amounts there must be at least
        """
        if target <= 0:
            return ()
        if smallest <= 1 and target in self.singles:
            return (self.singles[target],)
        if smallest <= 2 and target in self.pairs:
            return self.pairs[target]
        for place, amount in enumerate(self.amounts):
            pair = self.pairs.get(target - amount)
            if pair and place < pair[0]:
                return (place, *pair)
        if sum(self.amounts) == target and len(self.amounts) >= smallest:
            return tuple(range(len(self.amounts)))
        return ()
