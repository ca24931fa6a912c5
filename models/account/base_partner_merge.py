from odoo import api, models
from odoo.tools import SQL


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join the collection accounts first: core would delete ours, or stop at the index of one account per customer."""
        self.env["collection.account"].sudo()._merge_into(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env["collection.account"]._touch_partners(dst_partner.commercial_partner_id)
        return result


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    @api.model
    def _merge_into(self, src_partners, dst_partner):
        """Move everything that hangs on the sources' accounts to the destination's account of the same company.

        An account whose company has none for the destination simply changes its customer.
        """
        sources = self.search([("partner_id", "in", (src_partners - dst_partner).ids)])
        targets = {account.company_id: account for account in self.search([("partner_id", "=", dst_partner.id)])}
        self.env.flush_all()
        for source in sources:
            target = targets.get(source.company_id)
            if not target:
                source.partner_id = dst_partner
                targets[source.company_id] = source
                continue
            self._repoint(source, target)
            self._merge_leftover(source)
        self.env.flush_all()
        self.env.invalidate_all()

    @api.model
    def _repoint(self, source, target):
        """Point every foreign key and document of one account to another, by SQL: our rows refuse to be edited."""
        Wizard = self.env["base.partner.merge.automatic.wizard"]
        for table, column in Wizard._get_fk_on(self._table):
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(target)s WHERE %(column)s = %(source)s",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    target=target.id,
                    source=source.id,
                )
            )
        for model, model_field in (("mail.message", "model"), ("mail.activity", "res_model"), ("ir.attachment", "res_model")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET res_id = %(target)s WHERE %(field)s = 'collection.account' AND res_id = %(source)s",
                    table=SQL.identifier(self.env[model]._table),
                    field=SQL.identifier(model_field),
                    target=target.id,
                    source=source.id,
                )
            )

    @api.model
    def _merge_leftover(self, source):
        """Remove the emptied account; its followers go with it."""
        self.env["mail.followers"].search([("res_model", "=", self._name), ("res_id", "=", source.id)]).unlink()
        self.env.cr.execute(SQL("DELETE FROM collection_account WHERE id = %s", source.id))
