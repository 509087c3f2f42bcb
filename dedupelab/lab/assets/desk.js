// The front end of dedupelab/lab/study_desk.py: a form, a list of folders, a bar and links; other widgets stand in its tabs. It decides nothing.

const COLLECTION = [["name", "Short name"], ["location", "Folder or address"], ["holder", "Holder, as the paper says"], ["kind", "Kind, such as archive"], ["catalogue", "Catalogue file or address"]];
const STUDY = [["name", "Name of the study"], ["purpose", "Purpose: what the results are for"], ["owner", "Who answers for it"]];
const CONSULTATION = [["name", "Consultation"], ["reference", "Reference"], ["jurisdiction", "Jurisdiction"], ["source", "Where it is published"], ["deadline", "Deadline, such as 2026-12-31"]];
const STAGES = [["scan", "Scan: read the pictures"], ["match", "Match: find copies"], ["report", "Report: numbers and papers"]];
const TABS = [["own", "Study"], ["groups", "Groups"], ["inputs", "Prices and options"], ["registers", "Registers"]];
const LANGUAGES = [["en", "English"], ["zh-Hant-HK", "Traditional Chinese (Hong Kong)"]];

function render({ model, el }) {
  let drawn = null; // the form as it was last drawn: what somebody types since is not overwritten
  let target = null; // the field that a folder or file is chosen for
  let checked = null; // the collection whose catalogue was checked
  let pressed; // the row of the button that was pressed last: what comes of it is said there
  const view = () => model.get("view");
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const folder = make("input", { type: "text", size: "40", placeholder: "such as my-study", onchange: () => keep() });
  // What was typed for the study before is not taken for the next.
  const another = make("button", { type: "button", hidden: true, onclick: () => { folder.value = ""; remember({}); model.send({ do: "begin" }); } }, "Begin another study");
  const form = make("form", { onsubmit: (event) => { event.preventDefault(); model.send({ do: view().open ? "save" : "make", folder: folder.value, form: filled() }); }, onchange: keep });
  const files = make("div", { class: "files", role: "region", "aria-label": "Folders", tabindex: "-1" });
  const check = make("div", { class: "preview", role: "region", "aria-label": "What would be read of the catalogue" });
  const work = make("section", { "aria-label": "Run" });
  const after = make("section", { "aria-label": "What there is" });
  const self = `desk-${Math.random().toString(36).slice(2)}`;
  const panels = Object.fromEntries(TABS.map(([tab]) => [tab, make("div", { class: tab === "own" ? "own" : "other", "data-tab": tab, role: "tabpanel", id: `${self}-${tab}`, "aria-labelledby": `${self}-to-${tab}`, hidden: tab !== "own" })]));
  panels.own.append(make("div", { class: "row" }, make("label", {}, make("span", {}, "Folder of the study: a new one, or one that is there"), folder),
    make("button", { type: "button", onclick: () => model.send({ do: "open", folder: folder.value }) }, "Open a study that is there"), another),
    form, work, after);
  const tabs = make("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the desk" }, ...TABS.map(([tab, text]) =>
    make("button", { type: "button", role: "tab", id: `${self}-to-${tab}`, "aria-controls": `${self}-${tab}`, "aria-selected": String(tab === "own"), tabindex: tab === "own" ? "0" : "-1", onclick: () => turn(tab) }, text)));
  const root = ownKeys(make("div", { class: "studydesk", role: "group", "aria-label": "The desk" }, tabs, status, ...Object.values(panels)), () => form.requestSubmit());
  pressed = tabs;
  const settle = () => (root.contains(pressed) ? pressed : form).after(status);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || files.contains(button)) return;
    const row = button.closest(".row, .tabs");
    // The row of Save and those of Run are drawn anew: what they come to stands between the two.
    pressed = row && (row === tabs || row.parentElement === panels.own || row.closest(".collection")) ? row : null;
    settle();
  });
  const mounted = {}; // by tab the widget that stands there, and its view

  function turn(to) {
    TABS.forEach(([tab], place) => {
      panels[tab].hidden = tab !== to;
      tabs.children[place].setAttribute("aria-selected", String(tab === to));
      tabs.children[place].tabIndex = tab === to ? 0 : -1;
    });
    if (to !== "own" && !model.get("tabs")[to]) model.send({ do: "tab", tab: to });
  }
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = (TABS.findIndex(([tab]) => !panels[tab].hidden) + step + TABS.length) % TABS.length;
    turn(TABS[next][0]);
    tabs.children[next].focus();
    event.preventDefault();
  });

  async function mount() {
    const there = model.get("tabs");
    for (const [tab] of TABS.slice(1)) {
      const id = there[tab];
      if (mounted[tab]?.id === id) continue;
      mounted[tab]?.view?.remove();
      const mine = (mounted[tab] = { id });
      if (!id) { if (!panels[tab].hidden) model.send({ do: "tab", tab }); continue; }
      const child = await model.widget_manager.get_model(id.slice("IPY_MODEL_".length));
      mine.view = await model.widget_manager.create_view(child);
      if (mounted[tab] === mine) panels[tab].replaceChildren(mine.view.el); else mine.view.remove();
    }
  }

  const input = (name, label, value, more = {}) => make("label", {}, make("span", {}, label), make("input", { type: "text", name, value: value || "", ...more }));
  // A folder dragged from a file manager comes as an address or as text.
  const dropped = (event) => {
    const text = (event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain")).split("\n")[0].trim();
    if (!text) return;
    event.preventDefault();
    event.target.value = text.startsWith("file:") ? decodeURIComponent(new URL(text).pathname) : text;
  };

  function collection(values = {}) {
    const fields = COLLECTION.map(([name, label]) => input(name, label, values[name], name === "location" ? { ondrop: dropped, size: "36" } : {}));
    const choose = (name) => { target = box.querySelector(`[name=${name}]`); box.append(files); model.send({ do: "list", path: target.value, file: name === "catalogue" }); };
    const box = make("fieldset", { class: "collection" }, make("legend", {}, "Collection"), ...fields,
      make("div", { class: "row" },
        make("button", { type: "button", onclick: () => choose("location") }, "Choose a folder"),
        make("button", { type: "button", onclick: () => choose("catalogue") }, "Choose a catalogue"),
        make("button", { type: "button", onclick: () => { checked = box; model.send({ do: "check", path: box.querySelector("[name=catalogue]").value }); } }, "Check the catalogue"),
        make("button", { type: "button", onclick: () => { box.remove(); counted(); keep(); } }, "Remove")));
    return box;
  }

  const counted = () => form.querySelectorAll(".collection > legend").forEach((legend, place) => { legend.textContent = `Collection ${place + 1}`; });

  function filled() {
    const part = (box) => Object.fromEntries([...box.querySelectorAll("input[type=text]")].map((field) => [field.name, field.value]));
    return {
      study: part(form.querySelector(".study")),
      collections: [...form.querySelectorAll(".collection")].map(part),
      languages: [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value),
      consultation: part(form.querySelector(".consultation")),
    };
  }

  // What is typed and not yet saved lives through a reload of the page, and in the page through a restarted kernel.
  function remember(typed) { window.dedupelabTyped = typed; model.set("typed", typed); model.save_changes(); }
  function keep() { remember({ of: drawn, folder: folder.value, form: filled() }); }

  function drawForm() {
    const { form: saved, open } = view();
    const said = JSON.stringify(saved);
    if (said === drawn && form.childElementCount) return;
    drawn = said;
    const typed = [model.get("typed"), window.dedupelabTyped].find((each) => each?.of === said);
    const given = typed?.form || saved;
    if (view().folder || typed) folder.value = view().folder || typed.folder;
    const list = make("div", {}, ...(given.collections.length ? given.collections : [{}, {}]).map(collection));
    redrawn(form, () => form.replaceChildren(
      make("fieldset", { class: "study" }, make("legend", {}, "Study"), ...STUDY.map(([name, label]) => input(name, label, given.study[name])),
        make("div", { class: "row", role: "group", "aria-label": "Languages of the paper" }, "Languages of the paper:", ...LANGUAGES.map(([tag, text]) =>
          make("label", { class: "check" }, make("input", { type: "checkbox", value: tag, ...(given.languages.includes(tag) ? { checked: true } : {}) }), ` ${text}`)))),
      list, make("div", { class: "row" }, make("button", { type: "button", onclick: () => { const box = collection(); list.append(box); counted(); box.querySelector("input").focus(); } }, "Add a collection")),
      make("fieldset", { class: "consultation" }, make("legend", {}, "What it is handed in to (optional)"), ...CONSULTATION.map(([name, label]) => input(name, label, given.consultation[name]))),
      make("div", { class: "row" }, make("button", { type: "submit", class: "main" }, open ? "Save" : "Make the study"))));
    counted();
  }

  function drawFiles() {
    const shown = model.get("files");
    if (!shown.path || !target?.isConnected) return files.remove();
    const file = target.name === "catalogue";
    const list = (path) => model.send({ do: "list", path, file });
    const below = (name) => `${shown.path.replace(/\/$/, "")}/${name}`;
    const closed = () => { files.remove(); target.focus(); target = null; };
    const take = (path) => { target.value = path; closed(); keep(); };
    files.replaceChildren(
      make("p", {}, make("strong", {}, shown.path), ` (${shown.count} file${shown.count === 1 ? "" : "s"})`),
      make("div", { class: "row" },
        file ? "" : make("button", { type: "button", class: "main", onclick: () => take(shown.path) }, "Take this folder"),
        make("button", { type: "button", onclick: () => list(shown.parent) }, "Up"),
        make("button", { type: "button", onclick: closed }, "Close")),
      make("ul", {}, ...shown.folders.map((name) => make("li", {}, make("button", { type: "button", onclick: () => list(below(name)) }, `${name}/`))),
        ...shown.files.map((name) => make("li", {}, make("button", { type: "button", onclick: () => take(below(name)) }, name)))));
    files.focus({ preventScroll: true });
    files.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  function drawCheck() {
    const { check: found } = view();
    if (!found || !checked?.isConnected) return check.remove();
    check.replaceChildren(make("strong", {}, `Catalogue ${found.of}`), make("p", {}, `Read: ${found.read.join(", ") || "nothing"}.`), make("p", {}, `Links: ${found.links.join(", ") || "none"}.`),
      found.lost ? make("p", {}, `Without a place here: ${found.lost}.`) : "", ...found.problems.map((text) => make("p", {}, text)));
    checked.append(check);
    return undefined;
  }

  function drawWork() {
    const job = model.get("job");
    if (!view().open) return work.replaceChildren();
    const busy = ["starting", "running"].includes(job.state);
    const told = job.total > 1; // of one piece nobody knows how far it is
    const share = told ? Math.floor((100 * job.done) / job.total) : 0;
    const next = { scan: "match", match: "report" }[job.state === "done" ? job.stage : ""] || (job.state ? job.stage : "scan");
    const within = work.contains(document.activeElement) ? document.activeElement.dataset.name : "";
    work.replaceChildren(
      make("h3", {}, "Run"),
      make("div", { class: "row" }, ...STAGES.map(([stage, text]) => make("button", { type: "button", class: stage === next ? "main" : "", "data-name": stage, disabled: busy, onclick: () => model.send({ do: "run", stage }) }, text)),
        make("button", { type: "button", "data-name": "cancel", disabled: !busy, onclick: () => model.send({ do: "cancel" }) }, "Cancel")),
      busy ? make("div", {}, make("div", { class: "bar", role: "progressbar", "aria-valuenow": told ? share : null, "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": job.label || job.stage }, make("div", { style: `width:${share}%` })),
        make("p", {}, `${job.stage}: ${job.label || "begins"}${told ? `, ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}` : ""}`)) : "",
      // What the line above says already is not said again.
      !busy && job.state ? make("p", { class: "quiet" }, `${job.stage}: ${job.state}. ${job.message === view().message ? "" : job.message}`) : "");
    if (within) work.querySelector(`[data-name=${within}]`)?.focus();
    return undefined;
  }

  function drawAfter() {
    const { made, problems, open } = view();
    let base = "/";
    try { base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl; } catch { /* another page than JupyterLab's */ }
    const parts = [];
    if (open && made.length) parts.push(make("h3", {}, "Open"), make("p", { class: "quiet" }, "A notebook opens in a tab of its own: run its cells there, too (Run, Run All Cells)."), make("ul", { class: "made" }, ...made.map(({ text, path, way, at }) =>
      make("li", {}, at ? make("a", { href: `${base}${way}/${at.split("/").map(encodeURIComponent).join("/")}`, target: "_blank" }, text) : make("span", {}, `${text}: ${path}`)))));
    if (open && problems.length) parts.push(make("h3", {}, "Problems"), make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Problems" }, make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Problem"), make("th", { scope: "col" }, "Remedy"))),
      make("tbody", {}, ...problems.map(([what, remedy]) => make("tr", {}, make("td", {}, what), make("td", {}, remedy)))))));
    after.replaceChildren(...parts);
  }

  function changed() {
    status.textContent = view().message || "";
    status.classList.toggle("alarm", Boolean(view().alarm));
    another.hidden = !view().open;
    drawForm();
    settle();
    drawCheck();
    if (view().alarm) status.scrollIntoView({ block: "nearest" });
    drawWork();
    drawAfter();
  }
  model.on("change:view", changed);
  model.on("change:files", drawFiles);
  model.on("change:job", drawWork);
  model.on("change:tabs", mount);
  const leave = stand(model, el, root, true);
  changed();
  mount();
  return () => {
    leave();
    model.off("change:view", changed);
    model.off("change:files", drawFiles);
    model.off("change:job", drawWork);
    model.off("change:tabs", mount);
    Object.values(mounted).forEach(({ view: shown }) => shown?.remove());
  };
}

export default { render };
