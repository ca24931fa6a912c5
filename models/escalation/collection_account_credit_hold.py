from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionAccount(models.Model):
    """Credit hold: nothing more is sold to the customer on credit. What is chased does not depend on it."""

    _inherit = "collection.account"

    credit_hold_ids = fields.One2many("collection.credit.hold", "account_id", string="Credit Holds")
    is_credit_hold = fields.Boolean(string="On Credit Hold", readonly=True)
    credit_hold_id = fields.Many2one("collection.credit.hold", compute="_compute_credit_hold_id", compute_sudo=True)
    credit_hold_proposed_id = fields.Many2one(
        "collection.credit.hold", compute="_compute_credit_hold_id", compute_sudo=True
    )
    credit_hold_text = fields.Char(compute="_compute_credit_hold_id", compute_sudo=True)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"is_credit_hold"}

    @api.depends("credit_hold_ids.state", "credit_hold_ids.reason", "credit_hold_ids.release_proposed_date")
    def _compute_credit_hold_id(self):
        """The hold in force, one that is proposed, and what a banner says of the former."""
        live = self.env["collection.credit.hold"].search(
            [("account_id", "in", self.ids), ("state", "in", ("proposed", "active"))]
        )
        by_account = {hold.account_id: hold for hold in live}
        for account in self:
            hold = by_account.get(account._origin, live.browse())
            account.credit_hold_id = hold if hold.state == "active" else False
            account.credit_hold_proposed_id = hold if hold.state == "proposed" else False
            account.credit_hold_text = hold._banner() if hold.state == "active" else False

    @api.model
    def _credit_holds_of(self, partners, company):
        """The credit holds in force of customers in a company.

        :param partners: any contacts of theirs
        """
        # Whoever sells or invoices must know, whatever their rights in Collections.
        return (
            self.env["collection.credit.hold"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", partners.commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                ]
            )
        )

    # ------------------------------------------------------------------
    # Setting and proposing
    # ------------------------------------------------------------------

    def _set_credit_hold(self, reason, source="manual", escalation=None, notice=None):
        """Put these accounts on credit hold; a proposal takes effect.

        :raise UserError: there is no reason, no customer, or they are on hold already
        """
        if not (isinstance(reason, str) and reason.strip()):
            raise UserError(self.env._("A credit hold needs a reason."))
        holds = self.env["collection.credit.hold"]
        for account in self.sudo():  # holds are the system's own; callers check who may set them
            if not account.partner_id:
                raise UserError(self.env._("There is no customer behind this account who could be put on credit hold."))
            if account.credit_hold_id:
                raise UserError(
                    self.env._(
                        "%(customer)s is on credit hold already: %(text)s",
                        customer=account.display_name,
                        text=account.credit_hold_text,
                    )
                )
            extra = {"escalation_id": escalation.id if escalation else False}
            if account.credit_hold_proposed_id:
                proposed = account.credit_hold_proposed_id
                proposed._set_active(reason.strip(), **extra)
                proposed._finish_step()
                holds += proposed
                continue
            hold = account._create_credit_holds("active", reason.strip(), source, notice=notice, **extra)
            hold._tell_about_setting()
            holds += hold
        return holds

    def _propose_credit_hold(self, reason, source="step", notice=None):
        """Propose a credit hold for those of these accounts that have none and for which none is proposed."""
        free = self.filtered(
            lambda account: account.partner_id and not account.credit_hold_id and not account.credit_hold_proposed_id
        )
        return free._create_credit_holds("proposed", reason, source, notice=notice)

    def _create_credit_holds(self, state, reason, source, notice=None, **extra):
        """The rows of holds; holds are the system's own, whoever may set them.

        :param reason: in words, or a dict of account to it
        :param notice: the step that asked for it, or a dict of account to it
        """
        names = self._next_references("collection.credit.hold", len(self))
        quiet = {"mail_create_nolog": True, "tracking_disable": True, "mail_create_nosubscribe": True}
        vals_list = []
        for account, name in zip(self, names):
            today = account.company_id._collection_today()
            step = notice.get(account) if isinstance(notice, dict) else notice
            vals_list.append(
                {
                    "name": name,
                    "account_id": account.id,
                    "state": state,
                    "source": source,
                    "reason": reason[account] if isinstance(reason, dict) else reason,
                    "amount_overdue": account.amount_overdue,
                    "notice_id": step.id if step else False,
                    **(
                        {"proposed_date": today}
                        if state == "proposed"
                        else {"date_from": today, "set_by_id": self.env.uid}
                    ),
                    **extra,
                }
            )
        holds = self.env["collection.credit.hold"].sudo().with_context(**quiet)._unguarded().create(vals_list)
        holds = holds.with_env(self.env(su=True))
        holds._after_change()
        return holds

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_credit_hold(self):
        """Ask why these customers are put on credit hold."""
        self.check_access("write")
        self.env["collection.credit.hold"]._check_may_set()
        return self.env["collection.credit.hold"]._change_dialog("set", default_account_ids=self.ids)

    def action_lift_credit_hold(self):
        """Ask why the hold ends."""
        return self.credit_hold_id.sudo(False).action_lift()

    def action_view_credit_holds(self):
        """All credit holds of the account."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_credit_hold_action")
        return {**action, "domain": [("account_id", "=", self.id)], "context": {}}
