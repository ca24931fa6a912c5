from . import account
from . import reports
