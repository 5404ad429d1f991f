"""What a callable says about itself: functions, methods, partials, objects that can be called."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

LAMBDA = "<lambda>"
_BY_POSITION = inspect.Parameter.POSITIONAL_ONLY
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class UnusableTool(ValueError):
    """What was given as a tool cannot be one; the text says why, and what can."""


def name_of(func: Callable[..., Any]) -> str:
    """The name it was defined with; of an object, that of its class. Raises UnusableTool."""
    inner = _inner(func)
    name = getattr(inner, "__name__", None) or type(inner).__name__
    if name == LAMBDA:
        raise UnusableTool(
            "a lambda has no name by which a model could call it; "
            "use def, or AgentTool(name, description, func)"
        )
    return str(name)


def description_of(func: Callable[..., Any]) -> str:
    """Its docstring; of an object that of its `__call__`, else of its class."""
    inner = _inner(func)
    if _is_code(inner):
        return inspect.getdoc(inner) or ""
    own = getattr(type(inner).__call__, "__doc__", None)
    return inspect.cleandoc(own or type(inner).__doc__ or "")


def named_parameters(func: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """What a model can give, with its annotations resolved. Raises UnusableTool.

    What a partial has bound is not the model's to choose.
    """
    _refuse_generators(func)
    try:
        parameters = inspect.signature(func).parameters
    except (TypeError, ValueError):
        raise UnusableTool(
            f"tool {name_of(func)!r} does not say what its arguments are; "
            "give AgentTool(name, description, func, input_schema)"
        ) from None
    bound = bound_by(func)
    found = {}
    for name, parameter in parameters.items():
        if parameter.kind in _VARIADIC or name in bound:
            continue
        if parameter.kind is not _BY_POSITION:
            found[name] = parameter.replace(annotation=_resolved(parameter.annotation, func))
        elif parameter.default is parameter.empty:
            raise UnusableTool(
                f"tool {name_of(func)!r} takes {name!r} by its position only; "
                "a model gives arguments by their names"
            )
    return found


def _refuse_generators(func: Callable[..., Any]) -> None:
    inner = inspect.unwrap(_inner(func))
    code = inner if _is_code(inner) else type(inner).__call__
    if inspect.isgeneratorfunction(code) or inspect.isasyncgenfunction(code):
        raise UnusableTool(
            f"tool {name_of(func)!r} yields its results one by one; "
            "a model is told one result, so return a list"
        )


def bound_by(func: Callable[..., Any]) -> Mapping[str, Any]:
    """The arguments that a partial gives by name."""
    return func.keywords if isinstance(func, functools.partial) else {}


def _inner(func: Any) -> Any:
    """What was written down: a partial has neither name nor docstring of its own."""
    while isinstance(func, functools.partial):
        func = func.func
    return func


def _is_code(func: Any) -> bool:
    return isinstance(func, type) or inspect.isroutine(func)


def _resolved(annotation: Any, func: Callable[..., Any]) -> Any:
    """An annotation that names what is not there (yet) says nothing; its neighbours still do."""
    if annotation is inspect.Parameter.empty:
        return None
    inner = inspect.unwrap(_inner(func))
    code = inner if _is_code(inner) else type(inner).__call__
    names = getattr(code, "__globals__", None) or vars(inspect.getmodule(code) or types)
    holder = types.SimpleNamespace(__annotations__={"it": annotation})
    try:
        return typing.get_type_hints(holder, globalns=names, include_extras=True)["it"]
    except Exception:
        return None
