from . import account
from . import dispute
from . import reports
