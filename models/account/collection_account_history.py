from odoo import api, models
from odoo.tools import SQL

# What a row of the history says: column to its SQL type. Every room's query has all of them, in this order.
COLUMNS = {
    "source_id": "integer",
    "account_id": "integer",
    "kind": "varchar",
    "moment": "timestamp",
    "day": "date",
    "is_early": "boolean",
    "is_internal": "boolean",
    "is_shared": "boolean",
    "direction": "varchar",
    "title": "text",
    "reference": "text",
    "note": "text",
    "user_id": "integer",
    "contact_id": "integer",
    "amount": "numeric",
    "currency_id": "integer",
    "res_model": "varchar",
    "res_id": "integer",
    "move_ids": "integer[]",
    "files": "text",
}
_DEFAULTS = {"is_early": False, "is_internal": False, "is_shared": False}


class CollectionAccount(models.Model):
    """The action history (SPEC §9) as the rooms feed it: whatever was done about a customer, in rows of one form.

    A room adds its own by two overrides, and names in them nothing but its own tables and those below::

        @api.model
        def _history_kinds(self):
            return {**super()._history_kinds(), "letter": self.env._("Letter")}

        @api.model
        def _history_queries(self):
            letters = self._history_query(
                SQL("collection_letter l WHERE l.state = 'printed'"),
                kind="letter",
                source_id=SQL("l.id"),
                account_id=SQL("l.account_id"),
                moment=SQL("l.printed_at"),
                title=self.env._("Letter printed"),
                …
            )
            return [*super()._history_queries(), letters]
    """

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        """The kinds of actions, to filter and group by: technical name to label, in the order of the search panel."""
        _ = self.env._
        return {
            "invoice": _("Invoice"),
            "credit_note": _("Credit note"),
            "payment": _("Payment"),
            "bounce": _("Bounced payment"),
            "entry": _("Journal entry"),
            "sending": _("Document sent"),
            "hold": _("Hold"),
            "worklist": _("Worklist"),
            "stage": _("Stage"),
            "assignment": _("Assignment"),
            "approval": _("Approval"),
        }

    @api.model
    def _history_queries(self):
        """The rows of each room: a list of `SQL` made by `_history_query`.

        One query should start from one table that an index finds by account, and neither sort nor group: the account that is
        asked for is pushed down into each of them. Voided records and drafts do not belong to the history (SPEC §0).
        """
        return [*self._history_ledger_queries(), *self._history_work_queries()]

    @api.model
    def _history_query(self, source, **values):
        """One query of the history.

        :param source: `SQL` of what follows FROM, with its joins and WHERE
        :param values: `SQL` over the source, or plain values; what is left out is empty:

            - `source_id`: id of the row that the action is kept in, unique within the query (with `is_shared`: for an account)
            - `account_id`: the customer's account; with `is_shared` true, one row for each of several
            - `kind`: a key of `_history_kinds`
            - `moment`: when (timestamp in UTC). `day`: the business date, where that is what was kept; the moment then counts only
              if it lies on that day. Without one, the row stands at the end of its day, or with `is_early` at its beginning
            - `title`: what was done, in a few words; `reference`: the record's number; `note`: the text that people wrote
            - `direction`: ``in`` or ``out``
            - `is_internal`: true for what only the own office is concerned with
            - `user_id`: who did it; `contact_id`: with or by whom at the customer's (`res.partner`)
            - `amount`, `currency_id`
            - `res_model`, `res_id`: what a click opens
            - `move_ids`: array of the documents it is about: the action stands in their history too
            - `files`: names of attached files, as text
        """
        unknown = values.keys() - COLUMNS.keys()
        assert not unknown, f"{unknown} are no columns of the history"
        columns = SQL(", ").join(
            SQL("CAST(%s AS %s) AS %s", {**_DEFAULTS, **values}.get(name), SQL(kind), SQL.identifier(name))  # pylint: disable=sql-injection
            for name, kind in COLUMNS.items()
        )
        return SQL("SELECT %s FROM %s", columns, source)

    # ------------------------------------------------------------------
    # Parts of queries
    # ------------------------------------------------------------------

    @api.model
    def _history_case(self, value, labels):
        """`SQL` that turns values into labels.

        :param value: `SQL`
        :param labels: dict of value to label, or the name of a selection field as ``model.field``
        """
        if isinstance(labels, str):
            model, _dot, name = labels.rpartition(".")
            labels = dict(self.env[model]._fields[name]._description_selection(self.env))
        return SQL(
            "CASE %s %s ELSE NULL END",
            value,
            SQL(" ").join(SQL("WHEN %s THEN %s", key, label) for key, label in labels.items()),
        )

    @api.model
    def _history_text(self, *parts, by="\n"):
        """`SQL` of texts joined, empty ones left out."""
        return SQL("CONCAT_WS(%s, %s)", by, SQL(", ").join(SQL("NULLIF(TRIM(%s), '')", part) for part in parts))

    @api.model
    def _history_moves(self, path, record):
        """`SQL` array of the documents of a record.

        :param path: ``model.field``: documents (Many2many), or lines (One2many) each with a `move_id`
        :param record: `SQL` of the record's id
        """
        table, own, other = self._history_relation(path)
        return SQL(
            "ARRAY(SELECT t.%(other)s FROM %(table)s t WHERE t.%(own)s = %(record)s AND t.%(other)s IS NOT NULL)",
            other=SQL.identifier(other),
            table=SQL.identifier(table),
            own=SQL.identifier(own),
            record=record,
        )

    @api.model
    def _history_files(self, path, record):
        """`SQL` text with the names of the attachments that a Many2many field, ``model.field``, gives a record."""
        table, own, other = self._history_relation(path)
        return SQL(
            """(SELECT STRING_AGG(f.name, ', ' ORDER BY f.id) FROM %(table)s t JOIN ir_attachment f ON f.id = t.%(other)s
                 WHERE t.%(own)s = %(record)s)""",
            other=SQL.identifier(other),
            table=SQL.identifier(table),
            own=SQL.identifier(own),
            record=record,
        )

    @api.model
    def _history_relation(self, path):
        """Table, own and other column behind a field, given as ``model.field``."""
        model, _dot, name = path.rpartition(".")
        field = self.env[model]._fields[name]
        if field.type == "one2many":
            return self.env[field.comodel_name]._table, field.inverse_name, "move_id"
        return field.relation, field.column1, field.column2
