"""Recordings: what a run has done, kept on the disk so that it can be listed, continued and seen again.

A recording is a folder. Only the journal is ever appended to; every other file is written whole and never changed.

    recording.json       format, version, program, title, when it was started (UTC), and the experiment of every arm
    journal.jsonl        one entry a line: the CRC-32 of what follows in hexadecimal, a blank, a JSON object. A line
                         that does not fit its checksum was never completely written. The `kind` of an entry is
        arms             letter, name and strand of every arm from now on (what a strand is, `pieces` explains)
        fork             a strand that begins with the first `iteration` iterations of the strand `from`
        changes          what a person did to a strand; the first `after` changes stay as they were in earlier entries
        lesson           what a person did in a lesson: its title, the number of the step, the stage of it that was come
                         to ("choose" an answer, "run" with the `answer` that was given, "shown" and whether that was
                         `right`, "task", "solved", "skipped", …), the iteration shown, the `hints` and, in a case, the
                         panels `looked` at; as in `changes`, the first `after` steps stay as they were
        finding          whether a finding holds from an iteration on
        summary          where every arm stands; `left` if the program was left properly
        resumed          the run goes on from its state at this iteration: what comes later in earlier entries is void
    piece-000012.npz     losses and evaluations, see `pieces`
    keyframes-000013.npz keyframes, see `pieces`
    state-000014.npz     everything from which the run goes on bit for bit, see `state`; the newest two are kept
    lock                 locked (flock) by the program that writes the recording

Numbers grow in the order of writing: the pieces that belong to a state have smaller ones. Non-finite numbers are null
in JSON. A program that finds a newer version than its own does not read the recording. Within a version entries of
other kinds, and other fields, may be added: a program passes over those that it does not know.
"""
