// The front end of dedupelab/lab/study_desk.py: a form, a list of folders, a bar and links. It decides nothing.

const COLLECTION = [["name", "Short name"], ["location", "Folder or address"], ["holder", "Holder, as the paper says"], ["kind", "Kind, such as archive"], ["catalogue", "Catalogue file or address"]];
const STUDY = [["name", "Name of the study"], ["purpose", "Purpose: what the results are for"], ["owner", "Who answers for it"]];
const CONSULTATION = [["name", "Consultation"], ["reference", "Reference"], ["jurisdiction", "Jurisdiction"], ["source", "Where it is published"], ["deadline", "Deadline, such as 2026-12-31"]];
const STAGES = [["scan", "Scan: read the pictures"], ["match", "Match: find copies"], ["report", "Report: numbers and papers"]];
const LANGUAGES = [["en", "English"], ["zh-Hant-HK", "Traditional Chinese (Hong Kong)"]];

function make(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...inside.filter((each) => each !== null && each !== ""));
  return node;
}

function render({ model, el }) {
  let drawn = null; // the form as it was last drawn: what somebody types since is not overwritten
  let target = null; // the field that a folder is chosen for
  const view = () => model.get("view");
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const folder = make("input", { type: "text", size: "40", "aria-label": "Folder of the study", placeholder: "Folder of the study, such as my-study" });
  const form = make("form", { onsubmit: (event) => { event.preventDefault(); model.send({ do: view().open ? "save" : "make", folder: folder.value, form: filled() }); } });
  const files = make("div", { class: "files", hidden: true, role: "region", "aria-label": "Folders" });
  const work = make("section", { "aria-label": "Run" });
  const after = make("section", { "aria-label": "What there is" });
  const root = make("div", { class: "studydesk", role: "group", "aria-label": "The desk", "data-lm-suppress-shortcuts": "true" }, status,
    make("div", { class: "row" }, folder, make("button", { type: "button", onclick: () => model.send({ do: "open", folder: folder.value }) }, "Open a study that is there")),
    form, files, work, after);

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
    const box = make("fieldset", { class: "collection" }, make("legend", {}, "Collection"), ...fields,
      make("div", { class: "row" },
        make("button", { type: "button", onclick: () => { target = box.querySelector("[name=location]"); model.send({ do: "list", path: target.value }); } }, "Choose a folder"),
        make("button", { type: "button", onclick: () => model.send({ do: "check", path: box.querySelector("[name=catalogue]").value }) }, "Check the catalogue"),
        make("button", { type: "button", onclick: () => box.remove() }, "Remove")));
    return box;
  }

  function filled() {
    const part = (box) => Object.fromEntries([...box.querySelectorAll("input[type=text]")].map((field) => [field.name, field.value]));
    return {
      study: part(form.querySelector(".study")),
      collections: [...form.querySelectorAll(".collection")].map(part),
      languages: [...form.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value),
      consultation: part(form.querySelector(".consultation")),
    };
  }

  function drawForm() {
    const { form: given, open } = view();
    const said = JSON.stringify(given);
    if (said === drawn && form.childElementCount) return;
    drawn = said;
    if (view().folder) folder.value = view().folder;
    const list = make("div", {}, ...(given.collections.length ? given.collections : [{}, {}]).map(collection));
    form.replaceChildren(
      make("fieldset", { class: "study" }, make("legend", {}, "Study"), ...STUDY.map(([name, label]) => input(name, label, given.study[name])),
        make("div", { class: "row", role: "group", "aria-label": "Languages of the paper" }, ...LANGUAGES.map(([tag, text]) =>
          make("label", { class: "check" }, make("input", { type: "checkbox", value: tag, ...(given.languages.includes(tag) ? { checked: true } : {}) }), ` ${text}`)))),
      list, make("div", { class: "row" }, make("button", { type: "button", onclick: () => list.append(collection()) }, "Add a collection")),
      make("fieldset", { class: "consultation" }, make("legend", {}, "What it is handed in to (optional)"), ...CONSULTATION.map(([name, label]) => input(name, label, given.consultation[name]))),
      make("div", { class: "row" }, make("button", { type: "submit", class: "main" }, open ? "Save" : "Make the study")));
  }

  function drawFiles() {
    const shown = model.get("files");
    files.hidden = !shown.path || !target;
    if (files.hidden) return;
    const list = (path) => model.send({ do: "list", path });
    files.replaceChildren(
      make("p", {}, make("strong", {}, shown.path), ` (${shown.files} files)`),
      make("div", { class: "row" },
        make("button", { type: "button", class: "main", onclick: () => { target.value = shown.path; target.focus(); target = null; files.hidden = true; } }, "Take this folder"),
        make("button", { type: "button", onclick: () => list(shown.parent) }, "Up"),
        make("button", { type: "button", onclick: () => { target = null; files.hidden = true; } }, "Close")),
      make("ul", {}, ...shown.folders.map((name) => make("li", {}, make("button", { type: "button", onclick: () => list(`${shown.path.replace(/\/$/, "")}/${name}`) }, name)))));
  }

  function drawWork() {
    const job = model.get("job");
    if (!view().open) return work.replaceChildren();
    const busy = ["starting", "running"].includes(job.state);
    const share = job.total ? Math.floor((100 * job.done) / job.total) : 0;
    const within = work.contains(document.activeElement) ? document.activeElement.dataset.name : "";
    work.replaceChildren(
      make("h3", {}, "Run"),
      make("div", { class: "row" }, ...STAGES.map(([stage, text]) => make("button", { type: "button", "data-name": stage, disabled: busy, onclick: () => model.send({ do: "run", stage }) }, text)),
        make("button", { type: "button", "data-name": "cancel", disabled: !busy, onclick: () => model.send({ do: "cancel" }) }, "Cancel")),
      busy ? make("div", {}, make("div", { class: "bar", role: "progressbar", "aria-valuenow": share, "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": job.label || job.stage }, make("div", { style: `width:${share}%` })),
        make("p", {}, `${job.stage}: ${job.label || "begins"}${job.total ? `, ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}` : ""}`)) : "",
      !busy && job.state ? make("p", { class: "quiet" }, `${job.stage}: ${job.state}. ${job.message}`) : "");
    if (within) work.querySelector(`[data-name=${within}]`)?.focus();
    return undefined;
  }

  function drawAfter() {
    const { made, problems, check, open } = view();
    let base = "/";
    try { base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl; } catch { /* another page than JupyterLab's */ }
    const parts = [];
    if (check) parts.push(make("h3", {}, `Catalogue ${check.of}`), make("p", {}, `Read: ${check.read.join(", ") || "nothing"}.`), make("p", {}, `Links: ${check.links.join(", ") || "none"}.`),
      check.lost ? make("p", {}, `Without a place here: ${check.lost}.`) : "", ...check.problems.map((text) => make("p", {}, text)));
    if (open && made.length) parts.push(make("h3", {}, "Open"), make("ul", {}, ...made.map(({ text, path, way, at }) =>
      make("li", {}, at ? make("a", { href: `${base}${way}/${at.split("/").map(encodeURIComponent).join("/")}`, target: "_blank" }, text) : make("span", {}, `${text}: ${path}`)))));
    if (open && problems.length) parts.push(make("h3", {}, "Problems"), make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Problems" }, make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Problem"), make("th", { scope: "col" }, "Remedy"))),
      make("tbody", {}, ...problems.map(([what, remedy]) => make("tr", {}, make("td", {}, what), make("td", {}, remedy)))))));
    after.replaceChildren(...parts);
  }

  function changed() {
    status.textContent = view().message || "";
    status.classList.toggle("alarm", Boolean(view().alarm));
    drawForm();
    drawWork();
    drawAfter();
  }
  model.on("change:view", changed);
  model.on("change:files", drawFiles);
  model.on("change:job", drawWork);
  el.append(root);
  changed();
  return () => {
    model.off("change:view", changed);
    model.off("change:files", drawFiles);
    model.off("change:job", drawWork);
  };
}

export default { render };
