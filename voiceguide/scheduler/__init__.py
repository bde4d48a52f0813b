"""The session scheduler: what happens, in which words, and when. Pure functions, stdlib only.

    mapping ─▶ Routine ─▶ Plan ─▶ words of each step ─▶ Timeline
                routine    plan    script                timeline

No files, no clock, no sound: the length of words is asked of a callable, `measure(spoken) -> milliseconds`.
"""
