"""What a person sees of a run, as pure functions of a snapshot: panels, header, verdict, layout, keys."""
