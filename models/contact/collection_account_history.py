from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the contact room adds to the action history: every logged contact, inquiries, help of sales partners.

    Answers to inquiries, and what was asked of a partner and what it said, are contacts themselves.
    """

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        _ = self.env._
        channels = dict(self.env["collection.activity"]._fields["channel"]._description_selection(self.env))
        return {**channels, **super()._history_kinds(), "inquiry": _("Inquiry"), "help": _("Help of a sales partner")}

    @api.model
    def _history_queries(self):
        return [
            *super()._history_queries(),
            self._history_contact_query(),
            *self._history_inquiry_queries(),
            *self._history_help_queries(),
        ]

    @api.model
    def _history_work_condition(self):
        """What was done by a contact is told as that contact."""
        return SQL("%s AND w.activity_id IS NULL", super()._history_work_condition())

    @api.model
    def _history_contact_query(self):
        """Logged contacts, on each account that was talked about. Void ones are left out; of redacted ones the text is gone."""
        _ = self.env._
        channel = self._history_case(SQL("v.channel"), "collection.activity.channel")
        return self._history_query(
            SQL(
                """collection_activity_account_rel r JOIN collection_activity v ON v.id = r.activity_id
                   LEFT JOIN collection_activity_outcome o ON o.id = v.outcome_id
                   LEFT JOIN res_partner d ON d.id = v.sales_partner_id WHERE v.state = 'done'"""
            ),
            kind=SQL("v.channel"),
            source_id=SQL("v.id"),
            account_id=SQL("r.account_id"),
            is_shared=True,
            moment=SQL("v.date"),
            direction=SQL("CASE WHEN v.channel != 'note' THEN v.direction END"),
            title=SQL("CONCAT_WS(': ', %s, %s)", channel, self._history_name("o")),
            reference=SQL("v.name"),
            note=self._history_text(
                SQL("v.note"),
                SQL("%s || d.name", _("With sales partner") + " "),
                SQL("CASE WHEN v.duration >= 1 THEN %s || ROUND(v.duration) END", _("Minutes:") + " "),
                SQL(
                    "CASE WHEN v.next_action != '' THEN CONCAT_WS(' ', %s, v.next_action, TO_CHAR(v.next_action_date, 'YYYY-MM-DD')) END",
                    _("Next:"),
                ),
            ),
            user_id=SQL("v.user_id"),
            contact_id=SQL("v.contact_id"),
            res_model="collection.activity",
            res_id=SQL("v.id"),
            move_ids=self._history_moves("collection.activity.move_ids", SQL("v.id")),
            files=self._history_files("mail.message.attachment_ids", SQL("v.mail_message_id")),
        )

    @api.model
    def _history_inquiry_queries(self):
        _ = self.env._
        common = {
            "kind": "inquiry",
            "source_id": SQL("i.id"),
            "account_id": SQL("i.account_id"),
            "reference": SQL("i.name"),
            "contact_id": SQL("i.partner_id"),
            "res_model": "collection.inquiry",
            "res_id": SQL("i.id"),
            "move_ids": self._history_moves("collection.inquiry.move_ids", SQL("i.id")),
        }
        source = SQL(
            "collection_inquiry i JOIN collection_inquiry_type t ON t.id = i.type_id WHERE i.account_id IS NOT NULL"
        )
        asked = self._history_query(
            source,
            **common,
            moment=SQL("i.create_date"),
            day=SQL("i.date"),
            direction="in",
            title=SQL("CONCAT_WS(': ', %s, %s)", _("Inquiry"), self._history_name("t")),
            note=SQL("i.question"),
            user_id=SQL("i.create_uid"),
        )
        closed = self._history_query(
            SQL("%s AND i.state = 'closed' AND i.closed_on IS NOT NULL", source),
            **common,
            moment=SQL("i.closed_on"),
            is_internal=True,
            title=_("Inquiry closed"),
            note=SQL("i.answer"),
            user_id=SQL("i.write_uid"),
        )
        return [asked, closed]

    @api.model
    def _history_help_queries(self):
        _ = self.env._
        relation, own, account = (
            SQL.identifier(name) for name in self._history_relation("collection.help.account_ids")
        )
        source = SQL(
            "%(relation)s r JOIN collection_help h ON h.id = r.%(own)s JOIN res_partner d ON d.id = h.sales_partner_id",
            relation=relation,
            own=own,
        )
        common = {
            "kind": "help",
            "source_id": SQL("h.id"),
            "account_id": SQL("r.%s", account),
            "is_shared": True,
            "reference": SQL("h.name"),
            "contact_id": SQL("h.sales_partner_id"),
            "res_model": "collection.help",
            "res_id": SQL("h.id"),
            "move_ids": self._history_moves("collection.help.line_ids", SQL("h.id")),
        }
        unanswered = self._history_query(
            SQL("%s WHERE h.state = 'expired' AND h.turn_date IS NOT NULL", source),
            **common,
            day=SQL("h.turn_date"),
            title=_("Sales partner did not answer"),
            note=SQL("d.name"),
        )
        closed = self._history_query(
            SQL("%s WHERE h.state = 'closed' AND h.closed_on IS NOT NULL", source),
            **common,
            moment=SQL("h.closed_on"),
            title=SQL(
                "CONCAT_WS(': ', %s, %s)",
                _("Help of a sales partner"),
                self._history_case(SQL("h.result"), "collection.help.result"),
            ),
            note=self._history_text(SQL("d.name"), SQL("h.result_note")),
            user_id=SQL("h.closed_by_id"),
        )
        return [unanswered, closed]
