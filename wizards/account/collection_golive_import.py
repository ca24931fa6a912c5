import base64

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.account.collection_golive_kind import Options, sound

# As many problems are listed on screen; the file to download has all of them.
SHOWN = 500


class CollectionGoliveImport(models.TransientModel):
    _name = "collection.golive.import"
    _description = "Import a Go-Live File"

    state = fields.Selection(
        [("choose", "File"), ("checked", "Check"), ("done", "Done")], default="choose", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        selection=lambda self: self.env["collection.golive"]._selection_kind(),
        string="What the File Holds",
        required=True,
        default=lambda self: next(iter(self.env["collection.golive"]._golive_kinds())),
    )
    file = fields.Binary(string="CSV File", attachment=False)
    file_name = fields.Char()
    date_order = fields.Selection(
        [("mdy", "12/31/2026"), ("dmy", "31.12.2026"), ("ymd", "2026/12/31")],
        string="Dates Like",
        required=True,
        default=lambda self: self._default_date_order(),
        help="2026-12-31 is always understood.",
    )
    decimal_mark = fields.Selection(
        [("point", "1,234.56"), ("comma", "1.234,56")],
        string="Amounts Like",
        required=True,
        default=lambda self: self._default_decimal_mark(),
    )
    column_help = fields.Char(string="Columns", compute="_compute_column_help")
    template_file = fields.Binary(compute="_compute_template_file")

    new_count = fields.Integer(string="To Import", readonly=True)
    same_count = fields.Integer(string="Unchanged", readonly=True)
    error_count = fields.Integer(string="With Errors", readonly=True)
    warning_count = fields.Integer(string="Warnings", readonly=True)
    hidden_count = fields.Integer(readonly=True)
    problem_ids = fields.One2many("collection.golive.import.problem", "wizard_id", readonly=True)
    problem_file = fields.Binary(readonly=True, attachment=False)
    golive_id = fields.Many2one("collection.golive", readonly=True)

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def _default_date_order(self):
        """As the user's language writes dates."""
        order = "".join(sign for sign in self._language().date_format if sign in "dmyY").lower()
        return {"dmy": "dmy", "ymd": "ymd"}.get(order, "mdy")

    @api.model
    def _default_decimal_mark(self):
        return "comma" if self._language().decimal_point == "," else "point"

    @api.model
    def _language(self):
        return self.env["res.lang"]._lang_get(self.env.user.lang or "en_US")

    @api.depends("kind")
    def _compute_column_help(self):
        Golive = self.env["collection.golive"]
        for wizard in self:
            columns = Golive._kind_model(wizard.kind)._columns() if wizard.kind else []
            names = [f"{column.label}*" if column.required else column.label for column in columns]
            wizard.column_help = ", ".join(names)

    @api.depends("kind")
    def _compute_template_file(self):
        for wizard in self:
            wizard.template_file = wizard.kind and self.env["collection.golive"]._template(wizard.kind)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_check(self):
        """Dry run: read the file and list what is wrong with it; nothing is imported."""
        self.ensure_one()
        self._show(self._check())
        return self._reopen()

    def action_import(self):
        """Import a file in which nothing is wrong."""
        return self._import(lambda rows: not self.error_count)

    def action_import_good(self):
        """Import the lines without errors, after having seen which are left out."""
        return self._import(lambda rows: True)

    def action_back(self):
        """Choose another file."""
        self.ensure_one()
        self.write({"state": "choose", "file": False, "file_name": False, "golive_id": False})
        return self._reopen()

    def action_template(self):
        """Download a file to start from."""
        self.ensure_one()
        return self._download("template_file", f"{self.kind}.csv")

    def action_problems(self):
        """Download all errors and warnings."""
        self.ensure_one()
        return self._download("problem_file", self.env._("Errors in %s", self.file_name or "file.csv"))

    def action_view_golive(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_golive_action")
        return {**action, "target": "main"}

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _check(self):
        if not self.file:
            raise UserError(self.env._("Choose a file first."))
        content = base64.b64decode(self.with_context(bin_size=False).file)
        return self.env["collection.golive"]._check_file(self.kind, content, self.company_id, self._options())

    def _options(self):
        return Options(self.date_order, self.decimal_mark)

    def _import(self, is_fine):
        """Check once more, as things stand now, and import; where other problems came up since, these are shown instead."""
        self.ensure_one()
        Golive = self.env["collection.golive"]
        Golive._check_allowed(self.company_id)
        if self.state != "checked":
            raise UserError(self.env._("Check the file first."))
        Golive._lock_company(self.company_id)
        seen = self._problem_list()
        rows = self._check()
        self._show(rows)
        if self._problem_list() == seen and is_fine(rows):
            golive = Golive._import_file(self.kind, rows, self.company_id, self.file_name)
            self.write({"state": "done", "golive_id": golive.id})
        return self._reopen()

    def _problem_list(self):
        return self.with_context(bin_size=False).problem_file

    def _show(self, rows):
        Golive = self.env["collection.golive"]
        problems = Golive._problems(self.kind, rows)
        good = sound(rows)
        shown = [
            {"line": line, "column": column, "is_error": is_error, "cell": str(cell)[:80], "message": message}
            for line, column, is_error, cell, message in sorted(problems, key=lambda each: not each[2])[:SHOWN]
        ]
        self.write(
            {
                "state": "checked",
                "new_count": sum(row.is_new for row in good),
                "same_count": sum(not row.is_new for row in good),
                "error_count": len(rows) - len(good),
                "warning_count": sum(len(row.warnings) for row in good),
                "hidden_count": max(0, len(problems) - SHOWN),
                "problem_ids": [Command.clear(), *(Command.create(values) for values in shown)],
                "problem_file": Golive._problem_file(problems),
                "file": False if any(row.is_secret for row in rows) else self.with_context(bin_size=False).file,
            }
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Go-Live Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _download(self, field, name):
        url = f"/web/content/{self._name}/{self.id}/{field}/{name}?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}


class CollectionGoliveImportProblem(models.TransientModel):
    _name = "collection.golive.import.problem"
    _description = "Problem in a Go-Live File"
    _order = "is_error desc, line, id"

    wizard_id = fields.Many2one("collection.golive.import", required=True, index=True, ondelete="cascade")
    line = fields.Integer(readonly=True, aggregator=None)
    column = fields.Char(readonly=True)
    is_error = fields.Boolean(readonly=True)
    kind = fields.Char(string="Problem", compute="_compute_kind")
    cell = fields.Char(readonly=True)
    message = fields.Char(string="What Is Wrong", readonly=True)

    @api.depends("is_error")
    def _compute_kind(self):
        for problem in self:
            problem.kind = self.env._("Error") if problem.is_error else self.env._("Warning")
