"""The controls of the explorers: one look for all notebooks, and views that follow them.

An explorer is a row of controls above a few views. A view is a function that names the controls it follows as its
parameters, and is drawn again when one of them moves; the others stay as they are. Controls of the same name move
together, within an explorer and between those of a notebook, and a control starts where its namesake was last left,
so that running a cell or the whole notebook again loses no choice.

What is drawn can be clicked: a mark or a row chooses what a control calls by its name. Without an extension a browser
has one way to say so: a listener writes what was clicked into a text control that nobody sees.

Views are drawn into HTML widgets: ``ipywidgets.Output`` captures through the front end and hangs where there is none
(papermill, nbval). There the explorer shows itself as plain HTML and text, of the choices it starts with.
"""

from __future__ import annotations

import html
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import ipywidgets
from traitlets import TraitError

from helpers.errors import WorkbookError
from helpers.present.charts import theme
from helpers.present.table import STYLE as TABLE_STYLE
from helpers.present.words import Words


class Displayable(Protocol):
    """What an explorer can show: a Chart, a Table, Findings or a card."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]: ...


#: What one view makes of the values of the controls that its parameters name.
View = Callable[..., "Displayable | Sequence[Displayable]"]

_BESIDE: Final = Path(__file__).parent
_LIGHT: Final = "; ".join(f"{name}: {colour}" for colour, name in theme.VARIABLES.items())
#: The controls' look, and the report's dark colours where the page around is dark (JupyterLab, Voila, VS Code).
STYLE: Final = f"""{TABLE_STYLE}
.wb-explorer {{ --font: {theme.FONT_STACK}; {_LIGHT} }}
{(_BESIDE / "explorer.css").read_text(encoding="utf-8")}
body[data-jp-theme-light="false"] .wb-explorer, .vscode-dark .wb-explorer {{ {theme.DARK_VARIABLES}
  background: var(--paper); color: var(--ink) }}
"""
#: Options of a list that are seen at once.
_LISTED_OPTIONS: Final = 6
_WRAP: Final = {"flex_flow": "row wrap"}
#: Tells the kernel what was clicked in a view; the style sheet that every explorer brings sets it.
_LISTEN: Final = (_BESIDE / "clicks.js").read_text(encoding="utf-8")
#: A customer's name as tables write it, and as one that the keyboard reaches.
_NAMED: Final = "<span data-customer="
_REACHED: Final = '<span tabindex="0" role="button" data-customer='


@dataclass
class _Kernel:
    """What this kernel's analyst has chosen, and the explorers that follow it."""

    chosen: dict[str, Any] = field(default_factory=dict)
    live: dict[tuple[str, ...], Explorer] = field(default_factory=dict)

    def choose(self, name: str, value: Any, by: Explorer) -> None:
        self.chosen[name] = value
        for other in self.live.values():
            if other is not by and name in other.controls:
                other.offer(name, value)

    def enter(self, key: tuple[str, ...], explorer: Explorer) -> None:
        """Let an explorer follow; the one that stood in its place, of the cell's last run, ends."""
        former = self.live.pop(key, None)
        if former is not None:
            former.end()
        self.live[key] = explorer


_KERNEL = _Kernel()


def reset_choices() -> None:
    """Forget all choices: explorers made from now on start where their notebooks say."""
    for each in _KERNEL.live.values():
        each.end()
    _KERNEL.live.clear()
    _KERNEL.chosen.clear()


def dropdown(
    label: str, options: Mapping[str, Any] | Sequence[Any], value: Any = None
) -> ipywidgets.ValueWidget:
    """Drop-down list; ``options`` maps what is shown to what is meant."""
    pairs = _pairs(options)
    chosen = value if value is not None else pairs[0][1]
    return _control(ipywidgets.Dropdown(options=pairs, value=chosen, description=label))


def radio(
    label: str, options: Mapping[str, Any] | Sequence[Any], value: Any = None
) -> ipywidgets.ValueWidget:
    """One of a few, all of them in sight; arrow keys go from one to the next."""
    pairs = _pairs(options)
    chosen = value if value is not None else pairs[0][1]
    return _control(
        ipywidgets.RadioButtons(options=pairs, value=chosen, description=label, orientation="horizontal")
    )


def multi_select(label: str, options: Mapping[str, Any]) -> ipywidgets.ValueWidget:
    """List of which any number can be picked, with Ctrl or Shift; none picked chooses nothing."""
    shown = max(min(len(options), _LISTED_OPTIONS), 1)
    return _control(ipywidgets.SelectMultiple(options=list(options.items()), rows=shown, description=label))


def slider(label: str, low: int, high: int, value: int, step: int = 1) -> ipywidgets.ValueWidget:
    """Slider over whole numbers that redraws on release, not while it is dragged; it reaches as far as its value."""
    low, high = min(low, value), max(high, value)  # else it would stand at the nearer end without a word
    return _control(
        ipywidgets.IntSlider(
            value=value, min=low, max=high, step=step, description=label, continuous_update=False
        )
    )


def text_search(label: str, placeholder: str) -> ipywidgets.ValueWidget:
    """Text to look for; follows every letter."""
    return _control(ipywidgets.Text(description=label, placeholder=placeholder, continuous_update=True))


class Explorer(ipywidgets.VBox):
    """Controls above views that follow them; for a choice that cannot be shown there is a sentence instead.

    Parameters
    ----------
    key
        Tells explorers of a kernel apart: one with the key of an earlier one takes its place.
    controls
        Name -> control, in the order shown. Views name them, and controls of one name move together.
    views
        What is shown, from top to bottom. A view's parameters name the controls that it follows; ``**others`` stands
        for all those that no view names.
    extra
        Widgets between controls and views.
    beside
        Views that stand beside the others, where there is room, as long as they show something.
    """

    def __init__(
        self,
        key: Sequence[str],
        controls: Mapping[str, ipywidgets.ValueWidget],
        views: Sequence[View],
        words: Words,
        extra: Sequence[ipywidgets.Widget] = (),
        beside: Sequence[View] = (),
    ) -> None:
        self.controls, self._words, self._hold = dict(controls), words, False
        self._starts = {name: control.value for name, control in self.controls.items()}
        self._draws = [*views, *beside]
        self._follows = _followed(self._draws, list(self.controls))
        self.canvases = [ipywidgets.HTML() for _each in self._draws]
        self._texts = [""] * len(self._draws)
        self._beside = ipywidgets.VBox(self.canvases[len(views) :])
        self.note, reset = ipywidgets.HTML(), ipywidgets.Button(description=words("Start anew"))
        reset.on_click(lambda _button: self.start_anew())
        for canvas in self.canvases:
            canvas.add_class("wb-view")
        self._take_up()
        self.prepare("")
        self._take_up()  # what only the other choices make possible
        self._draw(set(self.controls))
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._moved(name, change["new"]), names="value")
        bar = ipywidgets.HBox([*self.controls.values(), reset], layout=_WRAP)
        bar.add_class("wb-controls")
        self.clicked = ipywidgets.Text(layout={"display": "none"})
        self.clicked.observe(self._clicked, names="value")
        style = ipywidgets.HTML(f'<style onload="{html.escape(_LISTEN)}">{STYLE}</style>')
        both = ipywidgets.HBox([ipywidgets.VBox(self.canvases[: len(views)]), self._beside])
        for widget, name in ((self.clicked, "wb-clicked"), (both, "wb-both"), (self._beside, "wb-beside")):
            widget.add_class(name)
        super().__init__([style, bar, *extra, self.note, both, self.clicked])
        self.add_class("wb-explorer")
        _KERNEL.enter(tuple(key), self)

    def _take_up(self) -> None:
        """Start where controls of these names were last left."""
        for name in self.controls:
            if name in _KERNEL.chosen:
                self.offer(name, _KERNEL.chosen[name])

    def offer(self, name: str, value: Any) -> None:
        """Set a control to a value if it has it; one made for other data may not."""
        _offer(self.controls[name], value)

    def _clicked(self, change: Mapping[str, Any]) -> None:
        customer, called, _when = json.loads(change["new"])
        self.click(called, customer)

    def click(self, called: str, customer: str = "") -> None:
        """Follow a click on a mark or a row; a second one on the same takes the choice back.

        Parameters
        ----------
        called
            The mark's words on hovering, or the row's first cell: a control that offers what they begin with is set to
            it; of several the longest name counts, then the control that stands last.
        customer
            The id of the customer whose name or row was clicked; here nothing follows from it.
        """
        found: tuple[int, str, Any] = (0, "", None)
        for name, control in self.controls.items():
            for label, value in () if customer else _offered(control):
                rest = called.removeprefix(label)
                is_named = rest != called and (rest[:1] in ("", ":", "：") or rest.startswith(" · "))
                if is_named and value != "" and len(label) >= found[0]:
                    found = (len(label), name, value)
        _length, name, value = found
        if name:
            control = self.controls[name]
            control.value = value if control.value != value else _offered(control)[0][1]

    def start_anew(self) -> None:
        """Put every control back to where the notebook set it."""
        with self.together():
            for name, value in self._starts.items():
                self.offer(name, value)
        for name, value in self._values().items():
            _KERNEL.choose(name, value, self)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Draw once for all controls moved inside."""
        self._hold = True
        try:
            yield
            self.prepare("")
        finally:
            self._hold = False
        self._draw(set(self.controls))

    def end(self) -> None:
        """Follow nothing any more, and take the widgets out of the front end."""
        for control in (*self.controls.values(), self.clicked):
            control.unobserve_all()
        for each in (*self.controls.values(), *self.canvases, self.note, self.clicked, self):
            each.close()

    def prepare(self, moved: str) -> None:
        """Bring the controls themselves up to date after ``moved`` did, before views are drawn; here nothing."""

    def _moved(self, name: str, value: Any) -> None:
        if self._hold:
            return
        before, self._hold = self._values(), True
        try:
            self.prepare(name)  # may move other controls: those are not the reader's choices
        finally:
            self._hold = False
        after = self._values()
        self._draw({name, *(each for each in after if after[each] != before[each])})
        _KERNEL.choose(name, value, self)

    def _values(self) -> dict[str, Any]:
        return {name: control.value for name, control in self.controls.items()}

    def _draw(self, moved: set[str]) -> None:
        """Draw what follows one of these controls, and what follows none once."""
        values, first = self._values(), moved == set(self.controls)
        trouble: list[str] = []
        for place, (draw, names) in enumerate(zip(self._draws, self._follows, strict=True)):
            if not first and moved.isdisjoint(names):
                continue
            canvas = self.canvases[place]
            canvas.add_class("wb-busy")
            try:
                shown = draw(**{name: values[name] for name in names})
                items = shown if isinstance(shown, Sequence) else [shown]
                bundles = [item._repr_mimebundle_() for item in items]
                canvas.value = "".join(map(_as_html, bundles)).replace(_NAMED, _REACHED)
                self._texts[place] = "\n\n".join(bundle["text/plain"] for bundle in bundles)
            except WorkbookError as error:  # says itself what to do
                canvas.value, self._texts[place] = "", ""
                trouble.append(str(error))
            except Exception as error:  # an explorer never dies on a choice; it says what was wrong with it
                canvas.value, self._texts[place] = "", ""
                trouble.append(f"{type(error).__name__}: {error}")
            finally:
                canvas.remove_class("wb-busy")
        self._beside.layout.display = "" if any(each.value for each in self._beside.children) else "none"
        lines = "".join(
            f'<p class="wb-note" role="alert">{html.escape(each)}</p>' for each in dict.fromkeys(trouble)
        )
        self.note.value = lines

    def chosen(self) -> str:
        """Return the choices in a line."""
        shown = [
            self._words.gettext("{name}: {value}", name=control.description, value=_shown(control))
            for control in self.controls.values()
            if _shown(control)
        ]
        return self._words.clauses(shown)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Give live controls where a front end can show them, and beside them what they show, for everyone else."""
        note = self._words.gettext("Chosen: {choices}. Open this notebook in JupyterLab to choose otherwise.",
                           choices=self.chosen())  # fmt: skip
        body = "".join(canvas.value for canvas in (self.note, *self.canvases)).replace(_REACHED, _NAMED)
        static = {
            "text/html": f'<div class="wb-explorer"><style>{TABLE_STYLE}</style><p>{html.escape(note)}</p>{body}</div>',
            "text/plain": "\n\n".join(text for text in (note, *self._texts) if text),
        }
        return dict(super()._repr_mimebundle_(**kwargs) or {}) | static if has_front_end() else static


def _followed(views: Sequence[View], controls: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the names of the controls that each view follows."""
    signatures = [inspect.signature(view).parameters.values() for view in views]
    named = [
        [each.name for each in signature if each.kind is not each.VAR_KEYWORD] for signature in signatures
    ]
    unknown = [name for names in named for name in names if name not in controls]
    if unknown:
        raise KeyError(f"there is no control {', '.join(unknown)}; there are {', '.join(controls)}")
    others = [name for name in controls if not any(name in names for names in named)]
    return [
        (*names, *others) if any(each.kind is each.VAR_KEYWORD for each in signature) else tuple(names)
        for names, signature in zip(named, signatures, strict=True)
    ]


def has_front_end() -> bool:
    """Whether somebody can move controls: a Jupyter server, Voila or VS Code started this kernel.

    papermill, nbconvert and nbval start it without any of the three, and would store controls that nothing moves.
    """
    if "JPY_SESSION_NAME" in os.environ or os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return True
    main = sys.modules.get("__main__")
    return hasattr(main, "__vsc_ipynb_file__")


def _as_html(bundle: dict[str, str]) -> str:
    """Return what is shown as markup without a style sheet of its own: the explorer has it once."""
    markup = bundle.get("text/html") or bundle.get("image/svg+xml")
    if markup is None:
        return f"<pre>{html.escape(bundle['text/plain'])}</pre>"
    return markup.removeprefix(f"<style>{TABLE_STYLE}</style>")


def _pairs(options: Mapping[str, Any] | Sequence[Any]) -> list[tuple[str, Any]]:
    if isinstance(options, Mapping):
        return list(options.items())
    return [(str(option), option) for option in options]


def _control(widget: ipywidgets.ValueWidget) -> ipywidgets.ValueWidget:
    widget.add_class("wb-control")
    return widget


def _offer(control: ipywidgets.ValueWidget, value: Any) -> None:
    """Set a control to a value if it has it; one made for other data may not."""
    if isinstance(control, ipywidgets.IntSlider) and not (
        isinstance(value, int) and control.min <= value <= control.max
    ):
        return  # it would take the nearest instead
    try:
        control.value = value
    except (TraitError, TypeError):  # the latter of a drop-down that does not have a value of several parts
        return


def _offered(control: ipywidgets.ValueWidget) -> Sequence[tuple[str, Any]]:
    """What one of several can be chosen from, as label and value; nothing of other controls."""
    is_one = isinstance(control, (ipywidgets.Dropdown, ipywidgets.RadioButtons))
    return list(control.options) if is_one else []


def _shown(control: ipywidgets.ValueWidget) -> str:
    """What of a control's value a reader sees."""
    label = getattr(control, "label", control.value)
    return ", ".join(label) if isinstance(label, tuple) else str(label)
