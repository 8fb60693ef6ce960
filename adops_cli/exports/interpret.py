"""What each column of a recognised file means: by the platform's header names, in its order of preference.

Decides by the header alone. Refuses a file if its header shows that it cannot be imported.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from adops_cli.exports.cells.currencies import Stated, in_lines
from adops_cli.exports.columns import attributes, extras, kept, meanings, periods, splits
from adops_cli.exports.columns.declaration import Named, PlatformFormat
from adops_cli.exports.columns.header import Header, loose, says_micros
from adops_cli.exports.columns.layout import MONEY, FigureSource, Layout
from adops_cli.exports.export import ReadOptions, Refusal, RefusedError
from adops_cli.exports.platforms import CORRECTIONS
from adops_cli.exports.recognise import Recognised, coded, mapping
from adops_cli.measures import FIGURES

_PERIOD = "ignored: a period"
_IDENTITY = ("campaign", "campaign_id", "account_id", "account", "currency", "platform", "attribution", "metadata")


def interpret(file: Recognised, options: ReadOptions) -> Layout:
    """The layout of a file, as far as its header shows it."""
    layout = Layout(file.platform, file.header, file.preamble, _language(file.platform, file.header))
    layout.fates |= {column: f"part of {file.header.cells[base]}" for column, base in file.header.variants.items()}
    finder = _Finder(file.platform, file.header, _mapped(file, options), options.currency)
    layout.dimensions = finder.dimensions()
    _period(layout, finder)
    for meaning in _IDENTITY:
        column = finder.first(meaning)
        if column is not None:
            layout.columns[meaning] = column
    if options.level == "group":
        _by_group(layout, finder)
    for figure in FIGURES:
        _figure(layout, finder, figure, options)
    if layout.currency is None and finder.first("currency") is None and (above := in_lines(file.preamble)) is not None:
        _state(layout, above, options)
    if file.platform.name in CORRECTIONS:
        CORRECTIONS[file.platform.name](layout, options)
    _conversions(layout, options)
    kept.keep(layout, options)
    _money_unit(layout, options)
    layout.splits = splits.find(layout)
    _attributes(layout, finder)
    extras.sort(layout)
    kept.keep_figures(layout)
    _unconfirmed(layout)
    return layout


def _attributes(layout: Layout, finder: "_Finder") -> None:
    """The columns that say something of the campaign, as far as they mean nothing else."""
    periods = {column for column, fate in layout.fates.items() if fate == _PERIOD}
    taken = {*layout.meanings, *layout.dimensions, *layout.fates, *layout.splits.known}
    layout.attributes = attributes.find(
        layout.platform.attributes,
        layout.header.names,
        frozenset(range(len(layout.header.cells))) - taken,
        frozenset(periods - layout.meanings.keys()),
        rows_are_below=not finder.campaigns() >= set(layout.dimensions),
    )
    layout.fates |= {column: f"{name.replace('_', ' ')} of the campaign" for name, column in layout.attributes.items()}
    if "account" in layout.columns:
        layout.attributes["account_name"] = layout.columns["account"]


def _unconfirmed(layout: Layout) -> None:
    names, cells = layout.header.names, layout.header.cells
    bases = {column: found[0] for column, text in enumerate(cells) if (found := coded(text))}
    used = [
        column
        for column in sorted(layout.meanings)
        if not layout.platform.unconfirmed.isdisjoint({names[column], bases.get(column, "")})
    ]
    if used:
        columns = ", ".join(f"{cells[column]} = {layout.meanings[column]}" for column in used)
        layout.notices.append(
            f"what {layout.platform.title} means by these columns is not confirmed: {columns}; check the figures, "
            "and use --map if a column means something else"
        )


def _refusal(layout: Layout, because: Refusal, message: str, advice: str) -> RefusedError:
    return RefusedError(because, message, advice, platform=layout.platform.name)


class _Finder:
    """Looks up columns by meaning."""

    def __init__(
        self, platform: PlatformFormat, header: Header, mapped: Mapping[str, int], currency: str | None
    ) -> None:
        self._platform, self._header, self._mapped = platform, header, mapped
        taken = set(mapped.values())
        self._columns: dict[str, int] = {}
        self._coded: dict[str, tuple[int, Stated]] = {}
        """If there are several, the one in the wanted currency, else the first."""
        for column, (text, name) in enumerate(zip(header.cells, header.names, strict=True)):
            if column in taken:
                continue
            self._columns.setdefault(name, column)
            if found := coded(text):
                base, stated = found
                if base not in self._coded or (currency in stated.fits and currency not in self._coded[base][1].fits):
                    self._coded[base] = column, stated

    def first(self, meaning: str) -> int | None:
        """The preferred column for a meaning."""
        for column, _, _ in self.every(meaning):
            return column
        return None

    def every(self, meaning: str) -> Iterable[tuple[int, Named, Stated | None]]:
        """The columns that can hold a meaning, the preferred one first: column, declaration, currency."""
        if meaning in self._mapped:
            column = self._mapped[meaning]
            means = _meaning(self._platform, self._header, meaning, column)
            yield column, Named({}, means=means), self._stated(column)
        yield from self.declared(self._platform.columns.get(meaning, ()))

    def _stated(self, column: int) -> Stated | None:
        found = coded(self._header.cells[column])
        return found and found[1]

    def declared(self, choices: Iterable[Named]) -> Iterable[tuple[int, Named, Stated | None]]:
        """The columns that match these declarations."""
        for choice in choices:
            for name in choice.headers:
                if name in self._columns:
                    yield self._columns[name], choice, self._stated(self._columns[name])
                elif choice.coded and name in self._coded:
                    column, stated = self._coded[name]
                    yield column, choice, stated

    def dimensions(self) -> tuple[int, ...]:
        """The columns with names and ids of the campaign and of the levels below it."""
        found = {self._columns[name] for name in self._platform.levels if name in self._columns}
        return tuple(sorted(found | self.campaigns()))

    def campaigns(self) -> set[int]:
        """The columns with names and ids of the campaign."""
        return {column for meaning in ("campaign", "campaign_id") for column, _, _ in self.every(meaning)}


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


def _meaning(platform: PlatformFormat, header: Header, figure: str, column: int) -> str | None:
    """What a column that the user has named means, if the platform knows it as one of this figure."""
    found, name = coded(header.cells[column]), header.names[column]
    base = found[0] if found else name
    choices = itertools.chain(
        platform.columns.get(figure, ()), *(platform.clicks.values() if figure == "clicks" else ())
    )
    return next((one.means for one in choices if name in one.headers or (one.coded and base in one.headers)), None)


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
            layout.fates[column] = _PERIOD


def _by_group(layout: Layout, finder: _Finder) -> None:
    """`--level group`: groups of campaigns become campaigns, and the campaigns in them are parts of their days."""
    found = {"campaign": finder.first("group"), "campaign_id": finder.first("group_id")}
    if not any(column is not None for column in found.values()):
        message = "the file has no groups of campaigns, which --level group asks for"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, "Add them to the export, or leave out --level")
    for meaning, column in found.items():
        layout.columns.pop(meaning, None)
        if column is not None:
            layout.columns[meaning] = column
    layout.is_by_group = True
    layout.platform = replace(layout.platform, breakdowns=layout.platform.breakdowns.with_parts("Campaign"))
    layout.notices.append(
        "each group of campaigns was read as one campaign; import this account by groups only, because its spend would "
        "be stored twice if its campaigns were imported, too"
    )


def _figure(layout: Layout, finder: _Finder, figure: str, options: ReadOptions) -> None:
    choices = finder.every(figure)
    if figure == "clicks" and options.clicks is not None and layout.platform.clicks:
        choices = finder.declared(layout.platform.clicks[options.clicks])
    for column, choice, stated in choices:
        second = next((c for c, _, _ in finder.declared([choice.plus])), None) if choice.plus else None
        columns = (column,) if second is None else (column, second)
        micros = choice.micros or (figure in MONEY and says_micros(layout.header.names[column]))
        means = choice.means if second is None else choice.sum_means
        alone = (choice.means, choice.plus.means) if choice.plus and second is not None else ()
        layout.figures[figure] = FigureSource(columns, micros=micros, micros_in_totals=micros, means=means, alone=alone)
        if choice.currency is not None:
            # The platform has converted this column. The currency column beside it is that of the others.
            layout.columns.pop("currency", None)
        if figure in MONEY and stated is not None:
            _state(layout, stated, options)
        return
    if figure == "clicks" and options.clicks is not None and layout.platform.clicks:
        message = f"the file has no column for {options.clicks} clicks, which --clicks asks for"
        raise _refusal(layout, Refusal.MISSING_COLUMN, message, "Add it to the export, or leave out --clicks")
    for choice in layout.platform.columns.get(figure, ()):
        second = next((c for c, _, _ in finder.declared([choice.plus])), None) if choice.plus else None
        if second is not None and choice.plus is not None:
            layout.figures[figure] = FigureSource(
                (second,), micros=choice.micros, micros_in_totals=choice.micros, means=choice.plus.means
            )


def _money_unit(layout: Layout, options: ReadOptions) -> None:
    """`--money-unit`: a layout in which a column is known to be in millionths needs no `micro`."""
    money = {name: layout.figures[name] for name in MONEY if name in layout.figures}
    if options.money_unit is None or (options.money_unit == "micro" and any(one.micros for one in money.values())):
        return
    micros = options.money_unit == "micro"
    layout.figures |= {name: replace(one, micros=micros, micros_in_totals=micros) for name, one in money.items()}


def _state(layout: Layout, stated: Stated, options: ReadOptions) -> None:
    """Note the currency in the header of a money column. A file whose headers contradict each other is refused."""
    joined = stated if layout.currency is None else layout.currency.joined(stated)
    if layout.currency is not None and not joined.fits:
        message = f"the header names {layout.currency.written} for one amount and {stated.written} for another"
        hint = "Export all amounts in one currency, or leave out the column in the other one"
        raise _refusal(layout, Refusal.MIXED_CURRENCIES, message, hint)
    if options.currency is not None and options.currency not in joined.fits:
        message = f"the header says {stated.written}, and --currency says {options.currency}"
        hint = "Leave out --currency, or choose the column in that currency with --map 'HEADER=spend'"
        raise _refusal(layout, Refusal.MIXED_CURRENCIES, message, hint)
    layout.currency = joined


def _conversions(layout: Layout, options: ReadOptions) -> None:
    """`--conversions NAME`: the column with that name, unless a platform's special rule has already used the option."""
    if options.conversions is None or layout.chosen:
        return
    column = layout.header.find(loose(options.conversions))
    if column is None:
        raise kept.without(layout, options.conversions)
    means = _meaning(layout.platform, layout.header, "conversions", column) or meanings.of_name(options.conversions)
    layout.figures["conversions"] = FigureSource((column,), means=means)
