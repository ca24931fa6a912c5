import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CollectionWithheld(models.Model):
    _name = "collection.withheld"
    _description = "Withheld Attachment"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"

    name = fields.Char(string="File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one("collection.account", readonly=True, index="btree_not_null", ondelete="restrict")
    inbox_id = fields.Many2one(
        "collection.inbox", string="Unmatched E-mail", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")
    date = fields.Datetime(string="Received", required=True, readonly=True)
    sender = fields.Char(readonly=True)
    size = fields.Integer(help="In bytes.", readonly=True, aggregator=None)
    content = fields.Binary(readonly=True, attachment=False, groups="account_collections.group_manager")
    state = fields.Selection(
        [("withheld", "Withheld"), ("destroyed", "Destroyed"), ("released", "Released")],
        required=True,
        readonly=True,
        default="withheld",
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    def _guarded_fields(self):
        return frozenset(self._fields)

    @api.model
    def _keep(self, record, message, incoming):
        """Keep what was taken out of a mail away from the thread, and tell whoever works the account.

        :param record: the account, case or inbox entry that the message is on
        """
        if not (incoming.withheld or incoming.is_masked):
            return self.browse()
        account = record._collection_account()
        # Nobody makes these by hand; the mail gateway's user has no rights here.
        kept = (
            self.sudo()
            ._unguarded()
            .create(
                [
                    {
                        "name": name or self.env._("Attachment"),
                        "company_id": record.company_id.id,
                        "account_id": account.id,
                        "inbox_id": record._name == "collection.inbox" and record.id,
                        "message_id": message.id,
                        "date": fields.Datetime.now(),
                        "sender": message.email_from,
                        "size": len(content),
                        "content": base64.b64encode(content.encode() if isinstance(content, str) else content),
                    }
                    for name, content in incoming.withheld
                ]
            )
        )
        self._warn(record, kept)
        return kept

    @api.model
    def _warn(self, record, kept):
        note = self.env._(
            "An e-mail held the number of a payment card. It was masked; tell the customer not to send card numbers."
        )
        if kept:
            files = ", ".join(kept.mapped("name"))
            note += " " + self.env._("Withheld attachments: %s. A manager can destroy or release them.", files)
        told = record if hasattr(record, "_add_task") else record._collection_account()
        if told:
            told.sudo()._add_task(self.env._("Card number in an e-mail"), note)  # as above

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only AR managers decide on withheld attachments."))
        if any(each.state != "withheld" for each in self):
            raise UserError(self.env._("Somebody has decided on this attachment already."))

    def action_destroy(self):
        """Delete the content for good; who did it and when stays."""
        self._check_manager()
        self._decide("destroyed", content=False)

    def action_release(self):
        """Put the file back on the message: it holds no card number after all."""
        self._check_manager()
        for each in self.sudo():  # who may decide need not be able to write messages
            message, other = each.message_id, each.account_id or each.inbox_id
            target = (message.model, message.res_id) if message else (other._name, other.id)
            attachment = (
                self.env["ir.attachment"]
                .sudo()
                .create({"name": each.name, "datas": each.content, "res_model": target[0], "res_id": target[1]})
            )
            message.attachment_ids = [fields.Command.link(attachment.id)]
        self._decide("released", content=False)

    def _decide(self, state, **vals):
        # Managers read these rows; only this gate writes them.
        self.sudo()._update_state(
            ("withheld",), state, decided_by_id=self.env.uid, decided_on=fields.Datetime.now(), **vals
        )
