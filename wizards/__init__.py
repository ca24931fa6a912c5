from . import account
from . import promise
from . import approval
from . import reports
