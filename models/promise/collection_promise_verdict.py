from functools import partial

from odoo import api, models
from odoo.tools import SQL

_LIVE = ("open", "pending_application")
_JUDGED = ("kept", "partially_kept", "broken")


class CollectionPromise(models.Model):
    """Verdicts written down by sets: one statement for all promises, instalments and items each."""

    _inherit = "collection.promise"

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
