from collections import defaultdict
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionDispute(models.Model):
    """Deciding a dispute, and what follows: a credit for what is valid, an explanation for what is not."""

    _inherit = "collection.dispute"

    explanation = fields.Text(copy=False, help="Why it is refused, in the words of the letter to the customer.")
    credit_move_ids = fields.One2many(
        "account.move",
        "collection_resolves_dispute_id",
        string="Credit Notes",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    credit_note_names = fields.Char(
        string="Credit Note", compute="_compute_credit_note_names", compute_sudo=True, help="Number and state."
    )
    accepted = fields.Monetary(compute="_compute_accepted", store=True, compute_sudo=True)
    chase_on = fields.Date(
        string="Chased Again On", readonly=True, copy=False, help="From this day on the refused part is chased again."
    )

    _won_idx = models.Index("(account_id, chase_on) WHERE decision IN ('invalid', 'partly')")

    @api.depends("credit_move_ids.name", "credit_move_ids.state")
    def _compute_credit_note_names(self):
        for dispute in self:
            states = dict(dispute.credit_move_ids._fields["state"]._description_selection(self.env))
            dispute.credit_note_names = ", ".join(
                f"{note.name} ({states[note.state]})" if note.name and note.name != "/" else states[note.state]
                for note in dispute.credit_move_ids
            )

    @api.depends("line_ids.accepted_currency", "line_ids.amount", "line_ids.amount_currency")
    def _compute_accepted(self):
        for dispute in self:
            dispute.accepted = sum(
                line.company_currency_id.round(line.amount * line.accepted_currency / line.amount_currency)
                for line in dispute.line_ids
                if line.amount_currency
            )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"chase_on"}

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def action_decide(self):
        """Decide by what is set on the dispute (decision, accepted amounts, explanation); without a decision ask for it."""
        self._check_resolver()
        if len(self) == 1 and not self.decision:
            self._check_evidence("decide")
            return self._decide_dialog()
        for dispute in self:
            if not dispute.decision:
                raise UserError(self.env._("%(dispute)s: choose a decision first.", dispute=dispute.name))
            accepted = {line: line.accepted_currency for line in dispute.line_ids}
            dispute._decide(dispute.decision, accepted, dispute.explanation)
        return None

    def _decide(self, decision, accepted=None, explanation=None):
        """Decide one dispute and start what follows from it.

        :param decision: ``valid``, ``partly`` or ``invalid``
        :param accepted: dict of line to the accepted amount in its currency; used for ``partly`` only
        :param explanation: text of the letter; needed for what is refused
        """
        self.ensure_one()
        self._check_resolver()
        self._check_evidence("decide")
        amounts = self._accepted_amounts(decision, accepted or {})
        if decision != "valid" and not (explanation or "").strip():
            raise UserError(
                self.env._("%(dispute)s: say why it is refused, the customer gets a letter.", dispute=self.name)
            )
        decided = self._update_state(
            ("routed", "in_review", "waiting_customer"),
            "decided",
            decision=decision,
            explanation=explanation,
            decided_on=fields.Datetime.now(),
            decided_by_id=self.env.uid,
            waiting_until=False,
            waiting_remind_on=False,
            proposal=False,
            asked_on=False,
        )
        if not decided:
            return
        for line, amount in amounts.items():
            line.sudo()._unguarded().accepted_currency = amount
        self.activity_unlink(["account_collections.mail_activity_type_dispute"])
        self._follow_decision()
        # A resolver sees neither inquiries nor the account that the task stands on.
        decision = dict(self._fields["decision"]._description_selection(self.env))[self.decision]
        self.sudo().inquiry_id._tell_result(f"{self.name}: {decision}")

    def _accepted_amounts(self, decision, accepted):
        """What each line is worth after the decision; refuses a decision that the amounts contradict."""
        lines = self.line_ids
        if decision == "valid":
            return {line: line.amount_currency for line in lines}
        if decision == "invalid":
            return dict.fromkeys(lines, 0.0)
        amounts = {line: accepted.get(line, 0.0) for line in lines}
        if not any(amounts.values()) or all(
            not line.currency_id.compare_amounts(amount, line.amount_currency) for line, amount in amounts.items()
        ):
            raise UserError(
                self.env._(
                    "%(dispute)s: partly valid needs an accepted amount between nothing and all that is disputed.",
                    dispute=self.name,
                )
            )
        return amounts

    def _follow_decision(self):
        company = self.company_id
        until = False
        if self.decision != "valid":
            chase_on = company._collection_add_business_days(
                company._collection_today(), company.collection_dispute_chase_days
            )
            until = chase_on - timedelta(days=1)
            self._unguarded().chase_on = chase_on
            self._send_explanation()
        self._hold_refused(until)
        if self.decision == "invalid":
            self._set_refused()
        else:
            self._update_state(("decided",), "resolving")
            self._propose_resolution()

    def _set_refused(self):
        """Closed after the explanation; its hold ends by itself when the item is chased again."""
        now = fields.Datetime.now()
        days = (now - (self.opened_on or now)).total_seconds() / 86400
        self._update_state(("decided",), "closed", closed_on=now, cycle_days=round(days, 2))
        self._tell_collector(
            self.env._(
                "Decided in our favour: %(amount)s is chased again from %(day)s.",
                amount=self.currency_id.format(self.amount),
                day=fields.Date.to_string(self.chase_on),
            )
        )

    # ------------------------------------------------------------------
    # Crediting
    # ------------------------------------------------------------------

    def _propose_resolution(self):
        """Start to credit what was accepted. A room above that knows other ways than a credit note overrides this.

        The accepted amounts stand on the lines; the dispute is `resolving`. It closes by itself when all of its
        `credit_move_ids` are posted and applied, else through `_set_closed()`.
        """
        self.ensure_one()
        accepted = self.sudo().line_ids.filtered("accepted_currency")
        for move, lines in accepted.grouped("move_id").items():
            if move.is_invoice() and move.state == "posted":
                self._create_credit_note(move, lines)
            else:
                self._add_collector_task(
                    self.env._("%(document)s has no invoice lines: credit it by hand.", document=lines[0].move_name)
                )
        if self.sudo().credit_move_ids:
            self._tell_collector(self.env._("Found valid. A draft credit note waits to be posted."))

    def _create_credit_note(self, move, lines):
        """A draft credit note of the accepted part, made by Odoo's own wizard; whoever keeps the books posts it."""
        today = self.company_id._collection_today()
        # A resolver decides without rights in accounting; the document is a draft that an accountant checks and posts.
        wizard = (
            self.env["account.move.reversal"]
            .sudo()
            .with_company(move.company_id)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": today, "reason": f"{self.name}: {self.reason_id.name}"})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        note.write({"auto_post": "no", "collection_resolves_dispute_id": self.id})
        self._reduce_credit_note(note, move, lines)
        note.message_post(body=self.env._("Credits the accepted part of dispute %(name)s.", name=self.name))
        return note

    def _reduce_credit_note(self, note, move, lines):
        """Leave of the copied lines what was accepted, to the cent."""
        shares, tax_shares = self._accepted_shares(move, lines)
        Line = self.env["collection.dispute.line"]
        commands = []
        for origin, copy in zip(Line._product_lines(move).sorted("id"), Line._product_lines(note).sorted("id")):
            share, tax_share = shares[origin], tax_shares[origin]
            if not share:
                commands.append(Command.delete(copy.id))
            elif share < 1 - 1e-9:
                commands.append(Command.update(copy.id, {"price_unit": origin.price_unit * share}))
            if tax_share:
                commands += self._prepare_tax_only_lines(origin, tax_share)
        if commands:
            note.write({"invoice_line_ids": commands})
        rest = note.currency_id.round(sum(lines.mapped("accepted_currency")) - note.amount_total)
        if rest:
            account = (Line._product_lines(note) or Line._product_lines(move))[:1].account_id
            vals = {"name": self.env._("Rounding"), "quantity": 1, "price_unit": rest, "tax_ids": [Command.clear()]}
            note.write({"invoice_line_ids": [Command.create({**vals, "account_id": account.id})]})

    def _accepted_shares(self, move, lines):
        """How much of each invoice line is credited, with its tax and of its tax alone: two dicts of line to a share of 0 to 1."""
        shares, tax_shares = defaultdict(float), defaultdict(float)
        products = self.env["collection.dispute.line"]._product_lines(move)
        for line in lines:
            if line.part == "tax":
                target, of, total = tax_shares, products.filtered("tax_ids"), abs(move.amount_tax)
            else:
                target, of = shares, line.invoice_line_ids or products
                total = sum(of.mapped("price_total"))
            for product in of:
                target[product] += line.accepted_currency / total if total else 0.0
        return shares, tax_shares

    def _prepare_tax_only_lines(self, origin, share):
        """The line credited with its tax, and charged again without: what remains is the tax."""
        vals = {
            "name": origin.name,
            "product_id": origin.product_id.id,
            "account_id": origin.account_id.id,
            "quantity": origin.quantity,
            "discount": origin.discount,
            "price_unit": origin.price_unit * share,
        }
        net = origin.price_subtotal * share
        again = {"name": self.env._("%(line)s, without tax", line=origin.name), "quantity": 1, "discount": 0}
        return [
            Command.create({**vals, "tax_ids": [Command.set(origin.tax_ids.ids)]}),
            Command.create({**vals, **again, "price_unit": -net, "tax_ids": [Command.clear()]}),
        ]

    def action_propose_again(self):
        """Make the draft credit note once more, after it was deleted or cancelled."""
        self.check_access("write")
        for dispute in self:
            notes = dispute.sudo().credit_move_ids.filtered(lambda move: move.state != "cancel")
            if dispute.state != "resolving" or notes:
                raise UserError(self.env._("%(dispute)s needs no other credit note.", dispute=dispute.name))
            dispute._propose_resolution()

    def action_view_credit_notes(self):
        """The credit notes that settle the dispute."""
        self.ensure_one()
        notes = self.credit_move_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes of %(dispute)s", dispute=self.name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", notes.ids)],
        }
        return {**action, "view_mode": "form", "res_id": notes.id} if len(notes) == 1 else action
