from . import account
from . import dunning
from . import reports
