"""The Textual app: it reads keys, has the dashboard draw snapshots into cells, and sends the cells that changed."""
