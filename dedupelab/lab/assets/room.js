// The front end of dedupelab/lab/front.py: draws what `view` says, sends what a person did. It decides nothing.

const LABELS = [
  ["1", "same", "Same picture"],
  ["2", "derivative", "Made from it"],
  ["3", "variant", "Other exposure"],
  ["4", "different", "Different"],
  ["5", "cannot-tell", "Cannot tell"],
];
const MODES = [
  ["s", "side", "Side by side"],
  ["f", "flicker", "Flicker"],
  ["o", "overlay", "Overlay"],
  ["d", "difference", "Difference"],
];
const KEYS = [
  ["1 … 5", "decide: same picture, made from it (crop, overlay, collage, mirrored …), other exposure of the scene, different, cannot tell"],
  ["u", "undo your last decision"],
  ["s f o d", "side by side; flicker; one laid over the other; their difference (dark is equal)"],
  ["Space", "flicker: hold still, then step"],
  ["[ ]", "overlay: more of the one, more of the other"],
  ["z", "zoom in twice, four times, back; the arrow keys move, in both pictures at once"],
  ["r", "draw the part that matches (always drawn in overlay and difference)"],
  ["p", "draw the places that are listed as differing, in both pictures, and say where they are; your decision will note that you saw them"],
  ["m", "what both files say of themselves; your decision will note that you saw it"],
  ["n", "write a note; Enter or Esc returns to the pair"],
  ["v", "once nothing is left to ask: names and holders of the pair you decided last"],
  ["g", "whole groups as contact sheets and back; there: arrow keys choose, 1 … 5 decide against the first, a all the rest the same, Page Down next group"],
  ["l", "look for a random file among all others and back; there: arrow keys choose, 1 marks a copy, c compares, w words, t date, Page Down more, e found, 0 nothing found; y x q answer the question on persons"],
  ["t", "once nothing is left to ask: how you answered the pairs whose answer was known before; all that you decided stands from then on"],
  ["?", "this list"],
];
const STEP = 500; // milliseconds a picture stays in flicker: two changes a second, below what WCAG 2.3.1 allows
const LONGEST = 600; // seconds after which the time taken says nothing

const key = (letter) => make("kbd", { "aria-hidden": "true" }, letter);

function button(letter, text, act, more = {}) {
  return make("button", { type: "button", "aria-keyshortcuts": letter, onclick: act, ...more }, key(letter), ` ${text}`);
}

function render({ model, el }) {
  const state = { mode: "side", zoom: 1, x: 50, y: 50, mix: 50, region: false, places: false, metadata: false, help: false, held: false, step: 0, at: 1, busy: false, since: 0, number: null, hint: "" };
  let urls = {};
  const status = make("p", { class: "status", role: "status", "aria-live": "polite" });
  const body = make("div");
  const meter = make("div", { class: "meter" });
  const help = make("div", { class: "help", hidden: true, role: "region", "aria-label": "Keys" },
    make("h3", {}, "Keys"), make("dl", {}, ...KEYS.flatMap(([keys, text]) => [make("dt", {}, key(keys)), make("dd", {}, text)])));
  const room = ownKeys(make("div", { class: "room", tabindex: "0", role: "group", "aria-label": "Review room" }, status, body, help, meter), () => hint("Nothing to save: every answer is kept as soon as it is given."));
  const note = make("input", { class: "note", type: "text", placeholder: "Note (n)", "aria-label": "Note on this pair", maxlength: "500" });

  const view = () => model.get("view");
  const search = searchScreen({ view, urls: () => urls, state, act, send: (said) => send(said), press: (letter) => press(letter), redraw: () => draw() });
  const send = (said) => model.send({ n: view().n, ...said });
  function hint(text) { // stands until the next key that does something, or the next pair
    state.hint = text;
    if (text) status.textContent = text;
  }
  function act(said) {
    if (state.busy) return;
    state.busy = true; // until Python answers: no second key decides a pair that is on its way out
    for (const each of body.querySelectorAll(".labels button, .tile")) each.disabled = true;
    send(said);
  }
  function decide(label) {
    const seconds = (performance.now() - state.since) / 1000;
    act({ do: "label", label, note: note.value, seconds: seconds < LONGEST ? Math.round(seconds * 10) / 10 : null });
  }

  function load(pictures) {
    Object.values(urls).forEach(URL.revokeObjectURL);
    urls = Object.fromEntries(Object.entries(pictures).map(([name, bytes]) => [name, URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }))]));
  }

  function box(kind, place) {
    const [x0, y0, x1, y1] = place.map((part) => `${Math.round(1000 * part) / 10}%`);
    return make("div", { class: kind, style: `left:${x0};top:${y0};width:calc(${x1} - ${x0});height:calc(${y1} - ${y0})` });
  }

  function picture(names, region, words) {
    const size = view().sizes[names[0] === "left" ? "left" : "right"];
    const whole = make("div", { class: "picture", style: `--ratio:${size[0] / size[1]}` },
      ...names.map((name, place) => make("img", { src: urls[name], "data-name": name, alt: place ? "" : words })));
    if (region) whole.append(box("region", region));
    // All but the left picture alone lie on the right one's frame.
    if (state.places && view().places) whole.append(...view().places[names[0] === "left" ? "left" : "right"].map((each) => box("place", each)));
    return make("div", { class: "pane" }, make("div", { class: "zoomable" }, whole));
  }

  function stage() {
    const { regions } = view();
    const marked = state.mode === "overlay" || state.mode === "difference" || state.region;
    const [left, right] = marked && regions ? regions : [null, null];
    if (state.mode === "side")
      return make("div", { class: "stage two" }, picture(["left"], left, "Left picture"), picture(["right"], right, "Right picture"));
    if (!urls.onto) return make("div", { class: "stage" }, make("div", { class: "pane wait" }, "One is being laid on the other …"));
    if (state.mode === "difference")
      return make("div", { class: "stage" }, picture(["difference"], right, "Difference of the two pictures; dark is equal"));
    return make("div", { class: "stage" }, picture(["right", "onto"], right, state.mode === "flicker" ? "The two pictures in turn" : "One picture laid over the other"));
  }

  function place() {
    for (const each of body.querySelectorAll(".zoomable")) {
      each.style.transform = `scale(${state.zoom})`;
      each.style.transformOrigin = `${state.x}% ${state.y}%`;
    }
    const top = body.querySelector("img[data-name=onto]");
    if (top) top.style.opacity = state.mode === "flicker" ? state.step % 2 : state.mix / 100;
  }

  function facts(rows) {
    const words = { differ: "≠ differ", compatible: "≈ both can be true", one: "≠ one is silent", equal: "=" };
    return make("table", {},
      make("thead", {}, make("tr", {}, ...["Field", "Left", "Right", "Compared"].map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...rows.map(([field, left, right, how]) =>
        make("tr", { class: how }, make("th", { scope: "row" }, field), make("td", {}, left || "–"), make("td", {}, right || "–"), make("td", {}, words[how])))));
  }

  function pair() {
    const { purpose, metadata, pictures, reviewer } = view();
    const asked = { first: "Is it the same picture?", second: "A second opinion: is it the same picture?", adjudication: "Reviewers disagree. You settle it: is it the same picture?" }[purpose];
    const can = pictures.right;
    body.replaceChildren(
      make("h3", {}, asked, make("span", { class: "quiet" }, ` – ${reviewer}`)),
      make("div", { class: "row modes", role: "group", "aria-label": "How to look" },
        ...MODES.map(([letter, name, text]) => button(letter, text, () => press(letter), { "aria-pressed": String(state.mode === name) })),
        button("z", state.zoom > 1 ? `Zoom ${state.zoom} ×` : "Zoom", () => press("z"), { "aria-pressed": String(state.zoom > 1) }),
        button("r", "Matched part", () => press("r"), { "aria-pressed": String(state.region) }),
        button("p", "Places that differ", () => press("p"), { "aria-pressed": String(state.places) }),
        button("m", "Metadata", () => press("m"), { "aria-pressed": String(Boolean(metadata && state.metadata)) })),
      can ? stage() : make("p", {}, "No picture."),
      can && state.region && view().laid && !view().regions ? make("p", { class: "quiet" }, "No part of the two was found to match; they lie frame on frame.") : "",
      make("div", { class: "row labels", role: "group", "aria-label": "Decide" },
        ...LABELS.map(([letter, name, text]) => button(letter, text, () => decide(name)))),
      make("div", { class: "row" }, note,
        button("u", "Undo", () => press("u")),
        button("g", "Groups", () => press("g")), button("l", "Search for files", () => press("l")), button("?", "Keys", () => press("?"))),
      metadata && state.metadata ? facts(metadata) : "");
    place();
  }

  function group() {
    const { tiles, title } = view();
    const words = Object.fromEntries(LABELS.map(([, name, text]) => [name, text]));
    state.at = Math.max(1, Math.min(state.at, tiles.length - 1));
    body.replaceChildren(
      make("h3", {}, `${title}: is each the same picture as the first?`),
      make("p", { class: "quiet" }, "The detector linked these, so this is not blind; what the sample asks is decided there."),
      make("div", { class: "tiles", role: "group", "aria-label": title },
        ...tiles.map((tile, number) =>
          make("button", { type: "button", class: "tile", "aria-pressed": String(number === state.at), disabled: number === 0, onclick: () => { state.at = number; draw(); } },
            make("img", { src: urls[number], alt: "" }),
            make("span", {}, number ? `${number}: ${words[tile.label] || tile.locked || "not decided"}` : "First")))),
      make("div", { class: "row labels", role: "group", "aria-label": "Decide on the chosen picture" },
        ...LABELS.map(([letter, name, text]) => button(letter, text, () => act({ do: "tiles", places: [state.at], label: name })))),
      make("div", { class: "row" },
        button("a", "All the rest: same", () => press("a")), button("u", "Undo", () => press("u")),
        button("PageUp", "Previous", () => press("PageUp")), button("PageDown", "Next group", () => press("PageDown")),
        button("g", "Back to the pairs", () => press("g")), button("?", "Keys", () => press("?"))));
  }

  function ask() {
    const name = make("input", { type: "text", id: `reviewer-${Math.random().toString(36).slice(2)}`, autocomplete: "name", maxlength: "100", value: view().name || "" });
    body.replaceChildren(
      make("h3", {}, `Review of ${view().study}`),
      make("p", {}, "You will see pairs of pictures, and decide with the keys 1 to 5. Every decision is saved at once, under your name."),
      make("form", { class: "row", onsubmit: (event) => { event.preventDefault(); send({ do: "name", name: name.value }); } },
        make("label", { for: name.id }, "Your name (required)"), name, make("button", { type: "submit" }, "Begin")));
  }

  function draw() {
    const shown = view();
    // Where places lie is said, too: outlines say nothing to a screen reader.
    const places = shown.screen === "pair" && state.places && shown.places ? shown.places.words : "";
    status.textContent = (shown.alarm ? shown.message : state.hint || places || shown.message) || "";
    status.classList.toggle("alarm", Boolean(shown.alarm));
    help.hidden = !state.help;
    if (shown.screen === "name") ask();
    else if (shown.screen === "pair") pair();
    else if (shown.screen === "group") group();
    else if (shown.screen === "search") {
      body.replaceChildren(...search.draw());
      body.querySelector("[data-at]")?.scrollIntoView({ block: "nearest" });
    }
    else if (shown.screen === "feedback") body.replaceChildren(...feedbackScreen({ view, urls: () => urls, press }));
    else if (shown.screen === "done") body.replaceChildren(make("h3", {}, "Nothing is left to review."), make("div", { class: "row" },
      make("p", { class: "quiet" }, "Once you are told how you did, all that you decided stands."),
      button("u", "Undo", () => press("u")), button("v", "Last pair", () => press("v")), button("g", "Groups", () => press("g")),
      button("l", "Search for files", () => press("l")), button("t", "How did I do?", () => press("t"))));
    else if (shown.screen === "searched") body.replaceChildren(make("h3", {}, `All ${shown.progress[1]} files are searched for.`), make("div", { class: "row" },
      button("u", "Undo", () => press("u")), button("l", "Back to the pairs", () => press("l"))));
    else body.replaceChildren();
  }

  function changed() {
    const shown = view();
    const within = room.contains(document.activeElement);
    const typing = document.activeElement === note;
    const before = state.number;
    state.busy = false;
    if (shown.n !== before || shown.alarm) hint("");
    room.dataset.n = shown.n || 0;
    if (shown.tiles) {
      const large = shown.screen === "search" ? { file: shown.file, ...(shown.close ? { close: shown.close } : {}) } : {};
      load({ ...Object.fromEntries(shown.tiles.map((tile, place) => [place, tile.jpeg])), ...large });
    }
    if (shown.at !== undefined && shown.n !== before) state.at = shown.at;
    if (shown.screen === "pair") load(shown.pictures);
    if (shown.n !== before && shown.screen === "pair") {
      Object.assign(state, { number: shown.n, mode: "side", zoom: 1, x: 50, y: 50, mix: 50, places: false, step: 0, held: false, since: performance.now() });
      state.metadata = Boolean(shown.metadata);
      note.value = "";
    }
    draw();
    // What had the focus may have been drawn anew: keys must go on working.
    if (within && !room.contains(document.activeElement)) (typing ? note : room).focus({ preventScroll: true });
  }

  function progress() {
    const read = model.get("progress");
    if (!read.planned) return meter.replaceChildren();
    const bar = (done, all) => make("div", { class: "bar" }, make("div", { style: `width:${all ? (100 * done) / all : 0}%` }));
    const half = read.half === null || read.half === undefined ? null : Math.min(50, read.half);
    meter.replaceChildren(
      make("div", {}, make("div", { class: "all" }, `${read.reviewed} of ${read.planned} pairs reviewed`), bar(read.reviewed, read.planned),
        make("div", { class: "interval" }, read.text), half === null ? "" : bar(half, 50)),
      make("ul", { class: "bars", "aria-label": "Reviewed per stratum" },
        ...read.strata.map(([done, all], place) => make("li", {}, `Stratum ${place + 1}: ${done} of ${all}`, bar(done, all)))));
  }

  function press(letter) {
    const { screen } = view();
    if (letter === "?") { state.help = !state.help; return draw(), true; }
    if (screen === "name" || screen === "wait") return false;
    if (letter === "u") return act({ do: "undo" }), true;
    if (letter === "l") return act(screen === "search" || screen === "searched" ? { do: "pair" } : { do: "search", act: "begin" }), true;
    if (letter === "k" && screen === "feedback") return act({ do: "pair" }), true;
    if (letter === "t" && screen === "done") return act({ do: "feedback" }), true;
    if (screen === "search") return search.key(letter);
    if (letter === "g") return act({ do: screen === "group" ? "pair" : "group" }), true;
    const label = LABELS.find(([number]) => number === letter);
    if (screen === "group") {
      const last = view().tiles.length - 1;
      if (label) act({ do: "tiles", places: [state.at], label: label[1] });
      else if (letter === "a") act({ do: "tiles", places: view().tiles.map((_, place) => place).filter((place) => place && !view().tiles[place].label), label: "same" });
      else if (letter === "PageDown" || letter === "PageUp") { state.at = 1; act({ do: "group", step: letter === "PageDown" ? 1 : -1 }); }
      else if (letter === "ArrowRight" || letter === "ArrowDown") { state.at = Math.min(last, state.at + 1); draw(); }
      else if (letter === "ArrowLeft" || letter === "ArrowUp") { state.at = Math.max(1, state.at - 1); draw(); }
      else return false;
      return true;
    }
    if (letter === "v" && (screen === "pair" || screen === "done")) return send({ do: "last" }), true;
    if (screen !== "pair") return false;
    const mode = MODES.find(([name]) => name === letter);
    if (label) decide(label[1]);
    else if (mode) { state.mode = state.mode === mode[1] ? "side" : mode[1]; state.step = 0; state.held = matchMedia("(prefers-reduced-motion: reduce)").matches; draw(); }
    else if (letter === " " && state.mode === "flicker") { if (state.held) state.step += 1; state.held = true; place(); }
    else if (letter === "[" || letter === "]") { state.mix = Math.max(0, Math.min(100, state.mix + (letter === "]" ? 10 : -10))); place(); }
    else if (letter === "z") { state.zoom = { 1: 2, 2: 4, 4: 1 }[state.zoom]; if (state.zoom > 1 && !view().detail) send({ do: "detail" }); draw(); }
    else if (letter === "r") { state.region = !state.region; draw(); }
    else if (letter === "p") { state.places = !state.places; if (!view().places) send({ do: "places" }); draw(); }
    else if (letter === "m") { state.metadata = !state.metadata; if (!view().metadata) send({ do: "metadata" }); draw(); }
    else if (letter === "n") note.focus();
    else if (letter.startsWith("Arrow") && state.zoom > 1) {
      const [x, y] = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[letter];
      state.x = Math.max(0, Math.min(100, state.x + x)); state.y = Math.max(0, Math.min(100, state.y + y)); place();
    } else return false;
    return true;
  }

  room.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.tagName === "INPUT") {
      if (event.key === "Escape" || (event.target === note && event.key === "Enter")) { event.preventDefault(); room.focus(); }
      return event.stopPropagation();
    }
    // A key held down says nothing new; Enter and Space on a button are the button's.
    const own = event.target.tagName === "BUTTON" && (event.key === "Enter" || event.key === " ");
    const moves = event.key.startsWith("Arrow");
    if (own || (event.repeat && !moves)) return;
    const before = state.hint;
    state.hint = "";
    if (press(event.key.length === 1 ? event.key.toLowerCase() : event.key)) { event.preventDefault(); event.stopPropagation(); }
    else hint(event.key.length === 1 ? `“${event.key}” does nothing here; ? lists the keys.` : before);
  });
  // Moving to another part of the room with the mouse keeps the keys working.
  room.addEventListener("pointerup", (event) => { if (event.target.closest(".stage")) room.focus({ preventScroll: true }); });
  const timer = setInterval(() => { if (state.mode === "flicker" && !state.held) { state.step += 1; place(); } }, STEP);
  model.on("change:view", changed);
  model.on("change:progress", progress);
  const leave = stand(model, el, room);
  changed();
  progress();
  return () => {
    leave();
    clearInterval(timer);
    model.off("change:view", changed);
    model.off("change:progress", progress);
    Object.values(urls).forEach(URL.revokeObjectURL);
  };
}

export default { render };
