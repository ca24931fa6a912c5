from odoo import api, models
from odoo.tools import SQL

# Of a group with more members, so many are looked at, from the top parent down.
MAX_SIBLINGS = 500
_MAX_DEPTH = 20


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _collection_root_query(self, partner):
        """The top parent of a partner: `SQL` of a query with one row.

        :param partner: `SQL` or id of a partner
        """
        return SQL(
            """WITH RECURSIVE up AS (
                   SELECT id, parent_id, 0 AS depth FROM res_partner WHERE id = %s
                    UNION ALL
                   SELECT p.id, p.parent_id, up.depth + 1 FROM up JOIN res_partner p ON p.id = up.parent_id
                    WHERE up.depth < %s
               )
               SELECT id FROM up WHERE parent_id IS NULL""",
            partner,
            _MAX_DEPTH,
        )

    def _collection_sibling_ids(self):
        """Other customers of the same top parent or payer group (SPEC §6), as a list of commercial partner ids."""
        self.ensure_one()
        customer = self.commercial_partner_id
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE below AS (
                       SELECT id, commercial_partner_id, 0 AS depth FROM res_partner WHERE id = (%(root)s)
                        UNION ALL
                       SELECT p.id, p.commercial_partner_id, below.depth + 1
                         FROM below JOIN res_partner p ON p.parent_id = below.id
                        WHERE p.active AND below.depth < %(depth)s
                   ), payers AS (
                       SELECT g.id, g.parent_id
                         FROM res_partner own JOIN collection_payer_group g ON g.id = own.collection_payer_group_id
                        WHERE own.id = %(customer)s
                   )
                   SELECT DISTINCT found.id FROM (
                       SELECT p.id FROM payers JOIN res_partner p ON p.collection_payer_group_id = payers.id
                        UNION ALL SELECT parent_id FROM payers WHERE parent_id IS NOT NULL
                        UNION ALL SELECT commercial_partner_id FROM below
                        LIMIT %(limit)s
                   ) found WHERE found.id != %(customer)s""",
                root=self._collection_root_query(customer.id),
                customer=customer.id,
                depth=_MAX_DEPTH,
                limit=MAX_SIBLINGS,
            )
        )
        return sorted(partner_id for (partner_id,) in rows)
