import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .collection_dispute import LIVE

TASK = "account_collections.mail_activity_type_dispute"


class CollectionDispute(models.Model):
    """Who is told and asked: the team, the collector, the customer. Replies come to the dispute's own thread."""

    _inherit = "collection.dispute"

    _collection_keeps_replies = True

    letter_body = fields.Html(string="Explanation Letter", compute="_compute_letter_body", compute_sudo=True)
    letter_lang = fields.Char(compute="_compute_letter_lang", compute_sudo=True)
    letter_recipient_id = fields.Many2one("res.partner", compute="_compute_letter_lang", compute_sudo=True)
    inquiry_id = fields.Many2one(
        "collection.inquiry",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="account_collections.group_collector,account_collections.group_auditor",
        help="The request for a credit that the dispute came from; whoever asked is told the decision.",
    )
    letter_sent_on = fields.Datetime(readonly=True, copy=False)
    invoice_pdf = fields.Binary(string="Invoice PDF", attachment=True, readonly=True, copy=False)

    @api.depends(
        *("contact_id.active", "contact_id.email", "contact_id.lang", "partner_id.email", "partner_id.lang"),
        *("partner_id.collection_ap_contact_id.active", "partner_id.collection_ap_contact_id.email"),
    )
    def _compute_letter_lang(self):
        """Who at the customer's is written to: whoever raised it, else accounts payable, else the customer."""
        for dispute in self:
            customer = dispute.partner_id
            candidates = dispute.contact_id | customer.collection_ap_contact_id | customer
            usable = candidates.filtered(lambda partner: partner.active and partner.email_normalized)
            reached = usable.filtered(lambda partner: not partner.is_blacklisted)
            dispute.letter_recipient_id = (reached or usable or customer)[:1]
            dispute.letter_lang = dispute.letter_recipient_id.lang or customer.lang or self.env.lang

    @api.depends("explanation", "line_ids.accepted_currency", "decision", "letter_lang")
    def _compute_letter_body(self):
        for dispute in self:
            view = self.env["ir.qweb"].with_context(lang=dispute.letter_lang)
            own = dispute.with_context(lang=dispute.letter_lang)
            dispute.letter_body = view._render("account_collections.dispute_letter_body", {"dispute": own})

    def _guarded_fields(self):
        return super()._guarded_fields() | {"letter_sent_on", "invoice_pdf"}

    # ------------------------------------------------------------------
    # The explanation letter
    # ------------------------------------------------------------------

    def _send_explanation(self):
        """Send the letter; without an address the collector gets the task to post it."""
        self.ensure_one()
        recipient = self.letter_recipient_id
        if recipient.email_normalized:
            template = self.env.ref("account_collections.mail_template_dispute_explanation")
            self._post_template(template, recipient)
            self._log_event("letter", note=self.env._("Explanation sent to %(email)s", email=recipient.email))
        else:
            text = self.env._("The customer has no e-mail address: print the explanation letter and post it.")
            self._log_event("letter", note=text)
            self._add_collector_task(text)
        self._unguarded().letter_sent_on = fields.Datetime.now()

    def _post_template(self, template, recipient):
        # Templates read the account and the invoices, which resolvers may not; the author stays the user.
        dispute = self.sudo().with_context(lang=self.letter_lang)
        dispute.message_post_with_source(
            template, message_type="comment", subtype_xmlid="mail.mt_comment", partner_ids=recipient.ids
        )

    def action_print_letter(self):
        """The explanation letter as PDF, to be posted."""
        self.check_access("read")
        if any(not dispute.explanation for dispute in self):
            raise UserError(self.env._("There is no explanation yet: decide the dispute first."))
        return self.env.ref("account_collections.report_dispute_letter").report_action(self)

    def action_invoice_pdf(self):
        """The disputed invoices as PDF, also for those who may not read invoices: printed once and kept with the dispute."""
        self.ensure_one()
        self.check_access("read")
        dispute = self.sudo()  # reading the dispute is what entitles to its invoices
        if not dispute.invoice_pdf:
            moves = dispute.move_ids.filtered(lambda move: move.is_sale_document())
            if not moves:
                raise UserError(self.env._("%(dispute)s is not about an invoice.", dispute=self.name))
            kept = moves.invoice_pdf_report_id if len(moves) == 1 else None
            content = kept.raw if kept else None
            if not content:
                content, _kind = dispute.env["ir.actions.report"]._render_qweb_pdf(
                    "account.account_invoices", moves.ids
                )
            dispute._unguarded().invoice_pdf = base64.b64encode(content)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/invoice_pdf/{self.name.replace('/', '-')}.pdf?download=true",
            "target": "download",
        }

    # ------------------------------------------------------------------
    # Tasks
    # ------------------------------------------------------------------

    def _schedule(self, user, summary, note=None, due=None):
        self.ensure_one()
        day = due or self.company_id._collection_today()
        # Whoever triggers it, the task is the system's.
        return self.sudo().activity_schedule(TASK, day, summary=summary, note=note, user_id=user.id)

    def _notify_team(self):
        """A task for whoever is to work on it: the assignee, else the team's lead."""
        for dispute in self:
            dispute.activity_unlink([TASK])
            when = dispute.company_id._collection_local_time(dispute.deadline) if dispute.deadline else ""
            due = dispute.company_id._collection_date(dispute.deadline) if dispute.deadline else None
            dispute._add_resolver_task(dispute.env._("Decide by %(when)s", when=when), due=due)

    def _add_resolver_task(self, summary, to_lead=False, due=None):
        lead = self.team_id.user_id or self.company_id.sudo().collection_manager_id
        user = lead if to_lead else self.user_id or lead or self.team_id.member_ids[:1]
        if user:
            self._schedule(user, summary, due=due)

    def _collector(self):
        """Who follows the account: its collector, else who opened the dispute."""
        collector = self.sudo().account_id.collector_id
        return collector if collector.active else self.collector_id

    def _add_task(self, summary, note):
        """For whoever follows the account."""
        return self._schedule(self._collector() or self.env.user, summary, note)

    def _add_collector_task(self, summary):
        for dispute in self:
            dispute._add_task(summary, None)

    def _tell_collector(self, text):
        """A message to the collector, unless it is the collector who did it."""
        for dispute in self:
            collector = dispute._collector()
            if collector and collector != self.env.user:
                dispute.sudo().message_notify(
                    partner_ids=collector.partner_id.ids,
                    subject=dispute.display_name,
                    body=text,
                    model=self._name,
                    res_id=dispute.id,
                )

    # ------------------------------------------------------------------
    # Questions
    # ------------------------------------------------------------------

    def _ask_customer(self, text):
        """Send a question to the customer and stop the clock until the answer."""
        self._check_resolver()
        for dispute in self:
            dispute._set_waiting()
            recipient = dispute.letter_recipient_id
            dispute._log_event("question", note=text)
            dispute.sudo().account_id._set_stage("awaiting_documents", text, dispute)
            dispute.sudo().message_post(
                body=Markup("<p>%s</p>") % text,
                subject=self.env._("%(dispute)s: a question", dispute=dispute.name),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=recipient.ids if recipient.email_normalized else [],
            )
            if not recipient.email_normalized:
                dispute._add_collector_task(self.env._("Ask the customer (no e-mail address): %(text)s", text=text))

    def _remind_customer(self):
        """Half of the wait is over: ask again, once."""
        template = self.env.ref("account_collections.mail_template_dispute_waiting")
        for dispute in self:
            until = dispute.waiting_until
            dispute._unguarded().waiting_remind_on = False
            dispute._log_event("reminder", note=self.env._("Customer reminded, answer due %(day)s", day=until))
            recipient = dispute.letter_recipient_id
            if recipient.email_normalized:
                dispute._post_template(template, recipient)
            dispute._add_collector_task(self.env._("The customer's answer is due %(day)s", day=until))

    def _ask_collector(self, text):
        """Ask the collector back: the account comes to the worklist; the clock goes on."""
        self._check_resolver()
        for dispute in self:
            dispute._unguarded().write(
                {"asked_on": fields.Datetime.now(), "asked_by_id": self.env.uid, "question": text[:250]}
            )
            dispute._log_event("question", note=text)
            dispute._add_collector_task(self.env._("Question: %(text)s", text=text))
            dispute.sudo().message_post(body=text, subtype_xmlid="mail.mt_note")
        self.env["collection.account"]._touch(accounts=self.sudo().account_id.ids)

    def _answer(self, text):
        """The collector's answer to the resolver."""
        self.check_access("write")
        for dispute in self:
            asked_by = dispute.asked_by_id
            dispute._unguarded().write({"asked_on": False, "asked_by_id": False, "question": False})
            dispute._log_event("answer", note=text)
            dispute.message_post(body=text, partner_ids=asked_by.partner_id.ids, subtype_xmlid="mail.mt_comment")
            dispute.sudo().activity_ids.filtered(
                lambda task, dispute=dispute, by=asked_by: (
                    task.user_id == dispute._collector() and task.create_uid == by
                )
            ).action_done()
        self.env["collection.account"]._touch(accounts=self.sudo().account_id.ids)

    # ------------------------------------------------------------------
    # Replies
    # ------------------------------------------------------------------

    def _collection_reply_received(self, message):
        """A person at the customer's wrote: a contact of the account; the wait is over, and whoever works on the dispute goes on."""
        self.ensure_one()
        if self.state not in LIVE:
            self.account_id._collection_reply_received(message, dispute_id=self.id)
            return
        self.account_id._log_email(message, dispute_id=self.id)
        self.filtered(lambda dispute: dispute.state == "waiting_customer").with_context(
            dispute_note=self.env._("The customer answered by e-mail")
        )._end_waiting()
        self._add_resolver_task(self.env._("The customer wrote"))
        self._tell_collector(self.env._("The customer wrote about the dispute."))
