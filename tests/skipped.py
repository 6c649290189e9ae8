#!/usr/bin/env python3
"""skipped.py REPORT.xml …: the tests that did not run, each by name with the reason. xUnit writes the reports."""
import sys
import xml.etree.ElementTree as xml

for report in sys.argv[1:]:
    for test in xml.parse(report).iter("test"):
        if test.get("result") == "Skip":
            reason = test.find("reason")
            print(f"skipped: {test.get('name')}: {reason.text.strip() if reason is not None and reason.text else 'no reason'}")
