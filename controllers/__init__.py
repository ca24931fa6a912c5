from . import aging_report
from . import reconciliation
