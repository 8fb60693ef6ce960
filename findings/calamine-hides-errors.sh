#!/bin/sh
# python-calamine reads `#DIV/0!` as an empty cell, and so an unfinished formula.
#
# A cell with an error has a value in the file: the error's text. A formula that
# was written by a program and never calculated by a spreadsheet has none. Both
# come out as "", like a cell that was left blank, so that a sum is short by them
# and nothing says so. openpyxl tells both: `#DIV/0!`, and None.
#
# Whoever reads reports that people have worked on meets this. Way out: look for
# cells with t="e", and for formulas without a value, in the XML of the sheet.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  python-calamine==0.9.1 openpyxl==3.1.5 >pip.log 2>&1 || { cat pip.log; exit 2; }

cat >find.py <<'END'
import re
import zipfile

import openpyxl
from python_calamine import CalamineWorkbook

book = openpyxl.Workbook()
book.active.append(["spend"])
book.active.append(["=1/0"])
book.active.append(["=2*3"])
book.active.append([4])
book.save("written.xlsx")

# As a spreadsheet program would save it: with the error that A2 has.
with zipfile.ZipFile("written.xlsx") as old, zipfile.ZipFile("report.xlsx", "w") as new:
    for name in old.namelist():
        text = old.read(name)
        if name == "xl/worksheets/sheet1.xml":
            text = re.sub(rb'<c r="A2"[^>]*>.*?</c>', b'<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', text)
        new.writestr(name, text)

print([value for (value,) in CalamineWorkbook.from_path("report.xlsx").get_sheet_by_index(0).to_python()])
END
seen=$(venv/bin/python find.py)

echo "version   $(venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -i calamine | tr -s ' ')"
echo "expected  ['spend', '#DIV/0!', what tells it from a blank, 4.0]"
echo "seen      $seen"
test "$seen" = "['spend', '', '', 4.0]" || { echo "This has changed."; exit 1; }
