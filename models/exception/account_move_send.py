from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Odoo's Send & Print follows the customer's exceptions: to whom, by which way, and with which copies."""

    _inherit = "account.move.send"

    @api.model
    def _collection_effects(self, move):
        return self.env["collection.exception"]._effects_of_moves(move).get(move, {})

    # ------------------------------------------------------------------
    # What is proposed, and what goes out where nobody chooses
    # ------------------------------------------------------------------

    @api.model
    def _get_default_sending_methods(self, move):
        methods = super()._get_default_sending_methods(move)
        return (set(methods) - self._collection_barred_methods(self._collection_effects(move))) or {"manual"}

    @api.model
    def _get_default_mail_partner_ids(self, move, mail_template, mail_lang):
        partners = super()._get_default_mail_partner_ids(move, mail_template, mail_lang)
        return self._collection_recipients(move, partners, self._collection_effects(move))

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        """Also what was chosen by hand or stored for the job keeps to the exceptions."""
        settings = super()._get_default_sending_settings(move, from_cron=from_cron, **custom_settings)
        effects = self._collection_effects(move)
        if barred := self._collection_barred_methods(effects):
            settings["sending_methods"] = set(settings["sending_methods"]) - barred or {"manual"}
        if "mail_partner_ids" in settings and effects:
            chosen = self.env["res.partner"].browse(settings["mail_partner_ids"])
            settings["mail_partner_ids"] = self._collection_recipients(move, chosen, effects).ids
        return settings

    @api.model
    def _collection_barred_methods(self, effects):
        """Ways of sending that these exceptions rule out."""
        barred = set()
        if effects.keys() & {"portal_only", "letters_only"}:
            barred.add("email")
        if effects.keys() & {"portal_only", "no_letters"}:
            barred.add("snailmail")
        return barred

    @api.model
    def _collection_recipients(self, move, partners, effects):
        """Those whom these exceptions let be written to."""
        if "ap_only" in effects:
            ap = move.commercial_partner_id.collection_ap_contact_id
            partners = ap if ap.email else ap.browse()
        return partners - effects.get("never_contact", self.env["collection.exception"]).contact_id

    # ------------------------------------------------------------------
    # What is said before sending
    # ------------------------------------------------------------------

    @api.model
    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        effects = self.env["collection.exception"]._effects_of_moves(moves)
        copies = moves._collection_copies(effects)
        level = "warning" if len(moves) > 1 else "danger"
        problems = []
        for move, found in effects.items():
            methods = set(moves_data[move]["sending_methods"] or ())
            problems += self._collection_problems(move, found, methods, moves_data[move])
            if move in copies and copies[move][1] and methods - {"manual"}:
                problems.append(copies[move][1])
        if problems:
            alerts["collection_exception"] = {"level": level, "message": "\n".join(problems)}
        portal = [found["portal_only"] for found in effects.values() if "portal_only" in found]
        if portal and not problems:
            alerts["collection_portal"] = {
                "level": "info",
                "message": self.env._("Upload to the customer's portal: %(why)s", why=portal[0]._label()),
            }
        return alerts

    @api.model
    def _collection_problems(self, move, effects, methods, data):
        """What was chosen against an exception, as sentences."""
        problems = []
        if barred := methods & self._collection_barred_methods(effects):
            labels = dict(move.partner_id._fields["invoice_sending_method"]._description_selection(self.env))
            ways = effects.get("portal_only") or effects.get("letters_only") or effects.get("no_letters")
            problems.append(
                self.env._(
                    "%(document)s cannot be sent this way (%(methods)s): %(exception)s",
                    document=move.name,
                    methods=", ".join(labels.get(each, each) for each in sorted(barred)),
                    exception=ways._label(),
                )
            )
        given = data.get("mail_partner_ids") or []  # records in the wizard of one invoice, else ids
        chosen = self.env["res.partner"].browse([int(each) for each in given])
        if "email" in methods and chosen and "email" not in self._collection_barred_methods(effects):
            wrong = chosen - self._collection_recipients(move, chosen, effects)
            if wrong:
                why = effects.get("ap_only", self.env["collection.exception"]) | effects.get(
                    "never_contact", self.env["collection.exception"]
                )
                problems.append(
                    self.env._(
                        "%(document)s may not go to %(persons)s: %(exceptions)s",
                        document=move.name,
                        persons=", ".join(wrong.mapped("display_name")),
                        exceptions=", ".join(each._label() for each in why),
                    )
                )
        return problems

    # ------------------------------------------------------------------
    # Copies that must go with it
    # ------------------------------------------------------------------

    @api.model
    def _get_invoice_extra_attachments(self, move):
        attachments = super()._get_invoice_extra_attachments(move)
        copies = move._collection_copies()
        return attachments | copies[move][0] if move in copies else attachments

    @api.model
    def _hook_invoice_document_before_pdf_report_render(self, invoice, invoice_data):
        """Without its mandatory copy an invoice is not sent, whoever or whatever sends it; downloading it is free."""
        result = super()._hook_invoice_document_before_pdf_report_render(invoice, invoice_data)
        copies = invoice._collection_copies()
        sends = set(invoice_data["sending_methods"] or ()) - {"manual"}
        if sends and invoice in copies and copies[invoice][1] and not invoice_data.get("error"):
            invoice_data["error"] = {"error_title": copies[invoice][1]}
        return result

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        """What must be uploaded is a task for a person."""
        result = super()._hook_if_success(moves_data, from_cron=from_cron)
        moves = self.env["account.move"].union(*moves_data)
        effects = self.env["collection.exception"]._effects_of_moves(moves)
        for move, found in effects.items():
            if "portal_only" in found:
                found["portal_only"]._ask_for_upload(move)
        return result
