from odoo import api, models
from odoo.tools import SQL

from ..promise.collection_promise import LIVE as LIVE_PROMISES


class CollectionLetter(models.Model):
    """What must be true for a letter to be written, looked at in the preview and once more when it goes out."""

    _inherit = "collection.letter"

    @api.model
    def _subjects(self, kind, accounts, **chosen):
        """What letters of a kind are about, for many accounts at once.

        :param chosen: a record that the user chose: promise_id, dispute_id, credit_hold_id
        :return: dict of account to a dict of values of the letter, or to words that say why it cannot be written
        """
        found = getattr(self, f"_subjects_of_{kind}", self._subjects_of_any)(accounts, **chosen)
        return {account: self._account_obstacle(account) or found[account] for account in accounts}

    @api.model
    def _account_obstacle(self, account):
        """Why nothing is written about an account at all; None where letters may be. Rooms above add their reasons."""
        if not account.partner_id:
            return self.env._("No customer")
        return None

    @api.model
    def _subjects_of_any(self, accounts, **_chosen):
        return {account: {} for account in accounts}

    @api.model
    def _subjects_of_paid(self, accounts, **_chosen):
        """Paid in full: nothing is open, neither debits nor credits, and no payment is still a draft."""
        still_open = {account.id for account, rows in self._open_rows(accounts).items() if rows}
        why = self.env._("Something is still open, or matched with a draft")
        return {account: why if account.id in still_open else {} for account in accounts}

    @api.model
    def _subjects_of_plan(self, accounts, promise_id=None, **_chosen):
        """The latest promise that stands and names its instalments."""
        # Whoever follows the account may know its promises.
        live = self.env["collection.promise"].sudo()
        live = live.search([("account_id", "in", accounts.ids), ("state", "in", LIVE_PROMISES)], order="id desc")
        if promise_id:
            live = live.filtered(lambda promise: promise == promise_id)
        return self._pick(accounts, live, "promise_id", self.env._("No promise stands"))

    @api.model
    def _subjects_of_hold(self, accounts, **_chosen):
        holds = self.env["collection.credit.hold"].sudo()  # as above
        active = holds.search([("account_id", "in", accounts.ids), ("state", "=", "active")])
        return self._pick(accounts, active, "credit_hold_id", self.env._("Not on credit hold"))

    @api.model
    def _subjects_of_release(self, accounts, **_chosen):
        holds = self.env["collection.credit.hold"].sudo()  # as above
        past = holds.search(
            [("account_id", "in", accounts.ids), ("state", "in", ("active", "lifted"))], order="id desc"
        )
        on_hold = past.filtered(lambda hold: hold.state == "active").account_id
        result = self._pick(accounts, past, "credit_hold_id", self.env._("Was never on credit hold"))
        return {
            account: self.env._("Still on credit hold") if account in on_hold else subject
            for account, subject in result.items()
        }

    @api.model
    def _subjects_of_dispute(self, accounts, dispute_id=None, **_chosen):
        """The latest dispute that was decided against the customer, with its explanation."""
        disputes = self.env["collection.dispute"].sudo()  # as above
        decided = disputes.search(
            [
                ("account_id", "in", accounts.ids),
                ("decision", "=", "invalid"),
                ("state", "in", ("decided", "resolving", "closed")),
                ("explanation", "!=", False),
            ],
            order="id desc",
        )
        if dispute_id:
            decided = decided.filtered(lambda dispute: dispute == dispute_id)
        return self._pick(accounts, decided, "dispute_id", self.env._("No dispute was decided as invalid"))

    @api.model
    def _pick(self, accounts, records, name, otherwise):
        """Of each account the first of the records, as a value of the letter."""
        first = {}
        for record in records:
            first.setdefault(record.account_id.id, {name: record.id})
        return {account: first.get(account.id, otherwise) for account in accounts}

    def _still_true(self):
        """Look at what the letters say once more; those that are no longer true are not sent, with the reason.

        :return: the letters that may go out
        """
        standing = self.browse()
        for (kind, company), letters in self.grouped(lambda letter: (letter.kind, letter.company_id)).items():
            subjects = self.with_company(company)._subjects_now(kind, letters)
            for letter in letters:
                subject = subjects[letter]
                if isinstance(subject, str):
                    letter._set_suppressed(subject)
                else:
                    standing |= letter
        return standing

    @api.model
    def _subjects_now(self, kind, letters):
        """As `_subjects`, of letters that are written: each about its own record."""
        result = {letter: {} for letter in letters}
        of_account = letters.filtered("account_id")
        plain = self._subjects(kind, of_account.account_id) if of_account else {}
        for letter in of_account:
            chosen = {name: letter[name] for name in ("promise_id", "dispute_id") if letter[name]}
            subject = self._subjects(kind, letter.account_id, **chosen)[letter.account_id] if chosen else None
            subject = plain[letter.account_id] if subject is None else subject
            if (
                kind == "hold"
                and not isinstance(subject, str)
                and subject["credit_hold_id"] != letter.credit_hold_id.id
            ):
                subject = self.env._("That credit hold has ended")
            result[letter] = subject
        return result

    # ------------------------------------------------------------------
    # The balance
    # ------------------------------------------------------------------

    @api.model
    def _open_rows(self, accounts, as_of=None):
        """What was open at the end of a day: matches count if both their entries are posted and they are dated up to it (SPEC §0).

        :param as_of: date; None: everything that is booked
        :return: dict of account to list of dicts `name, ref, date, due, currency_id, amount_original, amount`, the latter two in the
            item's currency, credits negative
        """
        self.env.flush_all()
        day = SQL("%s::date", as_of) if as_of else SQL("'infinity'::date")
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT a.id AS account_id, m.name, m.ref, COALESCE(m.invoice_date, l.date) AS date,
                       COALESCE(l.date_maturity, l.date) AS due, l.currency_id, l.amount_currency AS amount_original,
                       l.amount_currency - COALESCE(d.amount, 0) + COALESCE(c.amount, 0) AS amount
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = l.company_id
                  LEFT JOIN LATERAL (
                       SELECT SUM(r.debit_amount_currency) AS amount FROM account_partial_reconcile r
                         JOIN account_move_line o ON o.id = r.credit_move_id AND o.parent_state = 'posted'
                        WHERE r.debit_move_id = l.id AND r.max_date <= %(day)s) d ON TRUE
                  LEFT JOIN LATERAL (
                       SELECT SUM(r.credit_amount_currency) AS amount FROM account_partial_reconcile r
                         JOIN account_move_line o ON o.id = r.debit_move_id AND o.parent_state = 'posted'
                        WHERE r.credit_move_id = l.id AND r.max_date <= %(day)s) c ON TRUE
                 WHERE a.id = ANY(%(accounts)s) AND l.parent_state = 'posted' AND l.account_id IN %(receivable)s AND l.date <= %(day)s
                 ORDER BY l.currency_id, due, l.id
                """,
                day=day,
                accounts=list(accounts.ids),
                receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
            )
        )
        currencies = self.env["res.currency"].browse({row["currency_id"] for row in rows}).grouped("id")
        found = {account.id: [] for account in accounts}
        for row in rows:
            row["amount"] = float(row["amount"])
            if not currencies[row["currency_id"]].is_zero(row["amount"]):
                found[row["account_id"]].append(row)
        return {account: found[account.id] for account in accounts}
