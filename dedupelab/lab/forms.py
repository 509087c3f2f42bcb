"""A form for the registers in JupyterLab: pick a register, fill in its columns, write; thin, the registers check and keep."""

from typing import Any

from dedupelab.errors import DedupelabError
from dedupelab.lab import views
from dedupelab.registers.register_fields import KINDS, Field
from dedupelab.study.study import Study

_WIDE = "46em"


def register_form(study: Study) -> Any:  # noqa: ANN401  an ipywidgets box, imported only here
    """Return a box in which entries are written into the study's registers, with what stands below.

    Keyboard: Tab moves between the fields, Space presses the button. What is wrong is said in one line; nothing is written then.
    """
    import ipywidgets as widgets  # noqa: PLC0415  only notebooks need it

    kind = widgets.Dropdown(options=list(KINDS), description="Register")
    who = widgets.Text(description="Written by", placeholder="your name; kept with the entry")
    identity = widgets.Text(description="Id", placeholder="given when empty; an existing one is corrected")
    correct = widgets.Checkbox(description="this corrects the entry of that id", indent=False)
    button = widgets.Button(description="Write the entry", button_style="primary")
    message, standing, columns = widgets.HTML(), widgets.HTML(), widgets.VBox()
    fields: dict[str, Any] = {}

    def show(_change: object = None) -> None:
        fields.clear()
        fields.update({field.name: _field(widgets, field) for field in KINDS[kind.value]})
        columns.children = tuple(fields.values())
        message.value = ""
        refresh()

    def refresh() -> None:
        standing.value = views.register(study, kind.value).markup

    def write(_button: object) -> None:
        entry = {"id": identity.value, **{name: each.value for name, each in fields.items()}}
        try:
            done = study.registers.add(kind.value, [entry], who=who.value, correct=correct.value)
        except DedupelabError as problem:
            message.value = views.said(str(problem)).markup
            return
        words = (
            "written"
            if done.new
            else "corrected"
            if done.corrected
            else "nothing new: the entry stands as it is"
        )
        message.value = views.said(words).markup
        refresh()

    kind.observe(show, names="value")
    button.on_click(write)
    show()
    return widgets.VBox([kind, who, identity, columns, widgets.HBox([button, correct]), message, standing])


def _field(widgets: Any, field: Field) -> Any:  # noqa: ANN401  ipywidgets carries no types
    """Return the control of one column: a list where there are choices, else text."""
    wide = widgets.Layout(width=_WIDE)
    look = {
        "description": field.name + (" *" if field.required else ""),
        "layout": wide,
        "style": {"description_width": "10em"},
    }
    if field.choices:
        return widgets.Dropdown(options=["", *field.choices], **look)
    return widgets.Text(placeholder=field.meaning, **look)
