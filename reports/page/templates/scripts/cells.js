// Opened, a cell lists its records: at most so many at once, with a filter where there are more.
const AT_ONCE = 200;

const filled = new Map();

function fill(cell) {
  if (!filled.has(cell)) filled.set(cell, list(cell));
  return filled.get(cell);
}

async function list(cell) {
  const data = await unpack("data-records");
  const every = recordsOf(data, cell.id);
  const found = make("ul", { className: "records" });
  const note = make("p", { className: "small soft" });
  const draw = (words) => {
    const kept = every.filter((one) => !words || `${one.outcome} ${one.check} ${one.case}`.toLowerCase().includes(words));
    found.replaceChildren(...kept.slice(0, AT_ONCE).map(recordElement));
    note.textContent = kept.length > AT_ONCE ? `${AT_ONCE} of ${kept.length} shown; search for the others.` : "";
  };
  draw("");
  const parts = [found, note];
  if (every.length > 12) parts.unshift(searchBox(draw));
  cell.records = every;
  cell.append(cell.closest(".chips") ? make("div", {}, ...parts) : folded(every.length, parts));
  if (!cell.closest(".chips")) showFirst(cell);
}

function folded(number, parts) {
  return make("details", { className: "every" }, make("summary", {}, number === 1 ? "The record" : `Each of the ${number} records`), ...parts);
}

function searchBox(draw) {
  const box = make("input", { type: "search", autocomplete: "off" });
  box.addEventListener("input", () => draw(box.value.toLowerCase().trim()));
  return make("div", { className: "controls" }, make("label", {}, "Case, check or outcome ", box));
}

// The first failure with arrays is drawn beside the reasons: no one has to look for it.
function showFirst(cell) {
  const drawn = cell.records.find((one) => one.sample);
  if (!drawn) return;
  const told = make("div", { className: "reason" }, make("p", {}, "Drawn: ", make("a", { href: hashOf(drawn) }, drawn.case)), heatmaps(drawn.sample));
  cell.querySelector(":scope > .every").before(told);
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.cell") && event.target.open) fill(event.target);
}, true);
for (const cell of document.querySelectorAll("details.cell[open]")) fill(cell);
