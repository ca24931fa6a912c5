from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionBounce(models.Model):
    """Cash that went back, noted when it happens: a match that is removed leaves no trace in the ledger (SPEC §0)."""

    _name = "collection.bounce"
    _description = "Bounced Payment"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _rec_name = "document"
    _check_company_auto = True

    document = fields.Char(string="Payment", required=True)
    account_id = fields.Many2one("collection.account", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    collector_id = fields.Many2one(related="account_id.collector_id")
    move_id = fields.Many2one("account.move", string="Entry", index="btree_not_null", ondelete="set null")
    payment_id = fields.Many2one("account.payment", string="Registered As", index="btree_not_null", ondelete="set null")
    kind = fields.Selection(
        [
            ("unmatched", "Taken off its invoices"),
            ("draft", "Reset to draft"),
            ("cancelled", "Cancelled"),
            ("rejected", "Rejected"),
            ("reversed", "Reversed"),
        ],
        string="What Happened",
        required=True,
    )
    amount = fields.Monetary(string="Was Applied", help="What the payment had settled, in company currency.")
    amount_reapplied = fields.Monetary(
        string="Applied Again", help="Matched again since, with these or other invoices: this part did not bounce."
    )
    amount_bounced = fields.Monetary(string="Bounced", compute="_compute_amount_bounced", store=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    business_date = fields.Date(string="Day", required=True, index=True)
    user_id = fields.Many2one("res.users", string="By", default=lambda self: self.env.user)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("amount", "amount_reapplied")
    def _compute_amount_bounced(self):
        for bounce in self:
            bounce.amount_bounced = max(0.0, bounce.currency_id.round(bounce.amount - bounce.amount_reapplied))

    def _guarded_fields(self):
        return frozenset(self._fields)

    # ------------------------------------------------------------------
    # Noting
    # ------------------------------------------------------------------

    @api.model
    def _applied(self, where, posted=True):
        """What cash has settled of customers' invoices: rows of customer (0: none), company, entry of the cash, amount.

        :param where: `SQL` condition on `part` (the match), `debit` and `credit` (its lines)
        :param posted: whether only posted entries of cash count
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT COALESCE(p.commercial_partner_id, 0), debit.company_id, credit.move_id, SUM(part.amount)
                     FROM account_partial_reconcile part
                     JOIN account_move_line debit ON debit.id = part.debit_move_id AND debit.parent_state = 'posted'
                     JOIN account_move_line credit ON credit.id = part.credit_move_id AND %(credit)s
                     JOIN account_journal paid ON paid.id = credit.journal_id AND paid.type IN ('bank', 'cash', 'credit')
                     JOIN account_journal owed ON owed.id = debit.journal_id AND owed.type NOT IN ('bank', 'cash', 'credit')
                     LEFT JOIN res_partner p ON p.id = debit.partner_id
                    WHERE debit.account_id IN %(accounts)s AND (%(where)s)
                    GROUP BY 1, 2, 3""",
                credit=SQL("credit.parent_state = 'posted'") if posted else SQL("TRUE"),
                accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
                where=where,
            )
        )

    @api.model
    def _note(self, kind, rows, payments=()):
        """Note that cash went back; what happens to one payment on one day is one bounce.

        :param kind: what happened
        :param rows: as `_applied` returns them
        :param payments: payments without an entry, which stood for their invoices' amounts
        """
        for customer_id, company_id, move_id, amount in rows:
            move = self.env["account.move"].browse(move_id)
            payment = move.origin_payment_id
            self._note_one(kind, customer_id, company_id, move, payment, amount)
        for payment in payments:
            currency = payment.company_id.currency_id
            amount = payment.currency_id._convert(payment.amount, currency, payment.company_id, payment.date)
            customer_id = payment.partner_id.commercial_partner_id.id
            self._note_one(kind, customer_id, payment.company_id.id, payment.move_id, payment, amount)

    def _note_one(self, kind, customer_id, company_id, move, payment, amount):
        company = self.env["res.company"].browse(company_id)
        account = self.env["collection.account"]._for_partner(self.env["res.partner"].browse(customer_id), company)
        if not account:
            return
        today = company._collection_today()
        source = Domain("move_id", "=", move.id) if move else Domain("payment_id", "=", payment.id)
        known = self.search(
            Domain("account_id", "=", account.id) & Domain("business_date", "=", today) & source, limit=1
        )
        if not known:
            self._unguarded().create(
                {
                    "document": payment.name or move.name or "/",
                    "account_id": account.id,
                    "move_id": move.id,
                    "payment_id": payment.id,
                    "kind": kind,
                    "amount": amount,
                    "business_date": today,
                }
            )
        elif kind != "unmatched":
            kind = kind if known.kind in ("unmatched", "draft") else known.kind
            known._unguarded().write({"kind": kind, "amount": max(known.amount, amount), "amount_reapplied": 0.0})
        elif known.kind == "unmatched":
            known._unguarded().write({"amount": known.amount + amount})
        self.env["collection.account"]._touch(accounts=account.ids)

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    @api.model
    def _take_back(self, rows):
        """Cash was matched with invoices again: what was taken off for that did not bounce.

        :param rows: as `_applied` returns them
        """
        found = self.search([("move_id", "in", [row[2] for row in rows]), ("amount_bounced", ">", 0)], order="id")
        for _customer_id, _company_id, move_id, amount in rows if found else ():
            for bounce in found.filtered(lambda each, move_id=move_id: each.move_id.id == move_id):
                part = min(amount, bounce.amount_bounced)
                bounce._unguarded().amount_reapplied += part
                amount -= part
        self.env["collection.account"]._touch(accounts=found.account_id.ids)

    @api.model
    def _post_again(self, moves, payments):
        """What was reset to draft or rejected stands again, as far as its matches are still there."""
        known = Domain("kind", "in", ("draft", "rejected")) & Domain("amount_bounced", ">", 0)
        found = self.search(known & (Domain("move_id", "in", moves.ids) | Domain("payment_id", "in", payments.ids)))
        if not found:
            return
        rows = self._applied(SQL("credit.move_id IN %s", tuple(found.move_id.ids) or (0,)), posted=False)
        standing = {}
        for _customer_id, _company_id, move_id, amount in rows:
            standing[move_id] = standing.get(move_id, 0.0) + amount
        for bounce in found:
            again = standing.get(bounce.move_id.id, 0.0) if bounce.move_id else bounce.amount
            bounce._unguarded().amount_reapplied = min(bounce.amount, again)
        self.env["collection.account"]._touch(accounts=found.account_id.ids)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_source(self):
        """Open the payment, else its entry."""
        self.ensure_one()
        return (self.payment_id or self.move_id)._get_records_action(name=self.document)
