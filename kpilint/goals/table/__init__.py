"""Goals kept in a spreadsheet: a table becomes the nodes that YAML would have become."""
