from datetime import datetime, time, timedelta

from odoo import Command, models

from . import plan

# Sales partner, customers, kind, days ago, how far it has come, what the partner said.
HELP = (
    (
        "westline",
        ("pacific", "wasatch"),
        "call",
        21,
        "closed",
        "Both will pay with their next run; I spoke to the owners.",
    ),
    ("westline", ("saguaro", "silver_state"), "contact", 9, "expired", ""),
    (
        "eastgate",
        ("tidewater", "canarsie", "garrison"),
        "call",
        4,
        "answered",
        "Tidewater pays on Thursday. At Canarsie nobody answers; I will drive by on Monday.",
    ),
    ("great_lakes", ("crescent", "cuyahoga"), "visit", 3, "sent", ""),
    ("eastgate", ("monongahela", "raritan"), "call", 0, "draft", ""),
)


class CollectionDemo(models.AbstractModel):
    """Sales partners who were asked for help, and a call to one of them about two customers."""

    _inherit = "collection.demo"

    def _add_help(self, company):
        today = company._collection_today()
        for partner, names, kind, days, step, text in HELP:
            dealer = self._ref(f"sales_partner_{partner}")
            items = self._overdue_items(dealer, company, names)
            day = plan.business_day(today - timedelta(days=days), step=-1)
            with self._moment(company, day):
                request = self._ask_dealer(dealer, items, kind, step)
            with self._moment(company, min(plan.business_day(day + timedelta(days=1)), today)):
                if step in ("answered", "closed"):
                    request._set_answered(text)
                if step == "closed":
                    request._set_closed("solved")
            if step == "expired":
                request._set_expired()
        self._call_dealer(company, plan.business_day(today - timedelta(days=2), step=-1))

    def _overdue_items(self, dealer, company, names):
        """What is overdue of these customers' orders; else the oldest items of others of the dealer."""
        Help = self.env["collection.help"]
        accounts = self._accounts(self._partners(names), company)
        return Help._overdue_items(dealer, company, accounts) or Help._overdue_items(dealer, company)[:3]

    def _accounts(self, customers, company):
        return self.env["collection.account"].search(
            [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        )

    def _ask_dealer(self, dealer, items, kind, step):
        accounts = self._accounts(items.partner_id.commercial_partner_id, items.company_id)
        user = accounts.collector_id[:1] or self._ref("user_collector")
        # In the collector's name; the day sheets of the past are written already.
        Help = self.env["collection.help"].with_user(user).sudo()
        request = Help.create(
            {
                "sales_partner_id": dealer.id,
                "contact_id": dealer.child_ids[:1].id,
                "kind_id": self.env.ref(f"account_collections.help_kind_{kind}").id,
                "line_ids": [Command.create({"move_line_id": item.id}) for item in items],
            }
        )
        if step != "draft":
            request.action_send()
        return request

    def _call_dealer(self, company, day):
        """One call about two customers, logged once."""
        dealer = self._ref("sales_partner_great_lakes")
        accounts = self._accounts(self._partners(("crescent", "woodward")), company)
        user = accounts.collector_id[:1] or self._ref("user_collector")
        self.env["collection.activity"].with_user(user).sudo()._log(
            [
                {
                    "sales_partner_id": dealer.id,
                    "account_ids": [Command.set(accounts.ids)],
                    "contact_id": dealer.child_ids[:1].id,
                    "channel": "call",
                    "direction": "out",
                    "date": datetime.combine(day, time(15, 30)),
                    "duration": 11,
                    "outcome_id": self.env.ref("account_collections.activity_outcome_partner_helps").id,
                    "note": "Knows both owners; visits them next week and calls back.",
                }
            ]
        )
