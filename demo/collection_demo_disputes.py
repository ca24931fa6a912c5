from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import Command, fields, models

from . import plan

# Teams by the end of their XML id, and who works in them.
TEAMS = {
    "pricing": ("resolver", "resolver_2"),
    "billing": ("resolver",),
    "tax": ("resolver",),
    "logistics": ("resolver_2",),
    "returns": ("resolver_2",),
    "service": ("resolver", "resolver_2"),
}
# Days ago, customer, reason, part, share of the item, what the customer says, and how far it has come.
DISPUTES = (
    (24, "biscayne", "pricing", "amount", 0.12, "The quotation gave 12 % on desks.", "credited"),
    (20, "pacific", "service", "amount", 0.1, "Assembly took a day longer than agreed.", "refused"),
    (18, "meridian_gulf", "promotion", "amount", 0.15, "Spring promotion was promised on the phone.", "reopened"),
    (15, "lone_star", "shortage", "amount", 0.3, "Two tables have scratched tops. Photos were sent.", "late"),
    (13, "gulfshore", "pod", "whole", 1.0, "Our warehouse has no record of this delivery.", "waiting"),
    (9, "saguaro", "pricing", "amount", 0.2, "Price of the sofas is that of last year's list.", "partly"),
    (8, "ashdown", "duplicate", "whole", 1.0, "We were billed for this order twice.", "void"),
    (6, "waikiki", "freight", "freight", 0.05, "Delivery was to be free above 5,000.", "resolving"),
    (4, "bayview", "po", "whole", 1.0, "No purchase order number on the invoice.", "in_review"),
    (3, "chamberi", "tax", "amount", 0.1, "We are exempt; certificate follows.", "in_review"),
    (3, "puget", "returned", "amount", 0.25, "Three chairs went back with your driver.", "asked"),
    (2, "wabash", "service", "amount", 0.08, "The installers left packing material behind.", "routed"),
    (1, "crescent", "shortage", "amount", 0.2, "One box was missing.", "routed"),
    (0, "tidewater", "other", "amount", 0.3, "They want to talk to somebody from sales first.", "new"),
)


class CollectionDemo(models.AbstractModel):
    """Disputes of the last weeks, one or two at each step."""

    _inherit = "collection.demo"

    def _add_disputes(self, company):
        """Teams with their people, and the disputes; each step is done by whoever would do it."""
        self._ref("product_freight").product_tmpl_id.collection_is_freight = True
        for name, logins in TEAMS.items():
            self.env.ref(f"account_collections.dispute_team_{name}").write(
                {
                    "user_id": self._ref("user_assistant").id,
                    "member_ids": [Command.set([self._ref(f"user_{login}").id for login in logins])],
                }
            )
        for row in DISPUTES:
            self._add_dispute(company, *row)

    def _add_dispute(self, company, days, name, reason, part, share, text, step):
        opened = plan.business_day(company._collection_today() - timedelta(days=days), step=-1)
        with self._moment(company, opened):
            item = self._disputable_item(name)
        if not item:
            return
        line = {"move_line_id": item.id, "part": part}
        freight = item.move_id.invoice_line_ids.filtered("product_id.collection_is_freight")
        if part == "freight" and not freight:
            line["part"] = "amount"
        if line["part"] == "amount":
            line["amount_currency"] = item.currency_id.round(item.amount_residual_currency * share)
        account = self.env["collection.account"]._for_partner(item.partner_id, company)
        with self._moment(company, opened):
            collector = account.collector_id or self._ref("user_collector")
            dispute = (
                self.env["collection.dispute"]
                .with_user(collector)
                .create(
                    {
                        "account_id": account.id,
                        "reason_id": self.env.ref(f"account_collections.dispute_reason_{reason}").id,
                        "description": text,
                        "contact_id": account.partner_id.collection_ap_contact_id.id,
                        "line_ids": [Command.create(line)],
                    }
                )
            )
            if dispute.reason_id.evidence != "none" and step != "new":
                self.env["ir.attachment"].create(
                    {"name": "Evidence.txt", "raw": text.encode(), "res_model": dispute._name, "res_id": dispute.id}
                )
            if step != "new":
                dispute.action_route()
        resolver = dispute.team_id.member_ids[:1]
        with self._moment(company, min(opened + timedelta(days=1), company._collection_today())):
            getattr(self, f"_dispute_{step}", lambda _dispute: None)(dispute.with_user(resolver))

    def _disputable_item(self, name):
        """The customer's oldest item that nothing holds on the business date."""
        items = self._open_items(name)
        room = items._collection_dispute_room()
        return items.filtered(
            lambda item: room[item.id] >= item.amount_residual_currency and item.move_id.is_invoice()
        )[:1]

    @contextmanager
    def _moment(self, company, day):
        """Both clocks at half past two in the afternoon (UTC) of a day."""
        moment = datetime.combine(day, time(14, 30))
        with self._business_date(company, day), patch.object(fields.Datetime, "now", lambda *_args: moment):
            yield

    # ------------------------------------------------------------------
    # How far it has come
    # ------------------------------------------------------------------

    def _dispute_in_review(self, dispute):
        dispute.action_review()

    def _dispute_late(self, dispute):
        dispute.action_review()
        dispute.sudo().priority = "1"

    def _dispute_waiting(self, dispute):
        dispute.action_review()
        dispute._ask_customer(self.env._("Which of your warehouses should have received it?"))

    def _dispute_asked(self, dispute):
        dispute.action_review()
        dispute._ask_collector(self.env._("Did they mention the name of the driver?"))

    def _dispute_resolving(self, dispute):
        dispute.action_review()
        dispute._decide("valid")

    def _dispute_credited(self, dispute):
        self._dispute_resolving(dispute)
        dispute.sudo().credit_move_ids.action_post()

    def _dispute_refused(self, dispute):
        dispute.action_review()
        dispute._decide("invalid", explanation=dispute.reason_id.explanation or self.env._("It was done as ordered."))

    def _dispute_reopened(self, dispute):
        self._dispute_refused(dispute)
        dispute.sudo()._reopen(self.env._("The customer has sent the promotion letter"))

    def _dispute_partly(self, dispute):
        dispute.action_review()
        accepted = {line: line.currency_id.round(line.amount_currency / 2) for line in dispute.line_ids}
        dispute._decide("partly", accepted, self.env._("The list of this year counts from March on; before, yours."))

    def _dispute_void(self, dispute):
        dispute.sudo()._set_void(self.env._("It was another supplier's invoice"))
