from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """Whose figures touched records concern, and the accounts of customers who have none yet."""

    _inherit = "collection.account"

    @api.model
    def _resolve_touched(self, data):
        """The accounts of touched ids; missing ones are made, and holds whose item went to another customer follow it."""
        self.env.flush_all()
        pairs = data["pairs"] | self._touched_pairs(data)
        self._insert_missing(pairs)
        ids = {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT a.id FROM collection_account a"
                    " JOIN (SELECT * FROM unnest(%(partners)s, %(companies)s)) v (partner_id, company_id)"
                    "   ON a.company_id = v.company_id AND COALESCE(a.partner_id, 0) = v.partner_id"
                    " UNION SELECT id FROM collection_account WHERE partner_id = ANY(%(customers)s) OR id = ANY(%(accounts)s)",
                    **self._pair_arrays(pairs),
                    customers=list(data["partners"]),
                    accounts=list(data["accounts"]),
                )
            )
        }
        accounts = self.browse(ids)
        accounts._rehome_holds()
        return accounts

    @api.model
    def _touched_pairs(self, data):
        """(commercial partner id or 0, company id) of the touched items, and of the open items of touched customers."""
        Line = self.env["account.move.line"]
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT COALESCE(p.commercial_partner_id, 0), l.company_id
                         FROM account_move_line l LEFT JOIN res_partner p ON p.id = l.partner_id
                        WHERE (l.id = ANY(%(lines)s) OR l.move_id = ANY(%(moves)s)) AND l.account_id IN %(accounts)s
                        UNION
                       SELECT p.commercial_partner_id, l.company_id
                         FROM res_partner p JOIN account_move_line l ON l.partner_id = p.id
                        WHERE p.commercial_partner_id = ANY(%(partners)s) AND %(open)s""",
                    lines=list(data["lines"]),
                    moves=list(data["moves"]),
                    partners=list(data["partners"]),
                    accounts=Line._collection_receivable_account_ids(),
                    open=Line._collection_open_condition("l"),
                )
            )
        )

    @api.model
    def _pair_arrays(self, pairs):
        """(partner, company) tuples as the two arrays of a `unnest`."""
        pairs = sorted(pairs)
        return {
            "partners": SQL("%s::int[]", [partner for partner, _company in pairs]),
            "companies": SQL("%s::int[]", [company for _partner, company in pairs]),
        }

    def _rehome_holds(self):
        """Give holds on these accounts to the account that has their item now: the item's customer or its parent changed."""
        if not self:
            return
        moved = self.env.execute_query(
            SQL(
                """UPDATE collection_hold h SET account_id = a.id
                     FROM collection_hold old
                     JOIN account_move_line l ON l.id = old.move_line_id
                     LEFT JOIN res_partner p ON p.id = l.partner_id
                     JOIN collection_account a ON a.company_id = l.company_id
                                              AND COALESCE(a.partner_id, 0) = COALESCE(p.commercial_partner_id, 0)
                    WHERE h.id = old.id AND old.account_id IN %s AND old.account_id != a.id
                RETURNING h.id""",
                tuple(self.ids),
            )
        )
        if moved:
            self.env["collection.hold"].browse(row[0] for row in moved).invalidate_recordset(
                ["account_id"], flush=False
            )
            self.invalidate_recordset(["hold_ids"], flush=False)
        for model in self._followers_of_items():
            self._rehome_cases(model)

    @api.model
    def _followers_of_items(self):
        """Models of cases, each with `account_id` and `line_ids` of items, that go where all of their items go."""
        return []

    def _rehome_cases(self, model):
        """Give cases of these accounts to the account that has all of their items now: the customer's parent changed."""
        lines = self.env[model]._fields["line_ids"]
        moved = self.env.execute_query(
            SQL(
                """UPDATE %(cases)s t SET account_id = v.account_id
                     FROM (SELECT c.id, MIN(a.id) AS account_id
                             FROM %(cases)s c
                             JOIN %(lines)s l ON l.%(inverse)s = c.id
                             JOIN account_move_line m ON m.id = l.move_line_id
                             LEFT JOIN res_partner r ON r.id = m.partner_id
                             JOIN collection_account a ON a.company_id = m.company_id AND a.partner_id = r.commercial_partner_id
                            WHERE c.account_id IN %(accounts)s
                            GROUP BY c.id, c.account_id
                           HAVING MIN(a.id) = MAX(a.id) AND MIN(a.id) != c.account_id) v
                    WHERE t.id = v.id RETURNING t.id""",
                cases=SQL.identifier(self.env[model]._table),
                lines=SQL.identifier(self.env[lines.comodel_name]._table),
                inverse=SQL.identifier(lines.inverse_name),
                accounts=tuple(self.ids),
            )
        )
        if moved:
            self.env[model].invalidate_model(["account_id"], flush=False)
            self.invalidate_model(
                [
                    field.name
                    for field in self._fields.values()
                    if field.type == "one2many" and field.comodel_name == model
                ],
                flush=False,
            )

    @api.model
    def _insert_missing(self, pairs=None):
        """Make the accounts of customers with open items who have none; of `pairs`, all that have posted items at all.

        Rows are inserted by SQL: every column without a default that must not be empty is set here.
        """
        self.env.flush_all()
        Line = self.env["account.move.line"]
        if pairs is None:
            customers = SQL(
                "SELECT DISTINCT p.commercial_partner_id, l.company_id FROM account_move_line l"
                " LEFT JOIN res_partner p ON p.id = l.partner_id WHERE %s",
                Line._collection_open_condition("l"),
            )
        elif pairs:
            customers = SQL(
                "SELECT NULLIF(v.partner_id, 0), v.company_id"
                " FROM (SELECT * FROM unnest(%(partners)s, %(companies)s)) v (partner_id, company_id)"
                " WHERE v.partner_id != 0 AND EXISTS (SELECT 1 FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id"
                " WHERE p.commercial_partner_id = v.partner_id AND l.company_id = v.company_id"
                " AND l.account_id IN %(accounts)s AND l.parent_state = 'posted')"
                " OR v.partner_id = 0 AND EXISTS (SELECT 1 FROM account_move_line l"
                " WHERE l.partner_id IS NULL AND l.company_id = v.company_id AND %(open)s)",
                **self._pair_arrays(pairs),
                accounts=Line._collection_receivable_account_ids(),
                open=Line._collection_open_condition("l"),
            )
        else:
            return
        self.env.execute_query(
            SQL(
                """
                WITH missing (partner_id, company_id) AS (%(customers)s), numbered AS (
                    SELECT nextval('collection_account_id_seq') AS id, m.partner_id, m.company_id, c.currency_id
                      FROM missing m JOIN res_company c ON c.id = m.company_id
                     WHERE NOT EXISTS (SELECT 1 FROM collection_account a WHERE a.company_id = m.company_id
                                          AND COALESCE(a.partner_id, 0) = COALESCE(m.partner_id, 0))
                )
                INSERT INTO collection_account (id, name, partner_id, company_id, currency_id, status, stage, risk_class, priority,
                                                on_worklist, create_uid, create_date, write_uid, write_date)
                SELECT id, 'A' || LPAD(id::text, GREATEST(6, LENGTH(id::text)), '0'), partner_id, company_id, currency_id,
                       'good', 'new', 'low', 0, FALSE, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM numbered
                ON CONFLICT DO NOTHING RETURNING id
                """,
                customers=customers,
                uid=self.env.uid,
            )
        )
