import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools.csv_file import write_rows
from .collection_golive_kind import sound


class CollectionGolive(models.Model):
    _name = "collection.golive"
    _description = "Go-Live Import"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"

    name = fields.Char(string="Reference", required=True, readonly=True, default="/")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(selection="_selection_kind", required=True, readonly=True)
    file_name = fields.Char(string="File", readonly=True)
    user_id = fields.Many2one("res.users", string="Imported By", readonly=True, required=True)
    date = fields.Datetime(string="When", readonly=True, required=True)
    line_count = fields.Integer(string="Lines", readonly=True)
    imported_count = fields.Integer(string="Imported", readonly=True)
    same_count = fields.Integer(string="Unchanged", readonly=True, help="Lines that said what was known already.")
    error_count = fields.Integer(string="Refused", readonly=True, help="Lines with errors, which were left out.")
    warning_count = fields.Integer(string="Warnings", readonly=True)
    problem_file = fields.Binary(string="Errors and Warnings", readonly=True, attachment=False)
    problem_file_name = fields.Char(compute="_compute_problem_file_name")

    @api.depends("name")
    def _compute_problem_file_name(self):
        for golive in self:
            golive.problem_file_name = f"{golive.name.replace('/', '-')}.csv"

    def _guarded_fields(self):
        return frozenset(self._fields)

    # ------------------------------------------------------------------
    # Kinds
    # ------------------------------------------------------------------

    @api.model
    def _golive_kinds(self):
        """Technical name → model of every kind of file, in the order in which they are best imported. Rooms add theirs."""
        return {
            "collector": "collection.golive.collector",
            "note": "collection.golive.note",
            "hold": "collection.golive.hold",
        }

    @api.model
    def _selection_kind(self):
        return [(kind, self.env[model]._title()) for kind, model in self._golive_kinds().items()]

    @api.model
    def _kind_model(self, kind):
        return self.env[self._golive_kinds()[kind]]

    # ------------------------------------------------------------------
    # Checking and importing
    # ------------------------------------------------------------------

    @api.model
    def _check_allowed(self, company):
        """Only managers import, for companies that they work in.

        :raise AccessError: somebody else
        """
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only AR managers import files at go-live."))
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in this company."))

    @api.model
    def _check_file(self, kind, content, company, options):
        """What importing a file would do: a list of `Row` (see `collection.golive.kind`)."""
        self._check_allowed(company)
        return self._kind_model(kind)._check_content(content, company, options)

    @api.model
    def _import_file(self, kind, rows, company, file_name):
        """Import the sound lines that say something new, all in this transaction, and log it.

        :param rows: of `_check_file`, in the same transaction, after `_lock_company`
        :return: the log entry
        """
        self._check_allowed(company)
        good = sound(rows)
        new = [row for row in good if row.is_new]
        # Nobody writes the log; what a file says is written for every portfolio of the company.
        quiet = self.sudo().with_company(company).with_context(tracking_disable=True, mail_create_nosubscribe=True)
        golive = quiet._unguarded().create(
            {
                "name": self.env["ir.sequence"].sudo().next_by_code("collection.golive") or "/",
                "company_id": company.id,
                "kind": kind,
                "file_name": file_name,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "line_count": len(rows),
                "imported_count": len(new),
                "same_count": len(good) - len(new),
                "error_count": len(rows) - len(good),
                "warning_count": sum(len(row.warnings) for row in good),
                "problem_file": self._problem_file(self._problems(kind, rows)),
            }
        )
        if new:
            quiet._kind_model(kind)._import(new, golive.with_context(**quiet.env.context))
        return golive.with_env(self.env)

    @api.model
    def _lock_company(self, company):
        """Keep a second import of the company out until this transaction ends.

        :raise UserError: somebody else is importing
        """
        # A new version of the row with the old values: an import that began earlier ends with a conflict, and is repeated.
        query = SQL("SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", company.id)
        self.env.cr.execute(query, log_exceptions=False)
        if not self.env.cr.fetchall():
            raise UserError(
                self.env._(
                    "Another import or run of %(company)s is being made. Try again in a minute.", company=company.name
                )
            )
        self.env.cr.execute(
            SQL("UPDATE res_company SET write_date = write_date WHERE id = %s", company.id), log_exceptions=False
        )

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.model
    def _problems(self, kind, rows):
        """Errors and warnings as a list of (line, column's label, is an error, cell, message)."""
        labels = {column.name: column.label for column in self._kind_model(kind)._columns()}
        return [
            (row.line, labels.get(column, ""), is_error, row.values.get(column) or "", message)
            for row in rows
            for is_error, told in ((True, row.errors), (False, row.warnings))
            for column, message in told
        ]

    @api.model
    def _problem_file(self, problems):
        """Errors and warnings as a CSV file (base64); empty where there are none."""
        if not problems:
            return False
        kinds = {True: self.env._("Error"), False: self.env._("Warning")}
        header = [
            self.env._("Line"),
            self.env._("Kind"),
            self.env._("Column"),
            self.env._("Cell"),
            self.env._("Message"),
        ]
        rows = [(line, kinds[is_error], column, cell, text) for line, column, is_error, cell, text in problems]
        return base64.b64encode(write_rows([header, *rows]))

    @api.model
    def _template(self, kind):
        """A file to start from, with example lines (base64)."""
        columns = self._kind_model(kind)._columns()
        examples = zip(*(column.examples for column in columns))
        return base64.b64encode(write_rows([[column.label for column in columns], *examples]))
