"""How a promise to pay is judged (SPEC §4), in pure Python: what was promised, what came, and when, gives what it is now.

Everything is in the promise's currency. The same facts always give the same verdict, whichever way the promise got there: a payment
that bounces, a match taken off or a bank line entered late is judged by looking at all facts anew.
"""

from dataclasses import dataclass, field
from datetime import date

LIVE = ("open", "pending_application")
JUDGED = ("kept", "partially_kept", "broken")


@dataclass
class Instalment:
    """One promised date and amount; the fields below the line are the verdict."""

    id: int
    date: date
    deadline: date
    wait_until: date
    amount: float
    state: str  # as it was judged the last time
    due: float  # the obligation then
    received: float  # in time, then
    answer: str | None  # of the question whether money on other items was meant: asked, meant, not_meant
    # ---
    verdict: str = "open"
    on_time: float = 0.0
    late: float = 0.0
    days_late: int = 0

    @property
    def missing(self):
        return max(0.0, self.due - self.on_time - self.late)


@dataclass
class Promise:
    id: int
    date: date
    tolerance_percent: float
    tolerance_amount: float
    partial_percent: float
    digits: int
    instalments: list = field(default_factory=list)
    cash: list = field(default_factory=list)  # (date, amount) of money that closed its items, the earliest first
    reduced: float = 0.0  # by credits, write-offs and older cash

    def tolerance(self, instalment):
        return min(instalment.due * self.tolerance_percent / 100, self.tolerance_amount)

    def is_enough(self, instalment, amount):
        return amount + 0.5 * 10**-self.digits >= instalment.due - self.tolerance(instalment)

    def is_partial(self, instalment, amount):
        return amount + 0.5 * 10**-self.digits >= instalment.due * self.partial_percent / 100

    # ------------------------------------------------------------------
    # Obligation and money
    # ------------------------------------------------------------------

    def reduce(self):
        """What credits, write-offs and older cash took off the obligation goes from the last instalment first.

        An instalment that was judged stays as it was owed then.
        """
        left = self.reduced
        for instalment in reversed(self.instalments):
            if instalment.state in JUDGED:
                continue
            taken = min(left, instalment.amount)
            instalment.due = round(instalment.amount - taken, self.digits)
            left -= taken

    def spread(self):
        """Each receipt goes to the oldest instalment that is not full; after its deadline it is late."""
        for day, amount in self.cash:
            for instalment in self.instalments:
                taken = min(amount, instalment.missing)
                if taken <= 0 or self.is_enough(instalment, instalment.on_time):
                    continue
                amount -= taken
                if day <= instalment.deadline:
                    instalment.on_time += taken
                else:
                    was_short = not self.is_enough(instalment, instalment.on_time + instalment.late)
                    instalment.late += taken
                    if was_short and self.is_enough(instalment, instalment.on_time + instalment.late):
                        instalment.days_late = (day - instalment.deadline).days

    # ------------------------------------------------------------------
    # Verdict
    # ------------------------------------------------------------------

    def settle(self):
        """Work out what is owed of each instalment, and what came for it."""
        self.reduce()
        self.spread()

    def is_short(self, instalment, today):
        """Whether its day has passed without enough money."""
        return instalment.due and today > instalment.deadline and not self.is_enough(instalment, instalment.on_time)

    def judge(self, today, bank_day, cover, elsewhere):
        """Give every instalment its verdict, after `settle`.

        :param today: business date
        :param bank_day: the last day of which bank data are known; None: unknown
        :param cover: function (promise, instalment, use) → how much of what is missing unapplied cash covers; used up with `use`
        :param elsewhere: the same for money of the time that closed other items of the customer
        :return: the state of the promise
        """
        for instalment in self.instalments:
            instalment.verdict = self._verdict(instalment, today, bank_day, cover, elsewhere)
        broken = [number for number, each in enumerate(self.instalments) if each.verdict == "broken"]
        if broken:
            # One break ends the promise: what was to come is not waited for, and not counted as a break of its own.
            for number, instalment in enumerate(self.instalments):
                if instalment.verdict in LIVE or (number > broken[0] and instalment.verdict in JUDGED[1:]):
                    instalment.verdict = "lapsed"
        return self.state

    def _verdict(self, instalment, today, bank_day, cover, elsewhere):
        if not instalment.due:
            return "superseded"
        if self.is_enough(instalment, instalment.on_time):
            return "kept"
        if today <= instalment.deadline:
            return "open"
        is_partial = self.is_partial(instalment, instalment.on_time)
        if self._lifts(instalment, cover):
            cover(self, instalment, True)
            return "pending_application"
        if is_partial:
            return "partially_kept"
        if self._waits_for_bank(instalment, today, bank_day):
            return "open"
        if instalment.answer == "meant":
            return "pending_application"
        if instalment.answer != "not_meant" and self._lifts(instalment, elsewhere):
            elsewhere(self, instalment, True)
            instalment.answer = "asked"
            return "pending_application"
        return "broken"

    def _lifts(self, instalment, source):
        """Whether further money would change the verdict for the better."""
        more = source(self, instalment, False)
        coming = instalment.on_time + more
        return more > 0 and (
            self.is_enough(instalment, coming)
            or (not self.is_partial(instalment, instalment.on_time) and self.is_partial(instalment, coming))
        )

    def _waits_for_bank(self, instalment, today, bank_day):
        """Bank data do not reach the deadline yet. What was judged, or lost money that it had, has had its news."""
        return (
            instalment.state not in (*JUDGED, "lapsed")
            and instalment.on_time >= instalment.received
            and (bank_day is None or bank_day < instalment.deadline)
            and today <= instalment.wait_until
        )

    @property
    def state(self):
        """The promise's own state follows from its instalments, the gravest first."""
        verdicts = {instalment.verdict for instalment in self.instalments}
        for state in ("broken", "pending_application", "open", "partially_kept", "kept"):
            if state in verdicts:
                return state
        return "superseded"

    @property
    def missing(self):
        """What is still promised."""
        return round(sum(each.missing for each in self.instalments if each.verdict in LIVE), self.digits)
