from odoo import Command, models
from odoo.exceptions import UserError


class CollectionPromise(models.Model):
    """Moving an open promise: a new version takes its place, the old one stays as it was said (SPEC §4, level)."""

    _inherit = "collection.promise"

    def _move(self, parts, **vals):
        """Give an open promise other dates; what was received for it stays with the old version.

        :param parts: list of (date, amount in the promise's currency)
        :param vals: of the new version, such as `contact_id`, `channel`, `note`
        :return: the new version, confirmed
        :raise UserError: the promise is judged or ended already
        """
        self.ensure_one()
        self.check_access("write")
        old = self.sudo()  # verdicts and holds are the system's
        old._serialize()
        old._judge()
        if old.state not in ("open", "pending_application"):
            old._update_state((), "superseded")
        old._holds()._release(self.env._("Promise %(name)s was moved", name=self.name))
        new = old._unguarded().create([old._prepare_moved_vals(parts, vals, self.env.uid)])
        old._update_state(
            ("open", "pending_application"),
            "superseded",
            next_id=new.id,
            next_date=False,
            amount_open=0.0,
            amount_open_currency=0.0,
            closed_reason=self.env._("Moved: %(name)s", name=new.name),
        )
        live = old.installment_ids.filtered(lambda each: each.state in ("open", "pending_application"))
        live._unguarded().write({"state": "superseded"})
        new._unguarded().write({"previous_id": old.id, "move_number": old.move_number + 1})
        new = new.with_env(self.env)
        new._check_horizon()
        new.sudo()._confirm()
        old._message_log(body=self.env._("Moved: %(name)s takes its place.", name=new.name))
        return new

    def _prepare_moved_vals(self, parts, vals, user_id):
        """The new version: the new dates, over what is left of the promised items."""
        currency = self.currency_id
        left, lines = currency.round(sum(amount for _day, amount in parts)), []
        free = self.line_ids.move_line_id._collection_free_amounts()
        for line in self.line_ids:
            owed = line.amount_currency - line.amount_received_currency
            taken = currency.round(min(left, owed, free.get(line.move_line_id.id, 0.0)))
            if currency.compare_amounts(taken, 0) > 0:
                lines.append(Command.create({"move_line_id": line.move_line_id.id, "amount_currency": taken}))
                left -= taken
        if currency.compare_amounts(left, 0) > 0:
            raise UserError(
                self.env._(
                    "Of %(promise)s %(amount)s less is open than the new dates add up to.",
                    promise=self.name,
                    amount=currency.format(left),
                )
            )
        return {
            "account_id": self.account_id.id,
            "currency_id": currency.id,
            "contact_id": self.contact_id.id,
            "channel": self.channel,
            "source": self.source,
            **vals,
            "user_id": user_id,
            "line_ids": lines,
            "installment_ids": [Command.create({"date": day, "amount_currency": amount}) for day, amount in parts],
        }
