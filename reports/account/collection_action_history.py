from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# An id holds the number of the row's query, its source and, where one source is told on several accounts, the account. They fit
# into the 53 bits that a browser keeps.
_QUERIES = 128
_ACCOUNTS = 1 << 22


class CollectionActionHistory(models.Model):
    """Every action of an account in time order (SPEC §9): the rows that the rooms give by `collection.account._history_queries`."""

    _name = "collection.action.history"
    _description = "Action History"
    _auto = False
    _order = "date desc, is_internal desc, id desc"
    _rec_name = "title"

    account_id = fields.Many2one("collection.account", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    collector_id = fields.Many2one("res.users", readonly=True)
    date = fields.Datetime(
        string="Order in Time",
        readonly=True,
        help="When it was done. Where only the day is known: its end, for documents of the books its beginning.",
    )
    business_date = fields.Date(string="Day", readonly=True, help="The day at the company's.")
    has_time = fields.Boolean(string="Time Known", readonly=True)
    when = fields.Char(
        compute="_compute_when",
        help="In the company's time zone. Without an hour where only the day is kept.",
    )
    kind = fields.Selection(selection="_selection_kind", readonly=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], readonly=True)
    title = fields.Char(string="What", readonly=True)
    reference = fields.Char(string="Number", readonly=True)
    note = fields.Text(string="Text", readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    contact_id = fields.Many2one("res.partner", string="With", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    documents = fields.Char(
        string="About", readonly=True, help="Invoices and other documents that it is about, beside the row's own."
    )
    move_id = fields.Many2one(
        "account.move",
        string="About Document",
        store=False,
        exportable=False,
        search="_search_move_id",
    )
    files = fields.Char(string="Attachments", readonly=True)
    is_internal = fields.Boolean(
        string="Internal",
        readonly=True,
        help="Concerns the own office only: worklist, stages, approvals, escalations, plans.",
    )
    res_model = fields.Char(string="Source Model", readonly=True)
    res_id = fields.Many2oneReference(string="Source", model_field="res_model", readonly=True)

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        """All rows of all accounts; conditions on the account go down into each query of the rooms."""
        queries = self.env["collection.account"]._history_queries()
        assert len(queries) < _QUERIES
        return SQL(
            """
            SELECT h.*, a.partner_id, a.company_id, a.collector_id,
                   COALESCE(h.day, (%(local)s)::date) AS business_date, %(has_time)s AS has_time,
                   CASE WHEN %(has_time)s THEN h.moment
                        ELSE (CASE WHEN h.is_early THEN h.day::timestamp ELSE h.day + TIME '23:59:59' END) AT TIME ZONE %(zone)s
                             AT TIME ZONE 'UTC' END AS date,
                   (SELECT STRING_AGG(m.name, ', ' ORDER BY m.name) FROM account_move m
                     WHERE m.id = ANY(h.move_ids) AND (h.res_model != 'account.move' OR m.id != h.res_id)) AS documents
              FROM (SELECT *, query + %(queries)s * (CASE WHEN is_shared THEN source_id::bigint * %(accounts)s + account_id
                                                          ELSE source_id END) AS id FROM (%(rows)s) r) h
              JOIN collection_account a ON a.id = h.account_id
              JOIN res_company c ON c.id = a.company_id
            """,
            queries=_QUERIES,
            accounts=_ACCOUNTS,
            rows=SQL(" UNION ALL ").join(
                SQL("(SELECT %s::bigint AS query, q.* FROM (%s) q)", number, query)
                for number, query in enumerate(queries)
            ),
            local=SQL("h.moment AT TIME ZONE 'UTC' AT TIME ZONE %s", zone := SQL("COALESCE(c.collection_tz, 'UTC')")),
            zone=zone,
            has_time=SQL(
                "(h.moment IS NOT NULL AND (h.day IS NULL OR (h.moment AT TIME ZONE 'UTC' AT TIME ZONE %s)::date = h.day))",
                zone,
            ),
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Rows are found by their ids as quickly as by their account."""
        self.env.flush_all()
        return super()._search(Domain(domain).optimize(self).map_conditions(self._by_source), *args, **kwargs)

    def _by_source(self, condition):
        if condition.field_expr != "id" or condition.operator != "in":
            return condition
        sources = {}
        for number in condition.value:
            rest, query = divmod(number, _QUERIES)
            sources.setdefault(query, []).append(rest)
        parts = [
            SQL(
                "(%(table)s.query = %(query)s AND CASE WHEN %(table)s.is_shared THEN %(table)s.source_id = ANY(%(shared)s)"
                " ELSE %(table)s.source_id = ANY(%(plain)s) END)",
                table=SQL.identifier(self._table),
                query=query,
                plain=rests,
                shared=[rest // _ACCOUNTS for rest in rests],
            )
            for query, rests in sources.items()
        ]
        if not parts:
            return condition
        return condition & Domain.custom(to_sql=lambda *_args: SQL("(%s)", SQL(" OR ").join(parts)))

    @api.model
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """A search shows what is there now: nothing that an earlier one in the same transaction has cached."""
        self.invalidate_model(flush=False)
        return super().search_fetch(domain, field_names, offset=offset, limit=limit, order=order)

    def _search_move_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        ids = [each for each in value if each]
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL("%s && %s::int[]", SQL.identifier(alias, "move_ids"), ids)
        )

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    @api.model
    def _selection_kind(self):
        return list(self.env["collection.account"]._history_kinds().items())

    @api.depends("date", "has_time", "business_date", "company_id")
    def _compute_when(self):
        for row in self:
            local = row.company_id.sudo()._collection_local_time
            row.when = local(row.date) if row.has_time else fields.Date.to_string(row.business_date)

    def _direction_text(self):
        return dict(self._fields["direction"]._description_selection(self.env)).get(self.direction)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_source(self):
        """Open what the row is about; where that is nothing of its own, or is not the user's to see, the account."""
        self.ensure_one()
        if self.res_model in self.env:
            record = self.env[self.res_model].browse(self.res_id).exists()
            if record and record.has_access("read"):
                return record._get_records_action(name=self.reference or self.title)
        return self.account_id.action_open()

    def action_print(self):
        """Choose what of the history is printed; the accounts, or the document, are those of the screen."""
        accounts = self.account_id.ids or self.env.context.get("collection_history_account_ids")
        if not accounts:
            raise UserError(self.env._("Open the history from an account, an invoice or a payer group to print it."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_action_history_print_action"
        )
        action["context"] = {
            "default_account_ids": accounts,
            "default_move_id": self.env.context.get("collection_history_move_id"),
        }
        return action
