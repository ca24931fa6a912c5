from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_exception_ids = fields.Many2many(
        "collection.exception",
        string="Never Contact",
        compute="_compute_collection_exception_ids",
        compute_sudo=True,
        groups="account_collections.group_collector,account_collections.group_auditor",
        help="Exceptions in force by which this person is neither written to nor called.",
    )

    @api.depends_context("company")
    def _compute_collection_exception_ids(self):
        barring = self._collection_barred_by()
        for partner in self:
            partner.collection_exception_ids = barring.get(partner)

    def _collection_barred_by(self):
        """Exceptions in force in the current company that say never to contact these: dict of partner to exceptions.

        Those of a single document do not keep a person from being spoken to about others.
        """
        if not self.ids:
            return {}
        # An exception binds whoever may read it or not.
        Exceptions = self.env["collection.exception"].sudo()
        domain = (
            Domain("contact_id", "in", self.ids)
            & Domain("effect", "=", "never_contact")
            & Domain("move_id", "=", False)
            & Domain("company_id", "=", self.env.company.id)
        )
        return Exceptions.search(domain & Exceptions._acting_domain()).grouped("contact_id")

    def _collection_barring(self):
        """The exceptions that bar this person; read in one query for all that were fetched together."""
        self.ensure_one()
        return self.sudo().collection_exception_ids

    def _collection_is_barred(self):
        return bool(self and self._collection_barring())

    def _collection_may_write(self):
        return super()._collection_may_write() and not self._collection_barring()

    def _collection_may_call(self):
        return super()._collection_may_call() and not self._collection_barring()
