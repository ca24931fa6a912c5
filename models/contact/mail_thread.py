from odoo import api, models

from .collection_incoming import Incoming, read_incoming


class MailThread(models.AbstractModel):
    """Messages on our records: typed ones without card numbers; those that come by mail masked, and routed to the customer's account."""

    _inherit = "mail.thread"

    # Replies to messages of a record stand on the record itself; else on its customer's account.
    _collection_keeps_replies = False

    # ------------------------------------------------------------------
    # Typed
    # ------------------------------------------------------------------

    def message_post(self, *, body="", subject=None, attachments=None, **kwargs):
        """Refuses a card number that a user typed into a message on a record of ours.

        :raise ValidationError: there is one
        """
        if self._collection_is_typed():
            names = [(self.env._("Attachment"), each[0], False) for each in attachments or ()]
            self._collection_refuse_message(body, subject, names)
        return super().message_post(body=body, subject=subject, attachments=attachments, **kwargs)

    def _message_update_content(self, message, /, *, body, **kwargs):
        if self._collection_is_typed():
            self._collection_refuse_message(body, None, [])
        return super()._message_update_content(message, body=body, **kwargs)

    def _collection_is_typed(self):
        return self._name.startswith("collection.") and not self.env.su

    def _collection_refuse_message(self, body, subject, others):
        texts = [(self.env._("Message"), body, True), (self.env._("Subject"), subject, False), *others]
        self.env["collection.card.guard"]._refuse(texts)

    # ------------------------------------------------------------------
    # Incoming
    # ------------------------------------------------------------------

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Lead mails for Collections to the account, with card numbers masked before anything is stored."""
        routes = [self._collection_route(message_dict, route) for route in routes or ()]
        if not any(route[0].startswith("collection.") for route in routes):
            return super()._message_route_process(message, message_dict, routes)
        incoming = read_incoming(self.env["collection.card.guard"], message, message_dict)
        return super(MailThread, self.with_context(collection_incoming=incoming))._message_route_process(
            message, message_dict, routes
        )

    @api.model
    def _collection_route(self, message_dict, route):
        """A customer's reply lands on the account, one to a record that keeps its replies on the record; a new mail on the account of
        the sender's company, else in the inbox."""
        model, thread_id, values, user_id, alias = route
        if not model.startswith("collection."):
            return route
        if thread_id:
            # The gateway's user need not see the record.
            record = self.env[model].sudo().browse(thread_id).exists()
            target = record and record._collection_reply_target(message_dict)
            if target and target != record:
                message_dict.pop("parent_id", None)  # it belongs to the record that the mail replies to
                return (target._name, target.id, values, user_id, alias)
            return route
        if model != "collection.account":
            return route
        company = self.env["res.company"].sudo().browse((values or {}).get("company_id")).exists() or self.env.company
        Account = self.env["collection.account"]
        record = Account._of_reply(message_dict, company) or Account._of_sender(message_dict.get("email_from"), company)
        if record:
            return (record._name, record.id, None, user_id, alias)
        return ("collection.inbox", False, {"company_id": company.id}, user_id, alias)

    def _collection_reply_target(self, message_dict):
        """Where a reply to a message of this record belongs, if anywhere. Colleagues' replies stay where they are discussing."""
        author = self.env["res.partner"].sudo().browse(message_dict.get("author_id"))
        if self._collection_keeps_replies or (author and not author.partner_share):
            return self
        return self._collection_account()

    def _collection_account(self):
        """The account that the record is, or belongs to; none where it belongs to none, or to several."""
        Account = self.env["collection.account"]
        if self._name == Account._name:
            return self
        field = self._fields.get("account_id")
        return self.account_id if field and field.comodel_name == Account._name else Account

    def _message_post_after_hook(self, message, msg_values):
        incoming = self.env.context.get("collection_incoming")
        result = super()._message_post_after_hook(message, msg_values)
        if isinstance(incoming, Incoming) and self._name.startswith("collection.") and message.message_type == "email":
            self.with_context(collection_incoming=None)._collection_receive(message, incoming)
        return result

    def _collection_receive(self, message, incoming):
        """What a mail that came in leads to, beside the message on the record's thread."""
        self.env["collection.withheld"]._keep(self, message, incoming)
        if not incoming.is_automatic and (message.author_id.partner_share or not message.author_id):
            # The gateway acts for whoever wrote, who has no rights here.
            self.sudo()._collection_reply_received(message)

    def _collection_reply_received(self, message):
        """A person who is no colleague wrote; for rooms."""
