from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """The web client counts days from the company's business date too."""
        info = super().session_info()
        if self.env.user._is_internal():
            info["collection_tz"] = self.env.company._collection_timezone().zone
        return info
