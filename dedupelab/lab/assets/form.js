// The front end of dedupelab/lab/forms.py: one form for registers and for inputs of money. It draws the fields it is told of, and decides nothing.

function render({ model, el }) {
  const self = `entry-${Math.random().toString(36).slice(2)}`;
  const view = () => model.get("view");
  const typed = () => model.get("typed");
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const sheet = make("select", { onchange: () => model.send({ do: "choose", sheet: sheet.value }) });
  const entry = make("select", { onchange: () => model.send({ do: "choose", sheet: view().sheet, key: entry.value }) });
  const entryName = make("span", {});
  const who = make("input", { type: "text", autocomplete: "name", maxlength: "100", value: typed().who });
  const signed = make("label", {}, make("span", {}, "Written by *"), who);
  const correct = make("input", { type: "checkbox" });
  const corrects = make("label", { class: "check" }, correct, " this corrects the entry of that id");
  const out = make("button", { type: "button", onclick: () => model.send({ do: "take out" }) }, "Take it out");
  const fields = make("div", { class: "fields" });
  const note = make("p", { class: "quiet" });
  const standing = make("div", {});
  const form = make("form", { "aria-label": "An entry", onsubmit: (event) => { event.preventDefault(); model.send({ do: "write", ...said() }); }, onchange: keep },
    make("div", { class: "choice" }, make("label", {}, make("span", {}, "What"), sheet), make("label", {}, entryName, entry), signed), note, fields,
    make("div", { class: "row" }, make("button", { type: "submit", class: "main" }, "Write it"), out, corrects));
  const root = ownKeys(make("div", { class: "entry", role: "group", "aria-label": "Entries" }, form, status, standing), () => form.requestSubmit());

  const said = () => ({ who: who.value, correct: correct.checked, values: Object.fromEntries([...fields.querySelectorAll("[name]")].map((field) => [field.name, field.value])) });
  // What is typed and not yet written lives through a reload of the page.
  function keep() { model.set("typed", { stamp: view().stamp, ...said() }); model.save_changes(); }

  function control(field, value) {
    const id = `${self}-${field.name}`;
    const more = { id, name: field.name, "aria-describedby": `${id}-is`, "aria-required": field.required ? "true" : null };
    const input = field.choices.length
      ? make("select", more, ...["", ...field.choices].map((each) => make("option", { value: each }, each)))
      : make("input", { type: "text", ...more });
    input.value = value ?? "";
    return make("div", { class: "field", "data-name": field.name }, make("label", { for: id }, field.name.replaceAll("_", " ") + (field.required ? " *" : "")), input,
      make("span", { class: "quiet", id: `${id}-is` }, field.meaning), make("span", { class: "wrong", id: `${id}-wrong` }));
  }

  const options = (pairs) => pairs.map(([value, text]) => make("option", { value }, text));

  function draw() {
    const shown = view();
    const mine = typed().stamp === shown.stamp ? typed() : { values: shown.values, correct: shown.correct };
    sheet.replaceChildren(...options(shown.sheets));
    sheet.value = shown.sheet;
    entry.replaceChildren(...options(shown.keys));
    entry.value = shown.key;
    entryName.textContent = shown.entry;
    signed.hidden = !shown.signed;
    corrects.hidden = !shown.signed;
    correct.checked = Boolean(mine.correct);
    out.hidden = !shown.removable;
    redrawn(form, () => fields.replaceChildren(...shown.fields.map((field) => control(field, mine.values[field.name]))));
    root.dataset.entry = `${shown.sheet}/${shown.key}`;
    note.textContent = shown.note;
    const { heads, rows } = shown.standing;
    standing.replaceChildren(make("h3", {}, "What stands"), rows.length ? "" : make("p", { class: "quiet" }, "Nothing yet."),
      rows.length ? make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "What stands" }, make("table", {},
        make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head.replaceAll("_", " "))))),
        make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((text, place) => cell(place ? "td" : "th", text, place ? {} : { scope: "row" }))))))) : "");
  }

  function tell() {
    const { message, alarm, wrong } = model.get("told");
    status.textContent = message || "";
    status.classList.toggle("alarm", Boolean(alarm));
    for (const box of fields.children) {
      const told = (wrong || {})[box.dataset.name] || "";
      const input = box.querySelector("[name]");
      box.querySelector(".wrong").textContent = told;
      input.setAttribute("aria-invalid", String(Boolean(told)));
      input.setAttribute("aria-describedby", `${input.id}-is${told ? ` ${input.id}-wrong` : ""}`);
    }
    fields.querySelector("[aria-invalid=true]")?.focus();
  }

  const redraw = () => { draw(); tell(); };
  model.on("change:view", redraw);
  model.on("change:told", tell);
  const leave = stand(model, el, root);
  redraw();
  return () => {
    leave();
    model.off("change:view", redraw);
    model.off("change:told", tell);
  };
}

export default { render };
