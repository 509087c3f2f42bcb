// The front end of dedupelab/lab/browser.py: draws the rows in sight and sends what a person did. It decides nothing.

const ROW = 96; // pixels of a row, as browser.css has it
const MARGIN = 8; // rows fetched beyond those in sight
const KEPT = 600; // rows kept with their pictures

const address = (bytes) => URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));

function render({ model, el }) {
  const self = `groups-${Math.random().toString(36).slice(2)}`;
  const rows = new Map(); // by number, what is known of a row
  const drawn = new Map(); // by number, the row as it stands in the page: { row, node }
  const chosen = new Set();
  let shown = []; // object addresses of the opened group, to be given back
  let waiting = false; // for rows: one question at a time, always for those in sight then
  let at = 0;
  let group = null;
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const canvas = make("div", { class: "canvas" });
  const list = make("div", { class: "list", tabindex: "0", role: "listbox", "aria-label": "Groups", "aria-multiselectable": "true" }, canvas);
  const opened = make("section", { class: "opened", "aria-label": "Opened group", tabindex: "-1" });
  const who = make("input", { type: "text", "aria-label": "Your name", placeholder: "Your name", maxlength: "100", autocomplete: "name" });
  const index = () => model.get("index");
  const say = (text, alarm = false) => {
    status.textContent = text;
    status.classList.toggle("alarm", alarm);
    if (alarm) status.scrollIntoView({ block: "nearest" });
  };

  function choice(label, name, entries, first) {
    const select = make("select", { name }, first === null ? "" : make("option", { value: "" }, first),
      ...entries.map((each) => { const [value, text] = Array.isArray(each) ? each : [each, each.replaceAll("_", " ")]; return make("option", { value }, text); }));
    return make("label", {}, make("span", {}, label), select);
  }
  const number = (label, name) => make("input", { name, type: "text", inputmode: "numeric", size: "5", "aria-label": label, placeholder: label.split(" ").pop() });
  const range = (label, least, most) => make("div", { class: "range", role: "group", "aria-label": label }, make("span", {}, label), make("div", {}, number(`${label} from`, least), " ", number(`${label} to`, most)));
  const c = model.get("choices");
  const form = make("form", { class: "filters", onsubmit: (event) => { event.preventDefault(); filter(); }, onchange: () => filter() },
    choice("Institution", "institution", c.institution, "any"), choice("Relation", "relation", c.relation, "any"),
    choice("Conflict", "conflict", [["any", "some field"], ["none", "no field"], ...c.conflict], "not asked"), choice("Authority", "authority", c.authority, "any"),
    choice("Reason", "reason", c.reason, "any"), range("Copies", "least", "most"), range("Year", "since", "until"),
    choice("Order", "sort", c.sort, null), make("button", { type: "reset", onclick: () => setTimeout(filter) }, "Show all"));
  const name = make("input", { type: "text", "aria-label": "Name of the list", placeholder: "Name of the list" });
  const count = make("span", { class: "quiet" });
  const tools = make("div", { class: "row" }, count, name,
    make("button", { type: "button", onclick: () => model.send({ do: "keep", name: name.value, groups: [...chosen] }) }, "Keep selection as a list"));
  const root = ownKeys(make("div", { class: "groups", role: "group", "aria-label": "Groups of copies" }, form, list, tools, status, opened), () => { status.textContent = "Nothing to save: marks and lists are kept as soon as they are made."; });

  const filter = () => model.send({ do: "filter", ...Object.fromEntries(new FormData(form)) });

  function inSight() {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - MARGIN);
    const last = Math.min(index().total, Math.ceil((list.scrollTop + (list.clientHeight || 5 * ROW)) / ROW) + MARGIN);
    return [first, last];
  }

  function fetchRows() {
    if (waiting) return;
    const [first, last] = inSight();
    let from = first;
    while (from < last && rows.has(from)) from += 1;
    if (from === last) return;
    waiting = true;
    model.send({ do: "rows", from, to: last });
  }

  function forget(number) { rows.get(number).urls.forEach(URL.revokeObjectURL); rows.delete(number); }

  function line(number, row) {
    const attributes = { class: "line", role: "option", id: `${self}-${number}`, style: `top:${number * ROW}px`, "aria-setsize": index().total, "aria-posinset": number + 1,
      onclick: () => { at = number; draw(); open(); } };
    if (!row) return make("div", attributes, "…");
    const several = `${row.images} copies`;
    return make("div", attributes,
      make("span", { class: "mark", "aria-hidden": "true", onclick: (event) => { event.stopPropagation(); at = number; select(); } }),
      make("span", { class: "strip" }, ...row.urls.map((src) => make("img", { src, alt: "" }))),
      make("span", { class: "text" },
        make("span", {}, make("strong", {}, several), ` ${row.years}`),
        make("span", { class: row.conflicts.length ? "" : "two", title: row.institutions.join(", ") }, row.institutions.join(", ")),
        row.conflicts.length ? make("span", { class: "differ", title: row.conflicts.join(", ") }, `≠ ${row.conflicts.join(", ")}`) : "",
        make("span", { class: "quiet", title: row.reason }, `${row.relations.join(", ")}; authority ${row.authority}: ${row.reason}`)));
  }

  function draw() {
    canvas.style.height = `${index().total * ROW}px`;
    const [first, last] = inSight();
    drawn.forEach(({ node }, number) => { if (number < first || number >= last) { node.remove(); drawn.delete(number); } });
    // Only rows that come into sight, or became known, are made: scrolling costs what it shows.
    for (let number = first; number < last; number += 1) {
      const row = rows.get(number);
      if (!drawn.has(number) || drawn.get(number).row !== row) {
        const node = line(number, row);
        if (drawn.has(number)) drawn.get(number).node.replaceWith(node); else canvas.append(node);
        drawn.set(number, { row, node });
      }
      const { node } = drawn.get(number);
      const picked = Boolean(row && chosen.has(row.group));
      node.setAttribute("aria-selected", String(picked));
      node.toggleAttribute("data-at", number === at);
      if (row) node.firstChild.textContent = picked ? "☑" : "☐";
    }
    if (drawn.has(at)) list.setAttribute("aria-activedescendant", `${self}-${at}`); else list.removeAttribute("aria-activedescendant");
    count.textContent = `${index().total} of ${index().all} groups; ${chosen.size} selected`;
    fetchRows();
  }

  function changed() {
    tools.after(status);
    [...rows.keys()].forEach(forget);
    waiting = false; at = 0; list.scrollTop = 0;
    if (index().message) say(index().message);
    draw();
  }

  function open() { const row = rows.get(at); if (row) model.send({ do: "open", group: row.group }); }
  function select() {
    const row = rows.get(at);
    if (!row) return;
    if (!chosen.delete(row.group)) chosen.add(row.group);
    draw();
  }
  function move(step) {
    at = Math.max(0, Math.min(index().total - 1, at + step));
    if (at * ROW < list.scrollTop) list.scrollTop = at * ROW;
    if ((at + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (at + 1) * ROW - list.clientHeight;
    draw();
  }

  function map() {
    const { copies, links } = group;
    const place = (number) => { const turn = (2 * Math.PI * number) / copies.length - Math.PI / 2; return [110 + 85 * Math.cos(turn), 110 + 85 * Math.sin(turn)]; };
    const node = (tag, attributes, text = "") => {
      const made = document.createElementNS("http:" + "//www.w3.org/2000/svg", tag);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      made.textContent = text;
      return made;
    };
    const svg = node("svg", { viewBox: "0 0 220 220", role: "img", "aria-label": `${links.length} links between ${copies.length} copies` });
    for (const [one, two, relation] of links) {
      const [[x1, y1], [x2, y2]] = [place(one), place(two)];
      svg.append(node("line", { x1, y1, x2, y2, class: "link" }), node("title", {}, relation));
    }
    copies.forEach((_, number) => {
      const [cx, cy] = place(number);
      svg.append(node("circle", { cx, cy, r: 13, class: "dot" }), node("text", { x: cx, y: cy + 5, "text-anchor": "middle" }, String(number + 1)));
    });
    return svg;
  }

  function show() {
    const { copies, fields, links, hidden } = group;
    const picked = () => [...opened.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    const pair = () => { const some = picked(); return some.length === 1 && some[0] !== copies[0].image ? [copies[0].image, some[0]] : some; };
    const reason = make("input", { type: "text", "aria-label": "Why these copies are meant to exist", placeholder: "Why they are meant to exist, such as access copy", size: "34" });
    const box = ([x0, y0, x1, y1]) => make("div", { class: "place", style: `left:${100 * x0}%;top:${100 * y0}%;width:${100 * (x1 - x0)}%;height:${100 * (y1 - y0)}%` });
    opened.replaceChildren(
      make("h3", {}, `Group ${group.group}: ${group.images} copies`),
      make("p", { class: "quiet" }, `Authority ${group.authority}: ${group.reason}${hidden ? ` (${hidden} copies are not shown)` : ""}`),
      make("div", { class: "copies" }, ...copies.map((copy, number) =>
        make("figure", {}, make("div", { class: "framed" }, make("img", { src: copy.url, alt: `Copy ${number + 1}, ${copy.holder}` }), ...copy.places.map(box)),
          make("figcaption", {}, make("label", {}, make("input", { type: "checkbox", value: copy.image }), ` ${number + 1} ${copy.holder}${copy.role === "authoritative" ? " (authoritative)" : ""}`),
            make("br"), copy.path, make("br"), copy.size, copy.places.length ? make("span", { class: "differ" }, make("br"), `differs at ${copy.places.length} place${copy.places.length === 1 ? "" : "s"}`) : "")))),
      make("div", { class: "row" }, who,
        make("button", { type: "button", onclick: () => model.send({ do: "review", images: pair(), who: who.value }) }, "Send the chosen pair to review"),
        reason, make("button", { type: "button", onclick: () => model.send({ do: "intended", images: picked(), reason: reason.value, who: who.value }) }, "Mark as intended copy"),
        make("button", { type: "button", onclick: close }, "Close")),
      status,
      fields.length ? make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "What the copies say" }, make("table", {},
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Field"), ...copies.map((_, number) => make("th", { scope: "col" }, `Copy ${number + 1}`)))),
        make("tbody", {}, ...fields.map(([field, values, differs]) =>
          make("tr", { class: differs ? "differ" : "" }, make("th", { scope: "row" }, `${differs ? "≠ " : ""}${field}`), ...values.map((value) => cell("td", value || "–"))))))) : "",
      make("div", { class: "links" }, map(),
        make("ul", { tabindex: "0", "aria-label": "Links" }, ...links.map(([one, two, relation, why]) => make("li", {}, `${one + 1} – ${two + 1}: ${relation}; ${why}`)))));
    say("");
    opened.focus({ preventScroll: true });
    opened.scrollIntoView({ block: "nearest" });
  }

  function close() { opened.replaceChildren(); tools.after(status); list.focus(); }

  function heard(said, buffers) {
    if (said.kind === "said") {
      if (said.alarm) waiting = false;
      return say(said.message, said.alarm);
    }
    if (said.kind === "rows") {
      if (said.stamp !== index().stamp) return undefined;
      const urls = buffers.map(address);
      said.rows.forEach((row, place) => rows.set(said.from + place, { ...row, urls: urls.splice(0, row.pictures) }));
      const [first, last] = inSight();
      for (const number of [...rows.keys()]) {
        if (rows.size <= KEPT) break;
        if (number < first || number >= last) forget(number);
      }
      if (said.last) waiting = false;
      draw();
    } else if (said.kind === "group") {
      shown.forEach(URL.revokeObjectURL);
      shown = buffers.map(address);
      group = { ...said, copies: said.copies.map((copy, number) => ({ ...copy, url: shown[number] })) };
      show();
    }
    return undefined;
  }

  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step) move(step === Infinity ? index().total : step === -Infinity ? -index().total : step);
    else if (event.key === "Enter") open();
    else if (event.key === "x" || event.key === " ") select();
    else return;
    event.preventDefault(); event.stopPropagation();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened.childElementCount) { close(); event.stopPropagation(); }
  });
  let frame = 0;
  list.addEventListener("scroll", () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); });
  model.on("change:index", changed);
  model.on("msg:custom", heard);
  const leave = stand(model, el, root);
  changed();
  const wake = new ResizeObserver(() => draw());
  wake.observe(list);
  return () => {
    leave();
    wake.disconnect();
    model.off("change:index", changed);
    model.off("msg:custom", heard);
    [...rows.keys()].forEach(forget);
    shown.forEach(URL.revokeObjectURL);
  };
}

export default { render };
