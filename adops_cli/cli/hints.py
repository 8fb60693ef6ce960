"""What to do next after a mistyped command line."""

from collections.abc import Sequence
from typing import Any

from adops_cli.cli.groups import QUIET


def hint(error: Any, context: Any) -> str:
    """What to do next. An option of `adops` itself is often put after the command, where it does not exist."""
    parameter = getattr(error, "param", None)
    if parameter is not None and parameter.name == "format":
        from adops_cli.render import FileFormat  # noqa: PLC0415 - only such a mistake needs it

        for fmt in FileFormat:
            if error.message.startswith(f"'{fmt}'"):
                return f"Use --output FILE.{fmt}."
    option, root = getattr(error, "option_name", None), context.find_root()
    if any(option in parameter.opts for parameter in root.command.params):
        command = context.command_path.removeprefix(root.command_path)
        return f"Put it before the command: `{root.command_path} {option} …{command}`."
    if context is root and option in QUIET:
        return f"Put it after the command: `{root.command_path} metrics list {option}`."
    if option and (close := _alike(option, [name for parameter in context.command.params for name in parameter.opts])):
        return f"Did you mean {' or '.join(close)}?"
    return f"See `{context.command_path} --help`."


def _alike(option: str, known: Sequence[str]) -> Sequence[str]:
    """The options that look like a mistyped one, the best first. The dashes do not count, as all have them."""
    import difflib  # noqa: PLC0415 - only an error needs it

    typed, names = option.lstrip("-"), {name.lstrip("-"): name for name in known if name.startswith("--")}
    begun = [bare for bare in names if typed and bare.startswith(typed)]
    close = begun or difflib.get_close_matches(typed, names, n=2, cutoff=0.65)
    return [names[bare] for bare in close[:3]]
