from odoo import api, fields, models


class CollectionEscalationOpen(models.TransientModel):
    _name = "collection.escalation.open"
    _description = "Escalate Accounts"
    _check_company_auto = True

    account_ids = fields.Many2many("collection.account", string="Accounts", required=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    candidate_ids = fields.Many2many("res.users", compute="_compute_candidate_ids")
    user_id = fields.Many2one(
        "res.users",
        string="To",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        help="An assistant manager or a manager of the company.",
    )
    acting_text = fields.Char(compute="_compute_acting_text")
    reason = fields.Text(string="What It Is About")
    due_date = fields.Date(string="Due", compute="_compute_due_date", store=True, readonly=False)

    @api.depends("account_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.account_ids.company_id[:1]

    @api.depends("company_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            people = self.env["collection.approval"]._people_by_role(wizard.company_id)
            users = self.env["res.users"].union(*people.values()) | wizard.company_id.collection_escalation_top_id
            wizard.candidate_ids = users - self.env.user

    @api.depends("company_id")
    def _compute_user_id(self):
        """The first above who is there."""
        for wizard in self:
            Escalation = self.env["collection.escalation"]
            rungs = {None: "assistant", "assistant": "manager"}
            rung = rungs.get(self.env.user._collection_approver_role(), "top")
            found = Escalation._find_addressee(wizard.company_id, rung, self.env.user)
            wizard.user_id = found.user if found else False

    @api.depends("user_id")
    def _compute_acting_text(self):
        """Who decides in the place of somebody absent."""
        for wizard in self:
            user = wizard.user_id
            acting = (
                self.env["collection.escalation"]._acting_for(wizard.company_id, user)[user.sudo()] if user else user
            )
            if user and not acting:
                wizard.acting_text = self.env._(
                    "%(user)s is absent and has no substitute: choose somebody else.", user=user.name
                )
            elif acting != user:
                wizard.acting_text = self.env._(
                    "%(user)s is absent: %(substitute)s decides.", user=user.name, substitute=acting.name
                )
            else:
                wizard.acting_text = False

    @api.depends("company_id")
    def _compute_due_date(self):
        for wizard in self:
            company = wizard.company_id
            wizard.due_date = company and company._collection_add_business_days(
                company._collection_today(), company.collection_escalation_days
            )

    def action_open(self):
        """Escalate with what was entered."""
        self.ensure_one()
        self.account_ids._request_escalation(self.user_id, self.reason, self.due_date)
        return {"type": "ir.actions.act_window_close"}


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def _escalate_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Escalate"),
            "res_model": "collection.escalation.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_ids": self.ids},
        }
