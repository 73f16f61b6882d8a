// What the plots share: colours and symbols by library, width, labels that fit.
// Shown before any is drawn: how wide one is depends on its neighbours.
const reveal = (names) => {
  for (const name of names) document.querySelectorAll(`[data-plot="${name}"]`).forEach((figure) => { figure.hidden = false; });
};

const COLOURS_OF = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `var(--c${i})`);
const SYMBOLS_OF = ["circle", "square", "diamond", "triangle", "cross", "star", "wye", "asterisk"];
const isNarrow = () => document.documentElement.clientWidth < 640;

function draw(name, marks) {
  const figure = document.querySelector(`[data-plot="${name}"]`);
  if (!figure) return;
  const place = figure.querySelector(".plot");
  const width = Math.max(280, Math.floor(figure.clientWidth));
  const drawn = Plot.plot({ width, marginBottom: 44, style: { background: "none", fontSize: "12px", overflow: "visible" }, ...marks(width) });
  const svg = drawn.matches("svg") ? drawn : drawn.querySelector("svg:last-of-type");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent}. A table below says the same.`);
  // An image is read as a whole; ARIA has no names for its parts.
  for (const part of svg.querySelectorAll("[aria-label]")) {
    part.dataset.mark = part.getAttribute("aria-label");
    part.removeAttribute("aria-label");
  }
  place.replaceChildren(drawn);
}

// A name from its end, for it is the end that tells calls apart.
const short = (name) => {
  const most = isNarrow() ? 17 : 40;
  return name.length > most ? `…${name.slice(1 - most)}` : name;
};

const leftMargin = () => (isNarrow() ? 122 : 270);

function duration(seconds) {
  const [unit, scale] = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]].find(([, least]) => seconds >= least * 0.9995) ?? ["ns", 1e-9];
  return `${Number((seconds / scale).toPrecision(3))} ${unit}`;
}

// A key in HTML: it wraps, and a screen reader reads it.
function key(names, colours, symbols) {
  const path = (i) => d3.symbol(symbols?.[i] ?? d3.symbolCircle, 50)();
  const mark = (i) => {
    const svg = d3.create("svg").attr("viewBox", "-6 -6 12 12").attr("aria-hidden", "true");
    svg.append("path").attr("d", path(i)).attr("fill", colours[i]).attr("stroke", colours[i]);
    return svg.node();
  };
  return make("ul", { className: "key" }, ...names.map((name, i) => make("li", {}, mark(i), name)));
}
