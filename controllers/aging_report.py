from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AgingReport(http.Controller):
    @http.route("/collections/aging.xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def aging_xlsx(self, company_id, as_of, items="", **_options):
        """The aging report of one of the user's companies as a workbook.

        :param as_of: ISO date
        :param items: not empty: with a sheet of all items
        """
        try:
            company_id, day = int(company_id), fields.Date.to_date(as_of)
        except ValueError as error:
            raise BadRequest() from error
        env = request.env(context={**request.env.context, "allowed_company_ids": [company_id]})
        company = env.companies  # refused for a company that is not the user's
        content = env["collection.aging.report"]._export_xlsx(company, day, items=bool(items))
        name = env._("Aging %(company)s %(date)s.xlsx", company=company.name, date=day)
        return request.make_response(
            content, [("Content-Type", XLSX), ("Content-Disposition", content_disposition(name))]
        )
