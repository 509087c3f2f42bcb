// What every front end makes its elements with; nothing is ever read as markup.

function make(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" && tag !== "option") node.value = value ?? "";
    else if (value !== null && value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...inside.filter((each) => each !== null && each !== ""));
  return node;
}

// A cell of a table: what is short, such as a date, is never broken.
const cell = (tag, text, more = {}) => make(tag, { ...(text.length <= 28 ? { class: "short" } : {}), ...more }, text);

// JupyterLab takes Enter in a field for itself, and single keys for its commands: within a front end they are its own. So is Ctrl+S: who presses
// it means what is typed here, not the notebook.
function ownKeys(root, save) {
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("keydown", (event) => {
    const held = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !held && !event.altKey) event.stopPropagation();
    if (!held || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) save();
  });
  return root;
}

// Draws a form anew; who stood in a field stands in it afterwards.
function redrawn(form, draw) {
  const at = [...form.elements].indexOf(document.activeElement);
  draw();
  if (at >= 0 && !form.contains(document.activeElement)) form.elements[at]?.focus();
}

// Puts a front end on the page. A kernel that ended or was restarted knows nothing of it, and what nobody answers says so; where JupyterLab lets us,
// a button runs the cells again. `kept`: what was typed stands in the front end that comes then. Returns what is to be done when it leaves the page.
const PARTED = ["restarting", "autorestarting", "terminating", "dead"];
function stand(model, el, root, kept = false) {
  const lab = window.jupyterapp?.commands;
  const session = model.widget_manager?.context?.sessionContext;
  const again = () => lab.execute(session?.session?.kernel?.status === "dead" ? "notebook:restart-run-all" : "notebook:run-all-cells");
  const parted = make("div", { class: "status alarm parted", role: "alert" },
    `The kernel was restarted: nothing here is answered. ${kept ? "What you typed is kept; run" : "Copy what you typed and did not save, then run"} the cells again (Run, Run All Cells). `,
    lab ? make("button", { type: "button", onclick: again }, "Run the cells again") : "");
  // Who stands further down would not see it: JupyterLab scrolls outputs by themselves, so that nothing sticks to the window.
  const part = () => {
    if (parted.parentNode) return;
    const { top, bottom } = root.getBoundingClientRect();
    root.prepend(parted);
    if (bottom > 0 && top < window.innerHeight) parted.scrollIntoView({ block: "nearest" });
  };
  // A kernel that starts again by itself, as after it ran out of memory, says so here alone.
  const heard = (_session, status) => { if (PARTED.includes(status)) part(); };
  el.append(root);
  model.on("comm_live_update", part);
  session?.statusChanged.connect(heard);
  return () => session?.statusChanged.disconnect(heard);
}
