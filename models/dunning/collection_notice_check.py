from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class CollectionNotice(models.Model):
    """The last look before a notice goes out: at the ledger, at the calendar, and at who can be written to."""

    _inherit = "collection.notice"

    # ------------------------------------------------------------------
    # What is still asked for
    # ------------------------------------------------------------------

    def _recheck(self, company):
        """Bring the notices up to the ledger as it is now, and suppress those of which nothing is left.

        :return: the notices that still ask for something
        """
        gone = self._lines_to_leave_out(company)
        for reason, lines in gone.items():
            self._leave_out_lines(lines, reason)
        standing = self.browse()
        for notice in self:
            lines = notice.line_ids.filtered("counted")
            amount = sum(lines.mapped("amount"))
            if not lines:
                left_out = notice.line_ids.filtered("suppress_reason").sorted("id")
                notice._set_suppressed(left_out[:1].suppress_reason or "paid")
            elif company.currency_id.compare_amounts(amount, notice.step_id.min_amount) < 0:
                notice._set_suppressed("below_minimum")
            else:
                if company.currency_id.compare_amounts(amount, notice.amount):
                    notice._unguarded().write({"amount": amount})
                standing |= notice
        standing._void_if_changed()
        return standing

    def _lines_to_leave_out(self, company):
        """Compare every item with the ledger; amounts that changed are written.

        :return: dict of reason to the lines that are not to be asked for any more
        """
        now, overtaken, today = self._current_items(company), self._overtaken_lines(), company._collection_today()
        rested = {policy: policy._last_rested_day(company, today) for policy in self.step_id.policy_id}
        gone = defaultdict(self.env["collection.notice.line"].browse)
        for line in self.line_ids.filtered("counted"):
            item = now.get((line.account_id.id, line.move_id.id, line.due_date, line.currency_id.id))
            ended = item and item["ended"]
            if not item:
                gone["paid"] |= line
            elif line in overtaken or (line.step_days <= 0 and line.due_date < today):
                gone["overtaken"] |= line
            elif item["reason"]:
                gone[item["reason"]] |= line
            elif ended and ended >= line.notice_id.date and ended > rested[line.notice_id.policy_id]:
                gone["after_hold"] |= line
            elif line.currency_id.compare_amounts(line.amount_currency, item["asked_cur"]):
                amounts = {
                    "amount_open": item["open_cur"],
                    "amount_currency": item["asked_cur"],
                    "amount": item["asked"],
                }
                line._unguarded().write(amounts)
        return gone

    def _current_items(self, company):
        """What the ledger says now of the items of these notices: dict of item key to a row of `_asked_rows`."""
        self.env.flush_all()
        condition = SQL("a.id IN %s", tuple(self.line_ids.account_id.ids) or (0,))
        rows = self.env["collection.run"]._asked_rows(company, condition)
        return {(row["account_id"], row["move_id"], row["due"], row["currency_id"]): row for row in rows}

    def _overtaken_lines(self):
        """Items that went to a higher step of the same track since: a reminder that failed, tried again after the next one."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id FROM collection_notice_line l
                    WHERE l.notice_id IN %s AND l.counted AND EXISTS (
                        SELECT 1 FROM collection_notice_line k JOIN collection_notice n ON n.id = k.notice_id
                         WHERE (k.account_id, k.move_id, k.due_date, k.currency_id) = (l.account_id, l.move_id, l.due_date, l.currency_id)
                           AND k.counted AND k.track = l.track AND k.step_days > l.step_days AND n.state IN ('queued', 'sent'))""",
                tuple(self.ids) or (0,),
            )
        )
        return self.env["collection.notice.line"].browse(row[0] for row in rows)

    @api.model
    def _leave_out_lines(self, lines, reason):
        """Take items out of their notice, keeping the row with the reason; an older row of the same reason gives way to it."""
        lines = lines.filtered("counted")
        if not lines:
            return
        self.env.flush_all()
        since = dict(
            self.env.execute_query(
                SQL(
                    """DELETE FROM collection_notice_line o USING collection_notice_line l
                        WHERE l.id IN %(ids)s AND NOT o.counted AND o.suppress_reason = %(reason)s
                          AND (o.account_id, o.move_id, o.due_date, o.currency_id, o.step_id)
                            = (l.account_id, l.move_id, l.due_date, l.currency_id, l.step_id)
                    RETURNING l.id, o.date_first""",
                    ids=tuple(lines.ids),
                    reason=reason,
                )
            )
        )
        self.env["collection.notice.line"].invalidate_model(flush=False)
        today = {company: company._collection_today() for company in lines.company_id}
        for line in lines:
            day = today[line.company_id]
            values = {
                "counted": False,
                "suppress_reason": reason,
                "date_first": since.get(line.id, day),
                "date_last": day,
            }
            line._unguarded().write(values)

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def _postpone(self, company):
        """Leave for later what would come too soon after the customer's last reminder e-mail, or on a quiet day.

        :return: the notices that may go out today
        """
        today, ready = company._collection_today(), self.browse()
        noisy = self.filtered(lambda notice: not notice.policy_id._is_quiet(company, today))
        if quiet := self - noisy:
            quiet._unguarded().write({"date_not_before": company._collection_add_business_days(today, 1)})
        reminders = noisy.filtered(lambda notice: notice.channel == "email")
        last = {
            account.id: day
            for account, day in self._read_group(
                [
                    ("account_id", "in", reminders.account_id.ids),
                    ("channel", "=", "email"),
                    ("golive_id", "=", False),
                    ("state", "in", ("queued", "sent")),
                ],
                ["account_id"],
                ["sent_on:max"],
            )
        }
        for notice in reminders:
            account, wait = notice.account_id.id, notice.policy_id.email_interval_days
            if account in last and (today - last[account]).days < wait:
                notice._unguarded().write({"date_not_before": fields.Date.add(last[account], days=wait)})
            else:
                last[account] = today
                ready |= notice
        return ready | (noisy - reminders)

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def _redirect(self, company):
        """Choose the recipient as things stand now; whom no e-mail reaches gets a letter, or somebody who finds an address.

        :return: the notices that go out by e-mail
        """
        self.env.flush_all()
        partners = self.filtered("sales_partner_id")
        found = {}
        if partners:
            query = self._partner_query(SQL("SELECT unnest(%s)", list(partners.sales_partner_id.ids)), company)
            found.update({(None, row["sales_partner_id"]): row for row in self.env.execute_query_dict(query)})
        if customers := self - partners:
            query = self._recipient_query(*customers._written_about())
            found.update({(row["account_id"], None): row for row in self.env.execute_query_dict(query)})
        for notice in self:
            to = found.get((notice.account_id.id or None, notice.sales_partner_id.id or None))
            if not to:
                notice._set_suppressed("no_recipient")
                notice._ask_for_address()
                continue
            values = {"recipient_id": to["recipient_id"], "recipient_email": to["email"] or False, "lang": to["lang"]}
            if notice.channel == "email":
                values["channel"] = to["channel"]
            changed = {
                name: value
                for name, value in values.items()
                if notice._fields[name].convert_to_write(notice[name], notice) != value
            }
            if changed:
                notice._unguarded().write(changed)
        return self.filtered(lambda notice: notice.state == "due" and notice.recipient_email)

    def _written_about(self):
        """`SQL` of the accounts of these notices, and of the documents that they ask for."""
        lines = SQL(
            "SELECT DISTINCT account_id, move_id FROM collection_notice_line WHERE counted AND notice_id IN %s",
            tuple(self.ids),
        )
        return SQL("SELECT unnest(%s)", list(self.account_id.ids)), lines

    def _ask_for_address(self):
        """A task for the collector of each account that nobody can be written to; one at a time."""
        kind = self.env.ref("account_collections.mail_activity_type_address")
        accounts = self.account_id
        asked = (
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("res_model", "=", accounts._name),
                    ("res_id", "in", accounts.ids),
                    ("activity_type_id", "=", kind.id),
                ],
                ["res_id"],
            )
        )
        accounts -= accounts.browse(res_id for (res_id,) in asked)
        for (user, company), group in accounts.grouped(lambda each: (each._task_user(), each.company_id)).items():
            group.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=company._collection_today(),
                summary=self.env._("No address to write to"),
                note=self.env._("A notice is due, but neither an e-mail nor a postal address is known."),
                user_id=user.id,
            )
