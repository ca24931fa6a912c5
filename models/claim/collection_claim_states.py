from odoo import models
from odoo.exceptions import UserError


class CollectionClaim(models.Model):
    """From "we paid that" to what became of it."""

    _inherit = "collection.claim"

    def _start(self):
        """Hold the items, look for the money, and tell where the customer stands."""
        for claim in self:
            claim._find_money()
        self.sudo()._judge()  # what is held is the system's
        for claim in self:
            claim.account_id._set_stage("claims_paid", claim.name, claim)
            claim.proof_ids.sudo().filtered(lambda file, own=claim: file.create_uid == own.env.user).write(
                {"res_model": claim._name, "res_id": claim.id}
            )
        self.sudo().account_id._refresh()

    # ------------------------------------------------------------------
    # More time
    # ------------------------------------------------------------------

    def action_renew(self):
        """Hold the items once more for as long as at first.

        :raise UserError: it was renewed before, or is closed
        """
        self.check_access("write")
        for claim in self:
            if claim.renewed_on:
                raise UserError(
                    self.env._(
                        "%(claim)s was renewed on %(date)s: time to look for the money is given once more only. Decide it.",
                        claim=claim.name,
                        date=claim.renewed_on,
                    )
                )
            today = claim.company_id._collection_today()
            until = claim.company_id._collection_add_business_days(
                max(today, claim.hold_until), claim.company_id.collection_claim_hold_days
            )
            if claim.state == "open":
                claim._unguarded().sudo().write({"hold_until": until, "renewed_on": today})
            else:
                claim.sudo()._update_state(("expired",), "open", hold_until=until, renewed_on=today)
        self._evaluate()
        return True

    def action_ask_proof(self):
        """The customer was asked to prove the payment."""
        self.check_access("write")
        self.filtered(lambda claim: claim.state not in ("open", "expired"))._update_state((), "open")
        for company, claims in self.grouped("company_id").items():
            claims._unguarded().sudo().write({"proof_asked_on": company._collection_today()})
        self.account_id._set_stage("awaiting_documents", self.env._("Proof of payment"))
        self._evaluate()
        return True

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def action_close(self, outcome=None):
        """Close claims with what the ledger shows: applied here or elsewhere, received and not applied, or not received.

        :param outcome: what a person has found out, ``unapplied`` or ``not_received``; nobody but the ledger says "applied"
        :raise UserError: reconciliations do not show what is said, or the claim is closed
        """
        self.check_access("write")
        for claim in self.filtered(lambda each: each.state in ("open", "expired")):
            claim._find_money()
        self._evaluate()
        for claim in self.filtered(lambda each: each.state != "closed" or outcome):
            shown = claim._shown_outcome()
            if outcome and outcome != shown:
                claim._check_said(outcome, shown)
            claim.sudo()._close(outcome or shown, self.env._("Closed by %(user)s", user=self.env.user.name))
        self.sudo().account_id._refresh()
        return True

    def _shown_outcome(self):
        """What the ledger shows; without a mark, what fits exactly is taken for the claimed money."""
        if self.outcome in ("applied_here", "applied_elsewhere", "unapplied"):
            return self.outcome
        candidates = self.sudo().candidate_ids
        sure = candidates.filtered("is_found") or candidates.filtered(lambda each: each.rank == "1_exact")
        if not sure:
            return "not_received"
        return "unapplied" if any(sure.mapped("amount_open_currency")) else "applied_elsewhere"

    def _check_said(self, outcome, shown):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        if outcome not in ("unapplied", "not_received"):
            raise UserError(
                self.env._(
                    "“%(said)s” is decided by the reconciliations. They show: %(shown)s.",
                    said=labels.get(outcome, outcome),
                    shown=labels[shown],
                )
            )
        if shown == "applied_here":
            raise UserError(self.env._("The claimed items are settled: the claim is closed as “applied here”."))

    def _close(self, outcome, reason):
        """Nothing is held any more; what is open of the items is chased again."""
        for company, claims in self.grouped("company_id").items():
            claims._update_state(
                ("open", "expired"),
                "closed",
                outcome=outcome,
                closed_on=company._collection_today(),
                closed_reason=reason,
            )
        self._sync_holds({})

    def action_void(self, reason=None):
        """Take back claims that were entered by mistake: they count nowhere."""
        self.check_access("write")
        reason = reason or self.env._("Voided by %(user)s", user=self.env.user.name)
        claims = self.sudo()
        claims._update_state(("open", "expired"), "void", closed_reason=reason, outcome=False)
        claims._sync_holds({})
        claims.request_ids.filtered(lambda request: request.state == "open")._update_state(("open",), "cancelled")
        claims.account_id._refresh()
        return True
