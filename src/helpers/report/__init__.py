"""From notebooks to a pack that managers read without Jupyter."""

import sys

# jsonschema, which reading a notebook needs, looks for this optional package. Importing it takes a second and
# all it does is check web addresses (RFC 3987), which notebooks have none of. None makes that import fail at
# once, as jsonschema expects of a package that is not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
