from . import account
from . import approval
from . import reports
