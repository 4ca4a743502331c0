"""The table of commands, and the handling of their errors: one line, no traceback."""

from __future__ import annotations

import inspect
import io
import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import typer

import pentrace
from pentrace.cli import (
    atlas,
    change,
    continue_,
    data,
    evaluate,
    fit,
    futures,
    import_,
    info,
    learn,
    mix,
    neaten,
    serve,
    site,
    trace,
    train,
    write,
)
from pentrace.cli.common.output import warn
from pentrace.cli.explain import claims as explain_claims
from pentrace.cli.explain import hands as explain_hands
from pentrace.cli.explain import ink as explain
from pentrace.cli.explain import patch as explain_patch
from pentrace.errors import InkWarning, PentraceError

HELP = {"help_option_names": ["-h", "--help"]}
EXAMPLES = """\b
Examples:
  pentrace serve                           open the page in a browser
  pentrace write -o sample.svg             a sample of handwriting
  pentrace continue mine.json -o more.svg  continue your ink
  pentrace info                            about the default checkpoint
"""
SHOW_WARNING = warnings.showwarning
TRAINING_PACKAGES = {"accelerate", "filelock", "pydantic", "torch"}

# Plain help: it can be copied, read in a pipe, and is what docs/cli.md shows.
app = typer.Typer(
    epilog=EXAMPLES,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Write, and a small neural network writes on in your hand."""
    if version:
        print(pentrace.__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


def add_group(name: str, text: str) -> typer.Typer:
    """Adds a group of commands, which prints its help when it is called without a command."""
    group = typer.Typer(rich_markup_mode=None, context_settings=HELP)

    def callback(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            print(context.get_help())

    group.callback(invoke_without_command=True, help=text)(callback)
    app.add_typer(group, name=name)
    return group


def add(group: typer.Typer, name: str, command: Callable[..., None]) -> None:
    """Adds a command. Its docstring is its help, and the first line its entry in the list of commands."""
    text = inspect.cleandoc(command.__doc__ or "")
    # The docstrings are raw: a line of \b in one keeps the lines after it as they are.
    group.command(name, help=text.replace(r"\b", "\b"), short_help=text.partition("\n")[0])(command)


add(app, "serve", serve.serve)
add(app, "write", write.write)
add(app, "continue", continue_.continue_)
add(app, "neaten", neaten.neaten)
add(app, "learn", learn.learn)
add(app, "mix", mix.mix)
add(app, "futures", futures.futures)
add(app, "trace", trace.trace)
add(app, "change", change.change)
reasons = add_group("explain", "Say why the model does what it does.")
add(reasons, "votes", explain.votes)
add(reasons, "inputs", explain.inputs)
add(reasons, "memory", explain_hands.memory)
add(reasons, "reach", explain_hands.reach)
add(reasons, "style", explain_hands.style)
add(reasons, "patch", explain_patch.patch)
add(reasons, "patches", explain_patch.patches)
add(reasons, "claims", explain_claims.claims)
add(app, "site", site.site)
add(app, "info", info.info)
add(app, "evaluate", evaluate.evaluate)
add(app, "atlas", atlas.atlas)
add(app, "train", train.train)
add(app, "fit-hands", fit.fit_hands)
add(app, "fit-traits", fit.fit_traits)
data_sets = add_group("data", "Check data sets.")
add(data_sets, "check", data.check)
add(data_sets, "recogniser", data.recogniser)
add(data_sets, "align", data.align)
imports = add_group("import", "Turn what others published into data sets and checkpoints.")
add(imports, "iam", import_.iam)
add(imports, "distill", import_.distill)


def run(arguments: list[str] | None) -> int:
    """Runs a command line; see pentrace.cli.main."""
    for stream in (sys.stdout, sys.stderr):
        # A character that the terminal lacks is replaced; otherwise there would be no output at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", InkWarning)
            warnings.showwarning = tell
            status = app(arguments, prog_name="pentrace", standalone_mode=False)
        sys.stdout.flush()
    except PentraceError as error:
        return fail(str(error))
    except typer.TyperException as error:
        return fail(usage(error), error.exit_code)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in TRAINING_PACKAGES:
            raise
        return fail("this needs PyTorch, which is not installed: pip install 'pentrace[train]'")
    except BrokenPipeError:
        # The reader closed the pipe, as `head` does. Otherwise Python would report an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        return fail("there is not enough memory for this; ask for less at a time, or use a smaller file")
    except (KeyboardInterrupt, typer.Abort):
        return 130
    return status if isinstance(status, int) else 0


def tell(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    """Says what a reader could not take from a file, in one line; other warnings are printed as usual."""
    if issubclass(category, InkWarning):
        warn(" ".join(str(message).split()))
    else:
        SHOW_WARNING(message, category, *where, **more)


def fail(message: str, status: int = 1) -> int:
    """Prints an error in one line; returns the exit status."""
    warn(" ".join(message.split()))
    return status


def usage(error: typer.TyperException) -> str:
    """What was wrong with a command line, and the help to read."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "pentrace"
    return f"{error.format_message().rstrip('.')} (see {command} --help)"
