#!/usr/bin/env bash
# papermill, and the report of customer 0012
#
# One would guess: -p customer 0012, -y "customer: 0012" and a parameters file with the same line ask for the same
# customer; and if that is not the text 0012 it is 12 by all ways.
#
# What really happens: -p makes the whole number 12 of it, -y and -f make 10, since YAML reads a number that begins
# with 0 as octal; 0089 is no octal number, so YAML leaves that one the text 0089, while -p has 89. With 10_01 both
# make 1001. The notebook runs, with another customer than was asked for wherever there is one of that number, and the
# exit code is 0. -r keeps the text as it is.
#
# Seen with papermill 2.7.0, PyYAML 6.0.4, nbformat 5.10.4 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "papermill==2.7.0" "PyYAML==6.0.4" "nbformat==5.10.4"
cd "$folder"
cat > make.py <<'PYTHON'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook

cell = new_code_cell('customer = ""', metadata={"tags": ["parameters"]})
kernel = {"name": "python3", "display_name": "Python", "language": "python"}
nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": kernel}), "card.ipynb")
PYTHON
cat > ask.py <<'PYTHON'
import subprocess
import sys

import nbformat


def asked_for(*options):
    command = [sys.executable, "-m", "papermill", "card.ipynb", "out.ipynb", "--prepare-only", "--no-progress-bar", *options]
    subprocess.run(command, check=True, capture_output=True)
    (cell,) = [each for each in nbformat.read("out.ipynb", 4).cells if "injected-parameters" in each.metadata.get("tags", [])]
    return cell.source.split("customer = ")[1].strip()


seen = {}
for customer in ("0012", "0089", "10_01"):
    with open("asked.yaml", "w") as file:
        file.write(f"customer: {customer}\n")
    seen[customer] = [asked_for("-p", "customer", customer), asked_for("-y", f"customer: {customer}"),
                      asked_for("-f", "asked.yaml"), asked_for("-r", "customer", customer)]
    print(f"{customer}: -p {seen[customer][0]}, -y {seen[customer][1]}, -f {seen[customer][2]}, -r {seen[customer][3]}")
assert seen["0012"] == ["12", "10", "10", '"0012"'], "no longer so: all ways ask for one customer"
assert seen["0089"] == ["89", '"0089"', '"0089"', '"0089"']
assert seen["10_01"] == ["1001", "1001", "1001", '"10_01"']
PYTHON
"$folder/venv/bin/python" make.py
"$folder/venv/bin/python" ask.py
# 0012: -p 12, -y 10, -f 10, -r "0012"
# 0089: -p 89, -y "0089", -f "0089", -r "0089"
# 10_01: -p 1001, -y 1001, -f 1001, -r "10_01"
