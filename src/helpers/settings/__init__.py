"""What stands in ``workbook.toml``, as typed settings: a section a module, all of them in `helpers.settings.config`."""
