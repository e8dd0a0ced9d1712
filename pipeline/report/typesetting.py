"""typst, in one place: it starts threads, and a process that has them forks no more."""

import typst

from pipeline.fresh import workers


def typeset(source: str, form: str, **settings: object) -> bytes:
    """The source compiled to `pdf`, `png` or `svg` (one page), with typst's own fonts or those of
    `font_paths`, never the system's.

    Source: settings as `typst.compile` takes them.
    """
    workers.fork_no_more()
    # The stub's overloads miss bytes in, bytes out.
    content: bytes = typst.compile(  # type: ignore[call-overload,unused-ignore]
        source.encode(), format=form, ignore_system_fonts=True, **settings
    )
    return content
