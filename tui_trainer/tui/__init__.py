"""The screen: panels draw snapshots into cells, a painter sends the cells that changed, the app hears the keys."""
