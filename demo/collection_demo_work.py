from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import models

from . import plan

# What the collectors did lately: customer, days ago, outcome, note, next action, days from today until then.
WORKED = (
    ("crescent", 9, "message", "Third message to the owner this month.", "Visit the venue with Great Lakes", 0),
    (
        "permian",
        6,
        "spoke",
        "The rig they furnished is idle; asks for instalments.",
        "Get a payment plan in writing",
        -1,
    ),
    ("silver_state", 7, "wrote", "Sent the statement with all open invoices.", "Call the controller", 0),
    ("saguaro", 5, "spoke", "Controller on leave; assistant confirmed the amounts.", "Ask what the next run pays", 4),
    ("lone_star", 4, "spoke", "They miss the proof of delivery for the tables.", "Send the carrier's signed copy", 1),
    ("meridian_gulf", 6, "spoke", "Invoices are paid by the head office in Orlando.", "Call the head office", 2),
    ("gateway", 3, "no_answer", "", "Call again before noon, they open at 11", 0),
    ("biscayne", 8, "message", "", "Call the controller", -2),
    ("puget", 3, "spoke", "Paying the oldest by ACH, the rest at month end.", "Check the bank for the ACH", 2),
    ("bayview", 10, "wrote", "Copies of the invoices sent again.", "Ask whether they are approved", -3),
    ("chamberi", 2, "spoke", "Asked for the invoice in Spanish.", "Ask for the payment date", 3),
    ("sierra_madre", 5, "message", "", "Call again", 0),
    ("monongahela", 12, "no_answer", "", "", 1),
)
SNOOZED = (("wabash", 2, 9),)  # customer, days ago, days from today
NOTES = {
    "meridian": "Pays for all Meridian companies. One call a week, to accounts payable in Orlando.",
    "wabash": "Invoices are approved by the school board on the second Tuesday of the month.",
    "kendall": "Invoices without a purchase order number are returned unread.",
}
# Time zones that Marcus sells in, and Noah collects from.
WEST = (
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Vancouver",
    "America/Anchorage",
)
WEST += ("America/Mexico_City", "America/Monterrey", "Pacific/", "Asia/", "Australia/")
NOBODYS = ("finger_lakes", "lakeshore", "burrard", "fells_point", "old_city", "paulista")  # no collector has them


class CollectionDemo(models.AbstractModel):
    """Portfolios, and the traces of the last two weeks' work."""

    _inherit = "collection.demo"

    def _add_work(self, company):
        accounts = self.env["collection.account"].search([("company_id", "=", company.id)])
        today = company._collection_today()
        by_customer = {account.partner_id: account for account in accounts}
        for name, text in NOTES.items():
            by_customer[self._customer(name)].note = Markup("<p>%s</p>") % text
        rows = [(*row, "done") for row in WORKED]
        rows += [(name, days, "", "", "", ahead, "snooze") for name, days, ahead in SNOOZED]
        vals_list = [self._prepare_work_vals(by_customer[self._customer(row[0])], today, *row[1:]) for row in rows]
        for log in self.env["collection.work.log"]._unguarded().create(vals_list):
            with self._business_date(company, log.business_date):
                log.account_id._unguarded().write(log.account_id._prepare_worked_vals(log))
                log._apply_stages()

    def _assign_sales(self):
        """Who sells to a customer, and who pays there."""
        customers = self._customers()
        for contact in customers.child_ids.filtered(lambda contact: contact.function == "Accounts Payable"):
            contact.parent_id.collection_ap_contact_id = contact
        west = customers.filtered(lambda customer: (customer.tz or "").startswith(WEST))
        west.user_id = self._ref("user_resolver_2")
        (customers - west).user_id = self._ref("user_resolver")

    def _assign(self, accounts):
        """East and Europe are Carla's, the rest is Noah's, and a few are nobody's yet."""
        new = accounts.filtered(lambda account: account.partner_id and not account.collector_id)
        new -= new.filtered(lambda account: account.partner_id in self._partners(NOBODYS))
        east = new.filtered(lambda account: account.partner_id.user_id == self._ref("user_resolver"))
        east.collector_id = self._ref("user_collector")
        (new - east).collector_id = self._ref("user_collector_2")

    def _prepare_work_vals(self, account, today, days, outcome, note, next_action, ahead, action):
        day = plan.business_day(today - timedelta(days=days), step=-1)
        return {
            "account_id": account.id,
            "user_id": account.collector_id.id,
            "action": action,
            "reason_id": self.env.ref(f"account_collections.work_reason_{outcome}").id if outcome else False,
            "note": note,
            "date": datetime.combine(day, time(15, 20)) + timedelta(minutes=account.id % 97),
            "business_date": day,
            "next_action": next_action,
            "next_action_date": today + timedelta(days=ahead),
            "amount_collectible": account.amount_collectible,
        }
