from datetime import datetime, time, timedelta

from odoo import Command, models

from . import plan

# Copies that collectors sent: days ago, customer, how many of the oldest invoices, what they wrote.
COPIES = (
    (6, "meridian_gulf", 2, "As discussed on the phone."),
    (4, "lone_star", 1, "Here is the copy for your approval."),
    (3, "bayview", 3, False),
    (1, "saguaro", 1, "For the controller, when she is back."),
)


class CollectionDemo(models.AbstractModel):
    """Payer group, assignment rules, an absence to come, copies of invoices that were sent."""

    _inherit = "collection.demo"

    def _add_finding(self, company):
        self._add_payer_group()
        self._add_assignment(company)
        self._add_copies(company)

    def _add_payer_group(self):
        parent = self._customer("meridian")
        group = self.env["collection.payer.group"].create(
            {
                "name": "Meridian Hospitality",
                "parent_id": parent.id,
                "contact_id": parent.collection_ap_contact_id.id,
                "note": "Orlando pays for all hotels, on Thursdays. One call a week.",
            }
        )
        group.action_add_subsidiaries()

    def _add_assignment(self, company):
        carla, noah = self._ref("user_collector"), self._ref("user_collector_2")
        countries = self.env["res.country"]
        pacific = countries.search([("code", "in", ("MX", "JP", "PH", "AU"))])
        europe = countries.search([("code", "in", ("GB", "IE", "FR", "DE", "NL", "ES"))])
        rows = (
            ("Sold by Great Lakes", noah, {"sales_partner_ids": self._ref("sales_partner_great_lakes")}),
            ("Mexico and the Pacific", noah, {"country_ids": pacific}),
            ("Europe", carla, {"country_ids": europe}),
            ("Key accounts", carla, {"category_ids": self._ref("category_key")}),
        )
        self.env["collection.assignment.rule"].create(
            [
                {
                    "name": name,
                    "sequence": 10 * number,
                    "collector_id": collector.id,
                    "company_id": company.id,
                    **{field: [Command.set(records.ids)] for field, records in conditions.items()},
                }
                for number, (name, collector, conditions) in enumerate(rows, start=1)
            ]
        )
        today = company._collection_today()
        absence = self.env["collection.transfer"].create(
            {
                "company_id": company.id,
                "from_user_id": noah.id,
                "to_user_id": carla.id,
                "date_from": today + timedelta(days=12),
                "date_to": today + timedelta(days=25),
                "reason": "Annual leave",
            }
        )
        absence.action_confirm()

    def _add_copies(self, company):
        today = company._collection_today()
        Sending = self.env["collection.sending"]
        vals_list = []
        for days, name, count, note in COPIES:
            customer = self._customer(name)
            account = self.env["collection.account"].search(
                [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
            )
            moves = self._open_items(name).move_id.filtered(lambda move: move.is_sale_document())[:count]
            recipient = Sending._recipients(account).get(account)
            if not moves or not isinstance(recipient, dict):
                continue
            day = plan.business_day(today - timedelta(days=days), step=-1)
            vals_list.append(
                {
                    "name": f"{company.name}: copy of {', '.join(moves.mapped('name'))}",
                    "account_id": account.id,
                    "kind": "documents",
                    "date": datetime.combine(day, time(15, 5)),
                    "business_date": day,
                    "user_id": account.collector_id.id,
                    "recipient_id": recipient["recipient_id"],
                    "recipient_email": recipient["email"],
                    "lang": recipient["lang"],
                    "note": note,
                    "move_ids": [Command.set(moves.ids)],
                }
            )
        Sending._unguarded().create(vals_list)
