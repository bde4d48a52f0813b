"""`python -m voiceguide` is the same as `voiceguide`."""

from __future__ import annotations

from voiceguide.commands import main

if __name__ == "__main__":
    main()
