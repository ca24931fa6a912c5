from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Reconciliation(http.Controller):
    @http.route("/collections/reconciliation.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def reconciliation_xlsx(self, worksheet_id, **_options):
        """A reconciliation worksheet of the user's own as a workbook."""
        if not worksheet_id.isdigit():
            raise BadRequest()
        worksheet = request.env["collection.reconciliation"].search([("id", "=", int(worksheet_id))])
        if not worksheet:
            raise NotFound()
        name = f"{worksheet._file_name()}.xlsx"
        return request.make_response(
            worksheet._export_xlsx(), [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        )
