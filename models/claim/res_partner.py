from odoo import models
from odoo.tools import SQL

# Of a group with more members, the nearest by id are looked at.
MAX_SIBLINGS = 500


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _collection_sibling_ids(self):
        """Other customers of the same top parent or payer group (SPEC §6), as a list of commercial partner ids."""
        self.ensure_one()
        customer = self.commercial_partner_id
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH own AS (
                       SELECT id, collection_payer_group_id, split_part(parent_path, '/', 1) AS root
                         FROM res_partner WHERE id = %(customer)s
                   )
                   SELECT p.commercial_partner_id
                     FROM own JOIN res_partner p ON p.parent_path LIKE own.root || '/%%'
                    UNION
                   SELECT p.id
                     FROM own JOIN res_partner p ON p.collection_payer_group_id = own.collection_payer_group_id
                    UNION
                   SELECT g.parent_id
                     FROM own JOIN collection_payer_group g ON g.id = own.collection_payer_group_id
                    WHERE g.parent_id IS NOT NULL
                    ORDER BY 1 LIMIT %(limit)s""",
                customer=customer.id,
                limit=MAX_SIBLINGS,
            )
        )
        return [partner_id for (partner_id,) in rows if partner_id and partner_id != customer.id]
