from . import account
from . import approval
from . import dunning
from . import reports
