from . import account
from . import promise
from . import reports
