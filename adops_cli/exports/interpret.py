"""What each column of a recognised file means: by the platform's header names, in its order of preference.

Decides by the header alone. Refuses a file if its header shows that it cannot be imported.
"""

from collections.abc import Iterable, Mapping

from adops_cli.exports.columns import extras, periods
from adops_cli.exports.columns.declaration import Named, PlatformFormat
from adops_cli.exports.columns.header import Header, loose
from adops_cli.exports.columns.layout import FigureSource, Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.platforms import CORRECTIONS
from adops_cli.exports.recognise import Recognised, coded, mapping
from adops_cli.measures import FIGURES

_IDENTITY = ("campaign", "campaign_id", "account_id", "account", "currency", "platform", "metadata")


def interpret(file: Recognised, options: ReadOptions) -> Layout:
    """The layout of a file, as far as its header shows it."""
    layout = Layout(file.platform, file.header, file.preamble, _language(file.platform, file.header))
    layout.fates |= {column: f"part of {file.header.cells[base]}" for column, base in file.header.variants.items()}
    finder = _Finder(file.platform, file.header, _mapped(file, options))
    layout.dimensions = finder.dimensions()
    _period(layout, finder)
    for meaning in _IDENTITY:
        column = finder.first(meaning)
        if column is not None:
            layout.columns[meaning] = column
    for figure in FIGURES:
        _figure(layout, finder, figure, options)
    if file.platform.name in CORRECTIONS:
        CORRECTIONS[file.platform.name](layout, options)
    _conversions(layout, options)
    extras.sort(layout)
    return layout


def check(layout: Layout) -> None:
    """Refuse a file that has no day, no campaign or no cost, with advice on how to export it."""
    advice, title = layout.platform.advice, layout.platform.title
    if layout.day is None:
        if layout.period is not None:
            header = layout.header.cells[layout.period]
            raise _refusal(layout, Refusal.NOT_DAILY, f"the figures are by {header!r}, not by day", advice.day)
        raise _refusal(layout, Refusal.NO_DAY_COLUMN, f"the export ({title}) has no column for the day", advice.day)
    if "campaign" not in layout.columns and "campaign_id" not in layout.columns:
        message = f"the export ({title}) has no column for the campaign's name or id"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, advice.campaign)
    if "spend" not in layout.figures:
        message = f"the export ({title}) has no column for the cost"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, advice.spend)


def _refusal(layout: Layout, because: Refusal, message: str, advice: str) -> RefusedError:
    return RefusedError(because, message, advice, platform=layout.platform.name)


class _Finder:
    """Looks up columns by meaning."""

    def __init__(self, platform: PlatformFormat, header: Header, mapped: Mapping[str, int]) -> None:
        self._platform, self._header, self._mapped = platform, header, mapped
        taken = set(mapped.values())
        self._columns: dict[str, int] = {}
        self._coded: dict[str, tuple[int, str]] = {}
        for column, (text, name) in enumerate(zip(header.cells, header.names, strict=True)):
            if column in taken:
                continue
            self._columns.setdefault(name, column)
            if found := coded(text):
                self._coded.setdefault(found[0], (column, found[1]))

    def first(self, meaning: str) -> int | None:
        """The preferred column for a meaning."""
        for column, _, _ in self.every(meaning):
            return column
        return None

    def every(self, meaning: str) -> Iterable[tuple[int, Named, str | None]]:
        """The columns that can hold a meaning, the preferred one first: column, declaration, currency."""
        if meaning in self._mapped:
            column = self._mapped[meaning]
            found = coded(self._header.cells[column])
            yield column, Named({}), found and found[1]
        yield from self.declared(self._platform.columns.get(meaning, ()))

    def declared(self, choices: Iterable[Named]) -> Iterable[tuple[int, Named, str | None]]:
        """The columns that match these declarations."""
        for choice in choices:
            for name in choice.headers:
                if name in self._columns:
                    yield self._columns[name], choice, choice.currency
                elif choice.coded and name in self._coded:
                    column, code = self._coded[name]
                    yield column, choice, code

    def dimensions(self) -> tuple[int, ...]:
        """The columns with names and ids of the campaign and of the levels below it."""
        found = {column for meaning in ("campaign", "campaign_id") for column, _, _ in self.every(meaning)}
        found |= {self._columns[name] for name in self._platform.levels if name in self._columns}
        return tuple(sorted(found))


def _mapped(file: Recognised, options: ReadOptions) -> Mapping[str, int]:
    """`--map` by our meanings: meaning -> column. A file without one of the headers is refused."""
    found: dict[str, int] = {}
    for text, meaning in mapping(options).items():
        cells = file.header.cells
        column = cells.index(text) if text in cells else file.header.find(loose(text))
        if column is None:
            message = f"the file has no column {text!r}, which --map names"
            raise RefusedError(
                Refusal.MISSING_COLUMN,
                message,
                f"Its columns are {', '.join(cells)}",
                platform=file.platform.name,
            )
        found[meaning] = column
    return found


def _language(platform: PlatformFormat, header: Header) -> str | None:
    """The language that most of the known headers are written in."""
    votes: dict[str, int] = {}
    bases = [found[0] for text in header.cells if (found := coded(text))]
    for name in (*header.names, *bases):
        for language in platform.known.get(name, ()):
            votes[language] = votes.get(language, 0) + 1
    votes.pop("own", None)
    return max(sorted(votes, key=_preference), key=votes.__getitem__) if votes else None


def _preference(language: str) -> tuple[bool, str]:
    return language != "en", language


def _period(layout: Layout, finder: _Finder) -> None:
    """The column of days or, if there is none, the columns that show another period."""
    layout.day, layout.period = finder.first("day"), finder.first("period")
    starts, ends = finder.first("starts"), finder.first("ends")
    if layout.day is None and layout.period is None:
        if starts is not None and ends is not None:
            layout.day, layout.ends = starts, ends
        elif starts is not None:
            layout.day, layout.is_lone_start = starts, True
        else:
            layout.period = ends
    elif layout.day is not None and periods.is_start(layout.header.names[layout.day]):
        layout.ends = periods.end_of(layout.header.names[layout.day], layout.header.names)
        layout.is_lone_start = layout.ends is None and periods.is_above(layout.preamble)
    for column in (starts, ends, layout.period):
        if column is not None:
            layout.fates[column] = "ignored: a period"


def _figure(layout: Layout, finder: _Finder, figure: str, options: ReadOptions) -> None:
    choices = finder.every(figure)
    if figure == "clicks" and options.clicks is not None and layout.platform.clicks:
        choices = finder.declared(layout.platform.clicks[options.clicks])
    for column, choice, currency in choices:
        second = next((c for c, _, _ in finder.declared([choice.plus])), None) if choice.plus else None
        columns = (column,) if second is None else (column, second)
        layout.figures[figure] = FigureSource(columns, micros=choice.micros, micros_in_totals=choice.micros)
        if currency is not None and figure == "spend":
            # The currency in the column's own header is more reliable than a currency column next to it.
            layout.currency = currency
            layout.columns.pop("currency", None)
        return
    if figure == "clicks" and options.clicks is not None and layout.platform.clicks:
        message = f"the file has no column for {options.clicks} clicks, which --clicks asks for"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, "Add it to the export, or leave out --clicks")
    for choice in layout.platform.columns.get(figure, ()):
        second = next((c for c, _, _ in finder.declared([choice.plus])), None) if choice.plus else None
        if second is not None:
            layout.figures[figure] = FigureSource((second,), micros=choice.micros, micros_in_totals=choice.micros)


def _conversions(layout: Layout, options: ReadOptions) -> None:
    """`--conversions NAME`: the column with that name, unless a platform's special rule has already used the option."""
    if options.conversions is None or layout.chosen:
        return
    column = layout.header.find(loose(options.conversions))
    if column is None:
        message = f"the file has no conversions called {options.conversions!r}, which --conversions names"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, f"Its columns are {', '.join(layout.header.cells)}")
    layout.figures["conversions"] = FigureSource((column,))
