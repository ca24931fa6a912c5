"""What tests of the action history share: its rows as short tuples, and a clock that the database keeps to as well."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .dunning_common import DunningCommon


class HistoryCommon(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.History = cls.env["collection.action.history"]
        cls.collector = cls.member("collector", "colin", name="Colin Collector")

    @contextmanager
    def on(self, days, time="15:00:00"):
        """Clock and database `days` after today, at `time` in UTC (New York: four hours earlier, in March)."""
        moment = f"{self.today + timedelta(days)} {time}"
        with self.at(moment), patch.object(type(self.cr), "now", lambda _cr: fields.Datetime.to_datetime(moment)):
            yield
            self.env.flush_all()

    def rows(self, of, user=None, **conditions):
        """The history of a customer or of a document, the earliest first."""
        self.Account._refresh_touched()
        if of._name == "account.move":
            action = of.with_user(user or self.env.user).action_view_collection_history()
        else:
            action = self.account(of).with_user(user or self.env.user).action_view_history()
        domain = [*action["domain"], *((name, "=", value) for name, value in conditions.items())]
        return self.History.with_user(user or self.env.user).search(domain, order="date, is_internal, id")

    def told(self, of, **conditions):
        """(day, title) of the rows, with the hour where one is known."""
        return [(row.when.removesuffix(" EDT"), row.title) for row in self.rows(of, **conditions)]
