// The plots: bits and margins by backend, time by size, layers.
const DTYPES = ["float64", "float32", "float16", "bfloat16"];
const MEASURES = {
  median: { label: "seconds per call →", format: duration },
  first: { label: "seconds of the first call →", format: duration },
  rate: { label: "multiplications per second →", format: (value) => d3.format(".3s")(value) },
};

function byBackend(rows) {
  const names = [...new Set(rows.map((row) => row.backend))];
  return { marginLeft: leftMargin(), height: names.length * 17 + 60, y: { domain: names, label: null, tickFormat: short } };
}

function bits(data) {
  const rows = data.precision.filter((row) => row.bits != null);
  const words = (row) => `${row.backend}\n${row.dtype}: ${row.bits} of ${data.full[row.dtype]} bits${row.lowered ? `, computed as ${row.computed}` : ""}`;
  draw("bits", () => ({
    ...byBackend(rows),
    x: { label: "bits of the significand →", domain: [0, 56], grid: true },
    color: { domain: DTYPES, range: COLOURS_OF }, symbol: { domain: DTYPES, range: SYMBOLS_OF },
    marks: [
      Plot.ruleX(Object.entries(data.full), { x: "1", stroke: "0", strokeDasharray: "3 3" }),
      Plot.dot(rows, { x: "bits", y: "backend", fill: "dtype", symbol: "dtype", r: 4.5, title: words, tip: true }),
    ],
  }));
}

function margins(data) {
  const rows = data.precision.filter((row) => row.margin);
  const words = (row) => `${row.backend}\n${row.dtype}: ${row.margin} of its bound`;
  draw("margins", () => ({
    ...byBackend(rows),
    x: { label: "worst error over its bound →", type: "log", grid: true, ticks: 4, tickFormat: "~r", domain: [Math.min(0.01, d3.min(rows, (row) => row.margin)), Math.max(1.2, d3.max(rows, (row) => row.margin))] },
    color: { domain: DTYPES, range: COLOURS_OF }, symbol: { domain: DTYPES, range: SYMBOLS_OF },
    marks: [Plot.ruleX([1]), Plot.dot(rows, { x: "margin", y: "backend", fill: "dtype", symbol: "dtype", r: 4.5, title: words, tip: true })],
  }));
}

function addKey(plot, names) {
  const symbols = SYMBOLS_OF.map((name) => d3[`symbol${name[0].toUpperCase()}${name.slice(1)}`]);
  document.querySelector(`[data-plot="${plot}"] .plot`).before(key(names, COLOURS_OF, symbols));
}

function addKeys(data, shown) {
  const named = { bits: DTYPES, margins: DTYPES, speed: libraries(data.timings), layers: libraries(data.timings) };
  for (const name of shown) addKey(name, named[name]);
}

const libraries = (rows) => [...new Set(rows.map((row) => row.library))].slice(0, 8);

function speed(data) {
  const [kernel, measure, mark] = ["kernel", "measure", "mark"].map((name) => at(`speed-${name}`).value);
  const shown = new Set([...at("speed-libraries").querySelectorAll("input:checked")].map((box) => box.value));
  const every = data.timings.filter((row) => !row.layer);
  const rows = every.filter((row) => row.kernel === kernel && row[measure] && shown.has(row.library));
  const domain = libraries(data.timings);
  const series = (row) => `${row.backend} ${row.machine}`;
  const fade = (row) => (mark && row.backend !== mark ? 0.15 : 1);
  const { label, format } = MEASURES[measure];
  draw("speed", () => ({
    height: 460, marginLeft: 62, marginRight: 12,
    x: { type: "log", label: "side of the image, pixels →", ticks: [...new Set(rows.map((row) => row.side))], tickFormat: String },
    y: { type: "log", label: `↑ ${label.replace(" →", "")}`, grid: true, ticks: 6, tickFormat: format },
    color: { domain, range: COLOURS_OF }, symbol: { domain, range: SYMBOLS_OF },
    marks: [
      Plot.line(rows, { x: "side", y: measure, z: series, stroke: "library", strokeOpacity: fade, strokeWidth: 1.3 }),
      measure === "median" ? Plot.ruleX(rows, { x: "side", y1: "low", y2: "high", stroke: "library", strokeOpacity: fade, strokeWidth: 3 }) : null,
      Plot.dot(rows, { x: "side", y: measure, fill: "library", symbol: "library", fillOpacity: fade, r: 3.5 }),
      Plot.tip(rows, Plot.pointer({ x: "side", y: measure, title: (row) => `${row.backend}\n${row.image} by ${row.kernel}\n${row.words}${row.rate ? `\n${d3.format(".3s")(row.rate)} multiplications/s` : ""}` })),
    ],
  }));
}

function layers(data) {
  const rows = data.timings.filter((row) => row.layer && row.median);
  const domain = libraries(data.timings);
  const cases = [...new Set(rows.map((row) => row.case))];
  const words = (row) => `${row.backend}\n${row.case}\n${row.words}`;
  draw("layers", () => ({
    marginLeft: leftMargin(), height: cases.length * 34 + 60, y: { domain: cases, label: null, tickFormat: (name) => short(name.replace("/float32/normal", "")) , grid: true },
    x: { type: "log", label: "seconds per call →", grid: true, tickFormat: duration, ticks: isNarrow() ? 3 : 6 },
    color: { domain, range: COLOURS_OF }, symbol: { domain, range: SYMBOLS_OF },
    marks: [
      Plot.dot(rows, { y: "case", x: "first", stroke: "library", r: 3, strokeOpacity: 0.6, dy: 6 }),
      Plot.dot(rows, { y: "case", x: "median", fill: "library", symbol: "library", r: 4.5, dy: -4, title: words, tip: true }),
    ],
  }));
}

function controls(data) {
  const rows = data.timings.filter((row) => !row.layer);
  const kernels = [...new Set(rows.map((row) => row.kernel))].sort((a, b) => parseInt(a) - parseInt(b));
  options(at("speed-kernel"), kernels);
  at("speed-kernel").value = kernels.includes("11×11") ? "11×11" : kernels[0];
  for (const name of [...new Set(rows.map((row) => row.backend))].sort()) at("speed-mark").append(make("option", { value: name }, name));
  for (const name of libraries(data.timings)) {
    at("speed-libraries").append(make("label", {}, make("input", { type: "checkbox", value: name, checked: true }), name));
  }
  at("speed").hidden = false;
  whenSet(at("speed"), () => speed(data));
}

async function startPlots() {
  const data = await unpack("data-plots");
  const plain = data.timings.some((row) => !row.layer);
  if (plain) controls(data);
  const known = {
    bits: data.precision.some((row) => row.bits != null) && bits,
    margins: data.precision.some((row) => row.margin) && margins,
    speed: plain && speed,
    layers: data.timings.some((row) => row.layer && row.median) && layers,
  };
  const shown = Object.entries(known).filter(([, drawn]) => drawn);
  reveal(shown.map(([name]) => name));
  const all = () => {
    for (const [, drawn] of shown) drawn(data);
  };
  addKeys(data, shown.map(([name]) => name));
  all();
  let width = innerWidth;
  // Where a fold is closed some browsers know no width.
  for (const fold of document.querySelectorAll(".fold:has(.plots)")) fold.addEventListener("toggle", all);
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; all(); } });
}

// Drawn when it is near, so that the page opens at once.
const near = new IntersectionObserver((seen) => {
  if (!seen.some((one) => one.isIntersecting)) return;
  near.disconnect();
  startPlots();
}, { rootMargin: "1500px" });
for (const section of document.querySelectorAll("section:has(.plots)")) near.observe(section);
addEventListener("beforeprint", () => { near.disconnect(); if (!document.querySelector(".plot svg")) startPlots(); });
