from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..account.collection_account_touch import _read_committed

_LIVE = ("open", "pending_application")
BATCH = 2_000
# For how long after its last deadline a promise is looked at again when something happens to the account.
_REVISIT_DAYS = 180


class CollectionPromise(models.Model):
    """Judging promises by sets (SPEC §4): after the commit of whatever touched the account, and every night."""

    _inherit = "collection.promise"

    judged_on = fields.Date(readonly=True, help="Business date of the last verdict.")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"judged_on"}

    # ------------------------------------------------------------------
    # Ways in
    # ------------------------------------------------------------------

    def _evaluate(self):
        """Judge these promises by the ledger as it is now, with what follows: holds, tasks, level, figures of the account.

        The same facts give the same verdict: a second call, or another worker's, changes nothing.

        :return: the promises whose state changed
        """
        changed = self._judge()
        self.sudo().account_id._refresh()  # figures are the system's own
        return changed

    @api.model
    def _cron_evaluate(self):
        """Judge every live promise once a business day, in batches."""
        Cron = self.env["ir.cron"]
        left = Cron._commit_progress(0, remaining=self.search_count(self._to_judge_domain()))
        while left:
            _read_committed(self.env.cr)
            promises = self.search(self._to_judge_domain(), order="account_id, id", limit=BATCH)
            if not promises:
                break
            # All of an account at once: they share its unapplied cash.
            promises |= self.search([("account_id", "in", promises.account_id.ids), ("state", "in", _LIVE)])
            promises._evaluate()
            left = Cron._commit_progress(len(promises), remaining=self.search_count(self._to_judge_domain()))

    @api.model
    def _judge_due(self, company):
        """Judge the promises of a company whose deadline has passed and that were not judged today."""
        today = company._collection_today()
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "in", _LIVE)
            & (Domain("judged_on", "=", False) | Domain("judged_on", "<", today))
            & Domain("installment_ids", "any", [("state", "in", _LIVE), ("deadline", "<", today)])
        )
        while promises := self.search(domain, order="account_id, id", limit=BATCH):
            promises._judge()
            self.env.flush_all()

    @api.model
    def _to_judge_domain(self):
        """Live promises that have not been judged today, by each company's own date."""
        return Domain("state", "in", _LIVE) & Domain.OR(
            Domain("company_id", "=", company.id)
            & (Domain("judged_on", "=", False) | Domain("judged_on", "<", company._collection_today()))
            for company in self.env["res.company"].search([])
        )

    @api.model
    def _concerned_by(self, accounts):
        """The promises that something which happened to these accounts may change."""
        if not accounts:
            return self.browse()
        # No company's date is further back than this; one day more does no harm, and the accounts need not be read.
        since = fields.Datetime.now().date() - timedelta(_REVISIT_DAYS + 1)
        return self.search(
            Domain("account_id", "in", accounts.ids)
            & Domain("state", "not in", ("draft", "withdrawn"))
            & Domain("next_id", "=", False)
            & (Domain("state", "in", _LIVE) | Domain("last_deadline", ">=", since))
        )

    # ------------------------------------------------------------------
    # The judgement
    # ------------------------------------------------------------------

    def _judge(self):
        """Verdicts, holds and what follows from them, without the account's figures.

        :return: the promises whose state changed
        """
        promises = self.sudo()._to_be_judged()
        if not promises:
            return self.browse()
        self.env.flush_all()
        facts = promises._read_facts()
        promises._reach_verdicts(facts)
        before = {promise_id: row["state"] for promise_id, row in facts["rows"].items()}
        asked = promises._write_verdicts(facts)
        promises._sync_holds(promises._wanted_holds(facts, facts["promises"]))
        changed = promises.browse(
            promise_id for promise_id, promise in facts["promises"].items() if promise.state != before[promise_id]
        )
        changed._after_verdict(before)
        asked._ask_elsewhere()
        return changed.with_env(self.env)

    def _to_be_judged(self):
        """Those of these promises that the ledger decides on, with the live ones of the same accounts: they share unapplied cash."""
        own = self.exists().filtered(lambda each: each.state not in ("draft", "withdrawn") and not each.next_id)
        if not own:
            return own
        others = self.search([("account_id", "in", own.account_id.ids), ("state", "in", _LIVE)])
        return (own | others).sorted(lambda each: (each.last_deadline, each.id))

    def _reach_verdicts(self, facts):
        """Judge in the order of the deadlines; money that covers one promise is not there for the next."""
        short = {
            promise_id: promise
            for promise_id, promise in facts["promises"].items()
            if any(promise.is_short(each, facts["today"][promise_id]) for each in promise.instalments)
        }
        bank_days = self._read_bank_days(short)
        elsewhere = self._read_elsewhere(short, facts)

        def cover(promise, instalment, use):
            rows = facts["credits"].get(facts["pool"][promise.id], ())
            rows = [row for row in rows if row["date"] <= instalment.deadline]
            return _take(rows, instalment.missing, use)

        def other(promise, instalment, use):
            rows = elsewhere.get(facts["pool"][promise.id], ())
            rows = [row for row in rows if promise.date <= row["date"] <= instalment.deadline]
            return _take(rows, instalment.missing, use)

        for each in self:
            facts["promises"][each.id].judge(facts["today"][each.id], bank_days.get(each.company_id.id), cover, other)

    def _read_bank_days(self, short):
        """The last day of which bank data are known, by company: of a statement line or a payment, in whatever state."""
        result = {}
        for company, promises in self.browse(short).grouped("company_id").items():
            first = min(each.deadline for promise in promises for each in short[promise.id].instalments)
            [[day]] = self.env.execute_query(
                SQL(
                    """SELECT GREATEST(
                           (SELECT MAX(date) FROM account_move
                             WHERE company_id = %(company)s AND statement_line_id IS NOT NULL AND state = 'posted'
                               AND date BETWEEN %(first)s AND %(today)s),
                           (SELECT MAX(date) FROM account_payment
                             WHERE company_id = %(company)s AND date BETWEEN %(first)s AND %(today)s))""",
                    company=company.id,
                    first=first,
                    today=company._collection_today(),
                )
            )
            result[company.id] = day
        return result

    def _read_elsewhere(self, short, facts):
        """Cash of the time that closed other items of these customers: dict of (account, currency) to rows with `date, left`."""
        if not short:
            return {}
        promises = self.browse(short)
        first = min(promise.date for promise in short.values())
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL(
                """credit.date >= %(first)s AND credit.date <= %(last)s
                   AND debit.partner_id IN (SELECT p.id FROM res_partner p
                                              JOIN collection_account a ON a.partner_id = p.commercial_partner_id
                                             WHERE a.id IN %(accounts)s)
                   AND NOT EXISTS (SELECT 1 FROM collection_promise_line l JOIN collection_promise o ON o.id = l.promise_id
                                    WHERE l.move_line_id = debit.id AND o.state NOT IN ('draft', 'withdrawn'))""",
                first=first,
                last=max(each.deadline for promise in short.values() for each in promise.instalments),
                accounts=tuple(promises.account_id.ids),
            )
        )
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT a.id AS account_id, l.currency_id, c.date, SUM(c.amount_currency)::float AS left
                     FROM (%s) c
                     JOIN account_move_line l ON l.id = c.debit_line_id
                     JOIN res_partner p ON p.id = c.partner_id
                     JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = c.company_id
                    WHERE a.id IN %s
                    GROUP BY a.id, l.currency_id, c.date ORDER BY c.date""",
                cash,
                tuple(promises.account_id.ids),
            )
        )
        result = defaultdict(list)
        for row in rows:
            result[row["account_id"], row["currency_id"]].append(row)
        return result


def _take(rows, amount, use):
    """How much of an amount rows with `left` hold; taken from them with `use`."""
    found = 0.0
    for row in rows:
        taken = min(amount - found, max(0.0, row["left"]))
        found += taken
        if use:
            row["left"] -= taken
    return found
