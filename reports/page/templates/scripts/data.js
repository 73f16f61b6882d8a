// What every other script uses: elements by id, new elements, and the data that the page carries.
const at = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

const unpacked = new Map();

function unpack(id) {
  if (!unpacked.has(id)) unpacked.set(id, inflate(at(id).textContent.trim()));
  return unpacked.get(id);
}

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

function options(select, values, words = (value) => value) {
  select.replaceChildren(...values.map((value) => make("option", { value: String(value) }, words(value))));
}

// Text to copy, with the button that copies it.
function command(text, what) {
  const button = make("button", { type: "button" }, "Copy");
  button.setAttribute("aria-label", `Copy ${what}`);
  const done = (word) => { button.textContent = word; };
  // Not every place that a page is opened from lets it copy.
  const copied = async () => navigator.clipboard.writeText(text);
  button.onclick = () => copied().then(() => done("Copied"), () => done("Select it"));
  return make("div", { className: "command" }, make("pre", {}, text), button);
}

// Whatever way a control of the form is set; the form is never sent.
function whenSet(form, act) {
  for (const name of ["input", "change"]) form.addEventListener(name, act);
  form.addEventListener("submit", (event) => event.preventDefault());
}
