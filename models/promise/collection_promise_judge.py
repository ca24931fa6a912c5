from collections import defaultdict
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..account.collection_account_touch import _read_committed

_LIVE = ("open", "pending_application")
_JUDGED = ("kept", "partially_kept", "broken")
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
        since = min(company._collection_today() for company in accounts.company_id) - timedelta(_REVISIT_DAYS)
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

    # ------------------------------------------------------------------
    # Writing it down
    # ------------------------------------------------------------------

    def _write_verdicts(self, facts):
        """Write what changed, one statement for all promises, instalments and items each.

        :return: promises of which somebody must now be asked whether money was meant for them
        """
        installments, promises, asked = [], [], []
        digits = {company.id: company.currency_id.decimal_places for company in self.company_id}
        for promise_id, promise in facts["promises"].items():
            row = facts["rows"][promise_id]
            ratio = float(row["amount"]) / float(row["amount_currency"]) if row["amount_currency"] else 1.0
            own = partial(_own_amount, ratio, digits[row["company_id"]])
            installments += [_installment_row(each, own) for each in promise.instalments]
            promises.append(_promise_row(promise, row, own, facts["today"][promise_id]))
        waiting = self.filtered("is_asked").ids
        for promise_id, promise in facts["promises"].items():
            if promise_id not in waiting and any(each.answer == "asked" for each in promise.instalments):
                asked.append(promise_id)
        self._update_rows("collection.promise.installment", _INSTALLMENT_COLUMNS, installments)
        self._update_rows("collection.promise", _PROMISE_COLUMNS, promises)
        self._update_rows(
            "collection.promise.line",
            _LINE_COLUMNS,
            [
                (part["id"], part["got"], part["item_id"] or part["move_line_id"])
                for parts in facts["parts"].values()
                for part in parts
            ],
        )
        return self.browse(asked)

    @api.model
    def _update_rows(self, model, columns, rows):
        """Write rows by one statement where something differs.

        :param columns: dict of column to its SQL type, the id first
        """
        if not rows:
            return
        names = [SQL.identifier(name) for name in columns]
        arrays = SQL(", ").join(
            SQL("%s::" + kind + "[]", list(values))  # pylint: disable=sql-injection
            for kind, values in zip(columns.values(), zip(*rows))
        )
        own = names[1:]
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s t SET %(sets)s, write_date = now() AT TIME ZONE 'UTC'
                     FROM unnest(%(arrays)s) v (%(names)s)
                    WHERE t.id = v.id AND (%(old)s) IS DISTINCT FROM (%(new)s)""",
                table=SQL.identifier(self.env[model]._table),
                sets=SQL(", ").join(SQL("%s = v.%s", name, name) for name in own),
                arrays=arrays,
                names=SQL(", ").join(names),
                old=SQL(", ").join(SQL("t.%s", name) for name in own),
                new=SQL(", ").join(SQL("v.%s", name) for name in own),
            )
        )
        self.env[model].invalidate_model(flush=False)


_INSTALLMENT_COLUMNS = {
    "id": "int",
    "state": "varchar",
    "amount_due_currency": "numeric",
    "amount_received_currency": "numeric",
    "amount_received": "numeric",
    "amount_late_currency": "numeric",
    "days_late": "int",
    "kept_percent": "numeric",
    "answer": "varchar",
}
_PROMISE_COLUMNS = {
    "id": "int",
    "state": "varchar",
    "amount_received_currency": "numeric",
    "amount_open_currency": "numeric",
    "amount_open": "numeric",
    "next_date": "date",
    "broken_on": "date",
    "days_late": "int",
    "due_count": "int",
    "kept_count": "int",
    "amount_due": "numeric",
    "amount_kept": "numeric",
    "is_asked": "bool",
    "judged_on": "date",
}
_LINE_COLUMNS = {"id": "int", "amount_received_currency": "numeric", "move_line_id": "int"}


def _take(rows, amount, use):
    """How much of an amount rows with `left` hold; taken from them with `use`."""
    found = 0.0
    for row in rows:
        taken = min(amount - found, max(0.0, row["left"]))
        found += taken
        if use:
            row["left"] -= taken
    return found


def _own_amount(ratio, digits, amount):
    """An amount in company currency."""
    return round(amount * ratio, digits)


def _installment_row(instalment, own):
    is_judged = instalment.verdict in _JUDGED
    return (
        instalment.id,
        instalment.verdict,
        round(instalment.due, 6),
        round(instalment.on_time, 6),
        own(instalment.on_time),
        round(instalment.late, 6),
        instalment.days_late,
        (100.0 if instalment.verdict == "kept" else 0.0) if is_judged else None,
        instalment.answer,
    )


def _promise_row(promise, row, own, today):
    judged = [each for each in promise.instalments if each.verdict in _JUDGED]
    live = [each for each in promise.instalments if each.verdict in _LIVE]
    is_broken = promise.state == "broken"
    return (
        promise.id,
        promise.state,
        round(sum(each.on_time for each in promise.instalments), 6),
        promise.missing,
        own(promise.missing),
        min((each.date for each in live), default=None),
        (row["broken_on"] if row["state"] == "broken" else today) if is_broken else None,
        max((each.days_late for each in judged), default=0),
        len(judged),
        len([each for each in judged if each.verdict == "kept"]),
        own(sum(each.due for each in judged)),
        own(sum(min(each.on_time, each.due) for each in judged)),
        any(each.answer == "asked" and each.verdict in _LIVE for each in promise.instalments),
        today,
    )
