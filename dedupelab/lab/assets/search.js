// The screens of the file search and of what was known before, as room.js shows them: each returns what to draw, and answers keys.

const PERSON = [
  ["y", "yes", "Yes"],
  ["x", "no", "No"],
  ["q", "cannot-tell", "Cannot tell"],
];

function searchScreen({ view, urls, state, act, send, press, redraw }) {
  const columns = () => {
    const tiles = [...document.querySelectorAll(".room .found .tile")];
    return Math.max(1, tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length);
  };
  const say = (what, more = {}) => act({ do: "search", act: what, place: state.at, ...more });
  const field = (label, value, placeholder) => make("input", { type: "text", "aria-label": label, value, placeholder, maxlength: "200" });

  function draw() {
    const shown = view();
    const [done, drawn] = shown.progress;
    const words = field("Words", shown.words, "Words (w)");
    const date = field("Date", shown.date, "Date (t), such as 1962-05");
    state.fields = { w: words, t: date };
    const narrow = (event) => { event.preventDefault(); state.at = 0; say("narrow", { words: words.value, date: date.value }); };
    const pane = (name, text) => make("div", { class: "pane" }, make("img", { class: "whole", src: urls()[name], alt: text }));
    return [
      make("h3", {}, "Is there another copy of this picture?", make("span", { class: "quiet" }, ` – file ${done + 1} of ${drawn}`)),
      make("div", { class: shown.close ? "search close" : "search" },
        make("div", {},
          make("div", { class: shown.close ? "stage two" : "stage" }, pane("file", "The picture that is looked for"), shown.close ? pane("close", "The chosen picture") : ""),
          shown.facts.length ? make("dl", { class: "said" }, ...shown.facts.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)])) : "",
          make("div", { class: "row persons", role: "group", "aria-label": "Does it show a person who can be recognised? (optional)" },
            make("span", {}, "Does it show a person who can be recognised? (optional)"),
            ...PERSON.map(([letter, answer, text]) => button(letter, text, () => press(letter), { "aria-pressed": String(shown.person === answer) })))),
        make("div", {},
          make("form", { class: "row", onsubmit: narrow }, words, date, make("button", { type: "submit" }, "Search")),
          make("p", { class: "quiet" }, `${shown.found} pictures, likeliest first; page ${shown.page + 1} of ${shown.pages}`),
          make("div", { class: "tiles found", role: "group", "aria-label": "Likeliest others" },
            ...shown.tiles.map((tile, number) =>
              make("button", { type: "button", class: "tile", "aria-pressed": String(tile.chosen), "data-at": number === state.at,
                "aria-label": `Picture ${number + 1}${tile.chosen ? ", marked as a copy" : ""}`, onclick: () => { state.at = number; press("1"); } },
                make("img", { src: urls()[number], alt: "" }), make("span", {}, tile.chosen ? "✓ copy" : `${number + 1}`)))))),
      make("div", { class: "row labels", role: "group", "aria-label": "Search" },
        button("1", "Mark as copy", () => press("1")), button("c", shown.close ? "Back to the grid" : "Compare", () => press("c"), { "aria-pressed": String(Boolean(shown.close)) }),
        button("e", `Found (${shown.marked})`, () => press("e")), button("0", "Nothing found", () => press("0"))),
      make("div", { class: "row" },
        button("PageUp", "Previous page", () => press("PageUp")), button("PageDown", "Next page", () => press("PageDown")),
        button("u", "Undo", () => press("u")), button("l", "Back to the pairs", () => press("l")), button("?", "Keys", () => press("?"))),
    ];
  }

  function key(letter) {
    const last = view().tiles.length - 1;
    const person = PERSON.find(([each]) => each === letter);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() }[letter];
    if (step) { state.at = Math.max(0, Math.min(last, state.at + step)); redraw(); }
    else if (letter === "1" || letter === " ") say("mark");
    else if (letter === "c") say("compare");
    else if (letter === "e") say("save", { found: true });
    else if (letter === "0") say("save", { found: false });
    else if (letter === "PageDown" || letter === "PageUp") say("page", { step: letter === "PageDown" ? 1 : -1 });
    else if (letter === "w" || letter === "t") { state.fields[letter].focus(); state.fields[letter].select(); }
    else if (person) say("person", { answer: person[1] });
    else return false;
    return true;
  }
  return { draw, key };
}

function feedbackScreen({ view, urls, press }) {
  const words = Object.fromEntries(LABELS.map(([, name, text]) => [name, text]));
  return [
    make("h3", {}, "Pairs whose answer was known before"),
    view().said.length ? "" : make("p", {}, "None was answered otherwise than is true."),
    ...view().said.map(([label, truth], number) =>
      make("figure", { class: "told" },
        ...[2 * number, 2 * number + 1].map((place) => make("img", { src: urls()[place], alt: "" })),
        make("figcaption", {}, `You said: ${words[label] || label}. In truth: ${truth}.`))),
    make("div", { class: "row" }, button("l", "Search for files", () => press("l")), button("k", "Back", () => press("k"))),
  ];
}
