from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import models

from . import plan

# Whom the collectors reached lately: customer, days ago, outcome, channel, direction, minutes, note, next action, days from today
# until then.
CONTACTS = (
    ("crescent", 13, "message", "call", "out", 1, "", "", -11),
    ("crescent", 11, "no_answer", "call", "out", 1, "", "", -9),
    ("crescent", 9, "message", "call", "out", 1, "Third message to the owner this month.", "Visit with Great Lakes", 0),
    (
        "permian",
        6,
        "refused",
        "call",
        "out",
        12,
        "Their rig is idle; no money before May. Asks for instalments.",
        "Plan in writing",
        -1,
    ),
    ("silver_state", 7, "email_sent", "email", "out", 0, "All open invoices sent once more.", "Call the controller", 0),
    (
        "saguaro",
        5,
        "spoke",
        "call",
        "out",
        6,
        "Controller on leave; assistant confirmed the amounts.",
        "Ask for the next run",
        4,
    ),
    (
        "lone_star",
        4,
        "documents",
        "call",
        "out",
        9,
        "They miss the proof of delivery for the tables.",
        "Send the carrier's copy",
        1,
    ),
    (
        "meridian_gulf",
        6,
        "spoke",
        "call",
        "out",
        5,
        "Invoices are paid by the head office in Orlando.",
        "Call the head office",
        2,
    ),
    ("gateway", 3, "no_answer", "call", "out", 1, "", "Call again before noon, they open at 11", 0),
    ("biscayne", 8, "message", "call", "out", 2, "", "Call the controller", -2),
    (
        "puget",
        3,
        "promised",
        "call",
        "in",
        7,
        "Pays the oldest by ACH, the rest at month end.",
        "Check the bank for the ACH",
        2,
    ),
    (
        "bayview",
        10,
        "email_sent",
        "email",
        "out",
        0,
        "Copies of the invoices sent again.",
        "Ask whether they are approved",
        -3,
    ),
    ("chamberi", 2, "spoke", "email", "in", 0, "Asks for the invoice in Spanish.", "Ask for the payment date", 3),
    ("sierra_madre", 5, "gatekeeper", "call", "out", 3, "Ms. Ortega decides; mornings only.", "Call again", 0),
    ("monongahela", 12, "no_answer", "call", "out", 1, "", "", 1),
    ("monongahela", 9, "no_answer", "call", "out", 1, "", "", 1),
    ("monongahela", 6, "message", "call", "out", 2, "", "Try the plant manager", 0),
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
        rows = [(name, days, "", "", "", ahead, "snooze") for name, days, ahead in SNOOZED]
        vals_list = [self._prepare_work_vals(by_customer[self._customer(row[0])], today, *row[1:]) for row in rows]
        for log in self.env["collection.work.log"]._unguarded().create(vals_list):
            with self._business_date(company, log.business_date):
                log.account_id._unguarded().write(log.account_id._prepare_worked_vals(log))
        self._add_contacts(company, by_customer)
        self._add_inquiries(company, by_customer)

    def _add_contacts(self, company, by_customer):
        """What was said, at the time it was said; calls that nobody came back from in the meantime are due again."""
        today = company._collection_today()
        for name, days, outcome, channel, direction, minutes, note, next_action, ahead in sorted(
            CONTACTS, key=lambda row: -row[1]
        ):
            account = by_customer[self._customer(name)]
            day = plan.business_day(today - timedelta(days=days), step=-1)
            with self._business_date(company, day):
                activity = (
                    self.env["collection.activity"]
                    .with_user(account.collector_id)
                    .sudo()
                    .create(
                        {
                            "account_id": account.id,
                            "channel": channel,
                            "direction": direction,
                            "contact_id": account._default_contact("call").id or account.partner_id.id,
                            # Early evening in New York is within hours at the other coast.
                            "date": datetime.combine(day, time(17, 20)) + timedelta(minutes=account.id % 97),
                            "duration": minutes,
                            "outcome_id": self.env.ref(f"account_collections.activity_outcome_{outcome}").id,
                            "note": note,
                            "next_action": next_action,
                            "next_action_date": max(day, today + timedelta(days=ahead)),
                        }
                    )
                )
                activity._set_done()
                account.work_log_ids.filtered(lambda log: log.activity_id == activity)._unguarded().date = activity.date

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
        east._assign(self._ref("user_collector"), kind="rule", locked=False)
        (new - east)._assign(self._ref("user_collector_2"), kind="rule", locked=False)

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
