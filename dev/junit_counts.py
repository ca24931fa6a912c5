"""Prints how many tests of a JUnit report passed, failed and were skipped. Its own totals count subtests as tests too."""

import sys
from collections import Counter
from xml.etree import ElementTree

outcomes = {}
for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    test = case.get("classname"), case.get("name")
    found = {child.tag for child in case}
    outcome = "failed" if found & {"failure", "error"} else "skipped" if "skipped" in found else "passed"
    if outcomes.get(test) != "failed":
        outcomes[test] = outcome
counts = Counter(outcomes.values())
print(counts["passed"], counts["failed"], counts["skipped"])
