"""``[calendar]`` of ``workbook.toml``."""
