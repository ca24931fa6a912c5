from odoo import Command, models

from ..tools.remittance import read_remittance, text_rows

# What customers say is paid: days since, customer, how, reference, what was said, what there is of it.
CLAIMS = (
    (10, "wasatch", "ach", "ACH 0098213", "Went out with the run of the 15th.", "applied"),
    (9, "gateway", "check", "20418", "Mailed a check, cannot say when.", "nothing"),
    (8, "paulista", "wire", "SWIFT 77210", "Their bank says it was executed.", "closed"),
    (2, "tidewater", "check", "5521", "Check was cashed on Monday.", "own"),
    (1, "meridian_caribbean", "wire", "MER-GRP-118", "Head office paid for them.", "sibling"),
    (1, "peachtree", "ach", False, "Paid last week, sends the confirmation.", "proof"),
)
# Who paid for the claim that is found on a sibling.
SIBLING = "meridian"


class CollectionDemo(models.AbstractModel):
    """Payments that customers claim, and where their money was found."""

    _inherit = "collection.demo"

    def _add_claims(self, company, today):
        """One claim at each step, a remittance advice, and money that is on nobody's items yet."""
        company.collection_request_user_id = self._ref("user_cashier")
        for days, name, method, reference, note, what in CLAIMS:
            day = self._days_ago(today, days)
            with self._moment(company, day):
                claim = self._add_claim(company, name, method, reference, note, what)
            if claim:
                with self._moment(company, max(day, self._days_ago(today, 1))):
                    getattr(self, f"_claim_{what}", lambda _claim: None)(claim)
        self._add_remittance(company)
        self.env["collection.account"]._refresh_touched()
        self.env["collection.claim"].search([("company_id", "=", company.id)])._evaluate()

    def _add_claim(self, company, name, method, reference, note, what):
        free = [(item, amount) for item, amount in self._claimable(name) if not item.collection_held]
        if not free:
            return None
        item, amount = free[0]
        day = company._collection_today()
        payer = {"own": name, "applied": name, "sibling": SIBLING}.get(what)
        if payer:
            paid = self._pay([(self._customer(payer), day, item.currency_id, amount)])
            paid.memo = reference
            paid.move_id.ref = reference
        account = self.env["collection.account"]._for_partner(item.partner_id, company)
        user = account.collector_id or self._ref("user_collector")
        return (
            self.env["collection.claim"]
            .with_user(user)
            .create(
                {
                    "account_id": account.id,
                    "currency_id": item.currency_id.id,
                    "amount_currency": amount,
                    "date": day,
                    "method": method,
                    "reference": reference,
                    "contact_id": account.partner_id.collection_ap_contact_id.id,
                    "note": note,
                    "line_ids": [Command.create({"move_line_id": item.id, "amount_currency": amount})],
                }
            )
        )

    def _claimable(self, name):
        account = self.env["collection.account"]._for_partner(self._customer(name), self.env.company)
        return account._claim_items(self._currency(name))

    # ------------------------------------------------------------------
    # How far each has come
    # ------------------------------------------------------------------

    def _claim_applied(self, claim):
        claim = claim.sudo()
        (claim.candidate_ids[:1].line_ids + claim.line_ids.move_line_id).reconcile()
        claim._evaluate()

    def _claim_closed(self, claim):
        claim.action_close()

    def _claim_proof(self, claim):
        claim.action_ask_proof()

    def _claim_sibling(self, claim):
        candidate = claim.candidate_ids.filtered(lambda each: each.rank == "4_sibling")[:1]
        if candidate:
            candidate.action_request()

    def _add_remittance(self, company):
        """An advice of three lines, of which one names an order of another supplier."""
        items = self._claimable("saguaro")[:2]
        if len(items) < 2:
            return
        lines = [f"{item.move_id.name}   {amount:,.2f}" for item, amount in items] + ["PO 88-1204   412.50"]
        total = sum(amount for _item, amount in items) + 412.5
        text = "\n".join([*lines, f"Total   {total:,.2f}"])
        account = self.env["collection.account"]._for_partner(self._customer("saguaro"), company)
        user = account.collector_id or self._ref("user_collector")
        self.env["collection.application.request"].with_user(user)._create_from_remittance(
            account.with_user(user),
            read_remittance(text_rows(text)),
            account.currency_id,
            note="Came with the wire of Monday.",
        )
