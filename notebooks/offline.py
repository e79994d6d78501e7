"""Settings of nbconvert for pages that need no network: ``jupyter nbconvert --config notebooks/offline.py --to html …``."""

c = get_config()  # traitlets gives it to its configuration files

# The tables that widgets carry, in place of live widgets, which would be fetched; nor is their state of any use then.
c.NbConvertBase.display_data_priority = ["text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain"]
c.ClearMetadataPreprocessor.enabled = True
c.ClearMetadataPreprocessor.clear_cell_metadata = False

# Only live widgets and formulas need these two; by default they come from a CDN.
c.HTMLExporter.require_js_url = ""
c.HTMLExporter.mathjax_url = ""
