#!/bin/sh
# XlsxWriter writes a name between <r> and </r> as markup of the workbook.
#
# In constant memory, which long listings need, XlsxWriter keeps rich text as
# the markup that it becomes, beside plain text, and tells them apart by how they
# begin and end. A name from outside that looks like it is not escaped: it is
# shown as another name, or makes a workbook that no program opens. No error, no
# warning.
#
# Whoever writes names from outside in constant memory meets this.
# Way out: write_rich_string() with the text in three parts.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 python-calamine==0.9.1 2>pip.log ||
  { cat pip.log; exit 2; }

seen=$(venv/bin/python - <<'END'
import python_calamine
import xlsxwriter

book = xlsxwriter.Workbook("names.xlsx", {"constant_memory": True})
book.add_worksheet().write_string(0, 0, "<r><t>Brand</t></r>")
book.close()
print(python_calamine.CalamineWorkbook.from_path("names.xlsx").get_sheet_by_index(0).to_python()[0][0])
END
)

echo "version   xlsxwriter $(venv/bin/python -c 'import xlsxwriter; print(xlsxwriter.__version__)')"
echo "expected  <r><t>Brand</t></r>"
echo "seen      $seen"
test "$seen" = "Brand" || { echo "This has changed."; exit 1; }
