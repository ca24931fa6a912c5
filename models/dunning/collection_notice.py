from odoo import api, fields, models


class CollectionNotice(models.Model):
    _name = "collection.notice"
    _description = "Collection Notice"
    _inherit = ["collection.approval.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", readonly=True, required=True)
    account_id = fields.Many2one(
        "collection.account",
        ondelete="restrict",
        readonly=True,
        help="Empty on a notice to a sales partner, which may list orders of several customers.",
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    sales_partner_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    run_id = fields.Many2one("collection.run", index=True, ondelete="restrict", readonly=True)
    golive_id = fields.Many2one(
        "collection.golive",
        string="Imported With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="A notice of the former system, brought in at go-live: it was not sent from here.",
    )
    run_state = fields.Selection(related="run_id.state", string="State of the Run")
    step_id = fields.Many2one(
        "collection.policy.step", ondelete="restrict", readonly=True, help="The highest step of its items."
    )
    policy_id = fields.Many2one(related="step_id.policy_id")
    tone = fields.Selection(related="step_id.tone")
    channel = fields.Selection(selection="_selection_channel", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, help="Business date on which the notice was prepared.")
    date_not_before = fields.Date(
        string="Not Before", readonly=True, help="Waits, so that the customer is not written to too often."
    )
    deadline = fields.Date(
        string="Pay By", readonly=True, help="The last day that a final demand gives, counted from the day it went out."
    )
    sent_on = fields.Date(readonly=True, help="Business date on which it was sent, printed or done.")
    ready = fields.Boolean(
        readonly=True, help="Its run is confirmed and, where the step asks for it, a person released it."
    )
    needs_release = fields.Boolean(string="To Be Released", readonly=True)
    released_by_id = fields.Many2one("res.users", readonly=True)
    state = fields.Selection(
        [
            ("due", "Due"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Bounced"),
            ("suppressed", "Not Sent"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="due",
        readonly=True,
    )
    suppress_reason = fields.Selection(selection="_selection_suppress_reason", string="Why Not", readonly=True)
    recipient_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    recipient_email = fields.Char(string="Sent To", readonly=True)
    lang = fields.Char(string="Language Code", readonly=True)
    lang_name = fields.Char(string="Language", compute="_compute_lang_name")
    amount = fields.Monetary(readonly=True, help="Asked for in company currency.")
    line_ids = fields.One2many("collection.notice.line", "notice_id", string="Items", readonly=True)
    line_count = fields.Integer(string="Items Count", compute="_compute_line_count")
    mail_mail_id = fields.Many2one("mail.mail", string="E-mail", readonly=True, ondelete="set null", copy=False)
    mail_body = fields.Html(string="As Sent", compute="_compute_mail_body", sanitize=False)
    mail_subject = fields.Char(string="Subject", compute="_compute_mail_body")
    attachment_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null")
    error = fields.Text(readonly=True)
    attempts = fields.Integer(readonly=True)
    retry_after = fields.Datetime(string="Next Try", readonly=True)

    _account_state_idx = models.Index("(account_id, state)")
    _company_date_idx = models.Index("(company_id, date, id)")
    _due_idx = models.Index("(id) WHERE state = 'due'")
    _refused_idx = models.Index("(company_id) WHERE suppress_reason = 'refused'")
    _answer_idx = models.Index("(id) WHERE state IN ('queued', 'failed', 'bounced')")
    _mail_unique = models.UniqueIndex(
        "(mail_mail_id) WHERE mail_mail_id IS NOT NULL", "One e-mail belongs to one notice."
    )
    _suppressed_once = models.UniqueIndex(
        "(account_id, step_id, suppress_reason) WHERE state = 'suppressed' AND NOT ready",
        "This step is left out for this reason already.",
    )
    _somebody = models.Constraint(
        "CHECK(account_id IS NOT NULL OR sales_partner_id IS NOT NULL)",
        "A notice is about a customer or for a sales partner.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.model
    def _selection_channel(self):
        steps = self.env["collection.policy.step"]._fields["channel"]._description_selection(self.env)
        return [*steps, ("portal_upload", self.env._("Portal upload"))]

    @api.model
    def _selection_suppress_reason(self):
        """Technical name and words of every reason not to send; rooms add those of their holds."""
        _ = self.env._
        return [
            ("manual", _("Paused by a person")),
            ("payment", _("Payment on its way")),
            ("disputed", _("Disputed")),
            ("promised", _("Promised")),
            ("claimed", _("Customer says it is paid")),
            ("exception", _("Exception: on hold until a date")),
            ("statements_only", _("Exception: statements only")),
            ("grace", _("Exception: extra days of grace")),
            ("partner_first", _("Exception: the sales partner is told first")),
            ("tolerance", _("Exception: below the tolerated amount")),
            ("no_letters", _("Exception: no letters")),
            ("placed", _("Placed with an agency")),
            ("bankrupt", _("Bankrupt")),
            ("covered", _("Credits cover it")),
            ("credit_balance", _("Customer is in credit")),
            ("no_followup", _("Set to no follow-up")),
            ("below_minimum", _("Below the minimum amount")),
            ("no_recipient", _("Nobody to write to")),
            ("too_soon", _("Too soon after the last step")),
            ("after_hold", _("Hold ended only just now")),
            ("quiet_days", _("Quiet days")),
            ("overtaken", _("Overtaken by a later step")),
            ("refused", _("Refused by a manager")),
            ("paid", _("Paid or closed meanwhile")),
        ]

    @api.model
    def _suppress_reason_of_hold(self):
        """Kind of hold → reason not to send."""
        return {
            "manual": "manual",
            "payment": "payment",
            "dispute": "disputed",
            "promise": "promised",
            "claim": "claimed",
            "exception": "exception",
            "placement": "placed",
            "bankruptcy": "bankrupt",
        }

    def _compute_line_count(self):
        groups = self.env["collection.notice.line"]._read_group(
            [("notice_id", "in", self.ids)], ["notice_id"], ["__count"]
        )
        counts = {notice.id: count for notice, count in groups}
        for notice in self:
            notice.line_count = counts.get(notice.id, 0)

    @api.depends("lang")
    def _compute_lang_name(self):
        for notice in self:
            notice.lang_name = self.env["res.lang"]._get_data(code=notice.lang).name or notice.lang

    @api.depends("mail_mail_id")
    def _compute_mail_body(self):
        for notice in self:
            mail = (
                notice.sudo().mail_mail_id
            )  # the queue is the system's; who may read the notice may read what was sent
            notice.mail_body = mail.body_html
            notice.mail_subject = mail.subject

    def _guarded_fields(self):
        # Everything but what the discussion thread itself writes.
        return frozenset(name for name in self._fields if not name.startswith(("message_", "activity_", "website_")))

    # ------------------------------------------------------------------
    # State gates
    # ------------------------------------------------------------------

    def _set_deadline(self, company):
        """What goes out as a final demand names the day by which it is to be paid."""
        for notice in self.filtered(lambda each: each.channel == "final_demand"):
            notice._unguarded().write(
                {"deadline": fields.Date.add(company._collection_today(), days=notice.step_id.deadline_days)}
            )

    def _set_queued(self, mail, today):
        return self._update_state(
            ("due",), "queued", mail_mail_id=mail.id, sent_on=today, attempts=self.attempts + 1, error=False
        )

    def _set_sent(self):
        """Sent by the mail server, printed, or done by a person; the date of queueing stays where there is one."""
        for company, notices in self.grouped("company_id").items():
            today = company._collection_today()
            for notice in notices:
                notice._update_state(
                    ("due", "queued", "failed"), "sent", sent_on=notice.sent_on or today, error=False, retry_after=False
                )
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        return self

    def _set_suppressed(self, reason):
        """Nothing of it is to be sent any more; its items stay to be noticed another time."""
        # Ready or not, it passed its run: the rows of what runs leave out are those that are not ready.
        changed = self._update_state(("due",), "suppressed", suppress_reason=reason, ready=True)
        changed._cancel_mails()
        changed._leave_out_lines(changed.line_ids, reason)
        self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        return changed

    def _set_cancelled(self, why, allowed=("due", "failed")):
        """Taken back; its items can be noticed again by a later run."""
        changed = self._update_state(allowed, "cancelled", error=why, retry_after=False)
        changed._cancel_mails()
        changed.line_ids._unguarded().write({"counted": False})
        self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        return changed

    def _cancel_mails(self):
        """The mail of an earlier attempt is not to be sent by hand from Odoo's queue."""
        mails = self.sudo().mail_mail_id  # the queue is the system's
        mails.filtered(lambda mail: mail.state in ("outgoing", "exception")).cancel()
