from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .collection_help import LIVE

TASK = "mail.mail_activity_data_todo"


class CollectionHelp(models.Model):
    """The steps of a help request: asked, answered or returned without an answer, closed with a result."""

    _inherit = "collection.help"

    # ------------------------------------------------------------------
    # State gate
    # ------------------------------------------------------------------

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            self.env["collection.account"]._touch(accounts=changed.sudo().account_ids.ids)
            # The task may be a colleague's, and belongs to the state that is over.
            changed.sudo().activity_ids.unlink()
        return changed

    def _set_sent(self):
        """Ask the partners: one e-mail each, kept as a contact of all accounts."""
        for request in self:
            request._check_sendable()
        for company, requests in self.grouped("company_id").items():
            requests._update_state({"draft"}, "sent", sent_on=company._collection_today())
        self.line_ids._take_stock()
        self._ask("account_collections.mail_template_help_request", with_documents=True)
        for request in self:
            request._work_accounts()

    def _set_answered(self, text, moment=None):
        """The partner answered, by whatever way (e-mail, phone, portal): the collector goes on.

        :param text: what it said
        :param moment: when (naive UTC; default now)
        :return: the requests that changed
        """
        changed = self.browse()
        for company, requests in self.grouped("company_id").items():
            changed |= requests._update_state(
                {"sent", "expired"},
                "answered",
                answer=text,
                answered_on=moment or fields.Datetime.now(),
                turn_date=company._collection_today(),
            )
        return changed

    def _set_expired(self):
        """No answer in time: the requests return to whoever asked, and their accounts to the worklist."""
        changed = self.browse()
        for company, requests in self.grouped("company_id").items():
            changed |= requests._update_state({"sent"}, "expired", turn_date=company._collection_today())
        changed._add_tasks(self.env._("No answer from the sales partner: go on without it, or ask again"))
        for company, requests in changed.grouped("company_id").items():
            # Where nothing else is planned, this is what comes next.
            idle = requests.account_ids.filtered(lambda account: not account.next_action_date)
            idle.write(
                {
                    "next_action": self.env._("Sales partner did not answer"),
                    "next_action_date": company._collection_today(),
                }
            )
        return changed

    def _set_closed(self, result):
        return self._update_state(
            LIVE, "closed", result=result, closed_on=fields.Datetime.now(), closed_by_id=self.env.uid, turn_date=False
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_send(self):
        """Ask the partners now.

        :raise UserError: a partner cannot be written to, or nothing is open of what it is asked about
        """
        self.check_access("write")
        self.filtered(lambda request: request.state == "draft")._set_sent()

    def action_answered(self):
        """The partner answered by other means than e-mail: what it said stands in the answer."""
        self.check_access("write")
        for request in self:
            if not (request.answer or "").strip():
                raise ValidationError(self.env._("%(request)s: enter what the partner said.", request=request.name))
            request._set_answered(request.answer)

    def action_ask_again(self):
        """The answer was none, or not enough: ask once more, with a new date."""
        self.check_access("write")
        for request in self:
            request._check_sendable()
            due = request._default_date_due()
            today = request.company_id._collection_today()
            vals = {"sent_on": today, "date_due": due, "reminded_on": False, "turn_date": False}
            if request._update_state({"answered", "expired"}, "sent", **vals):
                request._ask("account_collections.mail_template_help_reminder")
                request._work_accounts()

    def action_close(self):
        """Close requests whose result is entered."""
        self.check_access("write")
        for request in self:
            if not request.result:
                raise ValidationError(
                    self.env._("%(request)s: choose what came of the partner's help.", request=request.name)
                )
            request._set_closed(request.result)

    def action_cancel(self):
        """Take requests back; what was said stays."""
        self.check_access("write")
        self._update_state({"draft", *LIVE}, "cancelled", turn_date=False)

    def action_fill(self):
        """Add all overdue items of the partner's customers that are not on another open request."""
        self.ensure_one()
        self.check_access("write")
        known = self.line_ids.move_line_id
        items = self._overdue_items(self.sales_partner_id, self.company_id) - known
        accounts = self.env["collection.account"].search(
            [
                ("partner_id", "in", items.partner_id.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
            ]
        )
        mine = accounts._filtered_access("write").partner_id
        items = items.filtered(lambda item: item.partner_id.commercial_partner_id in mine)
        if not items:
            raise UserError(
                self.env._(
                    "%(partner)s has no more overdue invoices that nobody has asked about.",
                    partner=self.sales_partner_id.display_name,
                )
            )
        self.line_ids = [Command.create({"move_line_id": item.id}) for item in items]

    def action_log_call(self):
        """Log a call with the partner, once for all accounts of the request."""
        self.ensure_one()
        self.check_access("write")
        action = self.sales_partner_id.action_collection_contact()
        known = {
            "default_help_id": self.id,
            "default_contact_id": self.contact_id.id,
            "default_account_ids": self.account_ids.ids,
            "default_move_ids": self.line_ids.move_id.ids,
        }
        return {**action, "context": {**action["context"], **known}}

    def action_view_accounts(self):
        self.ensure_one()
        if len(self.account_ids) == 1:
            return self.account_ids.action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accounts of %(request)s", request=self.name),
            "res_model": "collection.account",
            "view_mode": "list,form",
            "domain": [("id", "in", self.account_ids.ids)],
        }

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    @api.model
    def _overdue_items(self, partner, company, accounts=None):
        """Overdue items of orders that sales partners sold, except those on open requests.

        :param partner: of this sales partner; none: of all
        :param accounts: of the customers of these accounts; None: of all
        """
        Line = self.env["account.move.line"]
        domain = (
            Line._collection_open_domain(company)
            & Domain("amount_residual", ">", 0)
            & Domain("date_maturity", "<", company._collection_today())
            & Domain("move_id.collection_sales_partner_id", *(("=", partner.id) if partner else ("!=", False)))
        )
        if accounts is not None:
            domain &= Domain("partner_id.commercial_partner_id", "in", accounts.partner_id.ids)
        items = Line.search(domain, order="date_maturity, id")
        # Whether somebody asks already is no secret of the colleague who does.
        lines = self.env["collection.help.line"].sudo()
        asked = lines.search([("move_line_id", "in", items.ids), ("help_id.state", "in", ("draft", *LIVE))])
        return items - asked.move_line_id.with_env(self.env)

    def _work_accounts(self):
        """The accounts are done for today; they come back when the answer is due, or earlier if that was planned."""
        self.ensure_one()
        text = self.env._("Answer of %(partner)s (%(request)s)", partner=self.sales_partner_id.name, request=self.name)
        today = self.company_id._collection_today()
        asked = self.contact_ids.sorted("id")[-1:]
        for account in self.account_ids._filtered_access("write"):
            planned = account.next_action_date
            keeps = planned and today < planned <= self.date_due
            account._work(
                "done",
                note=text,
                next_action=account.next_action if keeps else text,
                next_action_date=planned if keeps else self.date_due,
                next_action_time=account.next_action_time if keeps else 0.0,
                activity_id=asked.id,
            )

    def _responsible(self):
        """Who goes on with it: whoever asked, else who works the first account."""
        self.ensure_one()
        return self.user_id if self.user_id.active else self.account_ids[:1]._task_user()

    def _add_task(self, summary, note):
        return self._add_tasks(summary, note)

    def _add_tasks(self, summary, note=None):
        """Give whoever asked something to do today."""
        by_user = self.grouped(lambda request: (request._responsible(), request.company_id))
        for (user, company), requests in by_user.items():
            # Tasks are the system's; the worklist tells of them, not one e-mail each.
            requests.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                TASK, company._collection_today(), summary=summary, note=note, user_id=user.id
            )
