"""Values that are kept in the metadata of a day under a name of their own: named conversions, and further figures."""

from adops_cli.exports.columns.header import loose
from adops_cli.exports.columns.layout import FigureSource, Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError


def keep(layout: Layout, options: ReadOptions) -> None:
    """`--conversions NAME=KEY`: columns with these names, as far as a special rule does not know them."""
    for name, key in options.kept.items():
        column = layout.header.find(loose(name))
        if column is not None:
            layout.further[key] = FigureSource((column,))
            if column not in layout.meanings:
                layout.fates[column] = f"metadata, as {key}"
        elif not layout.chosen:
            raise without(layout, name)


def keep_figures(layout: Layout) -> None:
    """Further figures that are one of the five, too, or a part of one: Apple's installs are its conversions."""
    for source in [*layout.figures.values()]:
        for column in source.columns if source.special is None else ():
            name = layout.platform.further.get(layout.header.names[column])
            if name is not None and name not in layout.extras.values():
                layout.further.setdefault(name, FigureSource((column,)))


def without(layout: Layout, name: str) -> RefusedError:
    """The error for a file without the conversions that the user names."""
    return RefusedError(
        Refusal.MISSING_COLUMN,
        f"the file has no conversions called {name!r}, which --conversions names",
        f"Its columns are {', '.join(layout.header.cells)}",
        platform=layout.platform.name,
    )
