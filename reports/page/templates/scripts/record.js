// One record of a cell: folded to a line, filled when it is opened.
const SYMBOLS = { passed: "✓", "expected failure": "!", "not run": "○", measured: "◇", refused: "⊘", unsupported: "⊘" };
const COLOURS = { "✓": "good", "!": "odd", "○": "odd", "◇": "none", "⊘": "none", "✗": "bad" };

// What the packed groups of a cell hold, as one object for each record.
function recordsOf(data, place) {
  return (data.cells[place] ?? []).flatMap((group) => spread(data, place, group));
}

function spread(data, place, group) {
  const [check, outcome, symptom, reason, link, repeat, count, worst, runs, margins, more] = group;
  const cases = [];
  for (let i = 0; i < runs.length; i += 2) {
    for (let n = 0; n < runs[i + 1]; n++) cases.push(data.cases[runs[i] + n]);
  }
  const text = (position) => (position === -1 ? "in the results document" : position == null ? "" : data.texts[position]);
  const shared = { place, check: data.checks[check], outcome: data.outcomes[outcome], symptom: text(symptom), reason: text(reason), link: text(link) };
  const told = cases.map((name, i) => {
    const [message, where, script, sample, own] = more[i] ?? [];
    return {
      ...shared, case: name, margin: margins?.[i], message: text(message), where, script: text(script),
      sample: data.samples[sample], repeat: text(own) || text(repeat).replaceAll("\0", name),
    };
  });
  if (count > told.length) told.push({ ...shared, left: count - told.length, worst });
  return told;
}

const hashOf = (record) => `#${[record.place, record.check, record.case].map(encodeURI).join("/").replaceAll("#", "%23")}`;

function beside(margin) {
  const value = Number(margin);
  return value <= 1 ? `${margin} of its bound` : `${margin} times its bound`;
}

function recordElement(record) {
  const symbol = SYMBOLS[record.outcome] ?? "✗";
  if (record.left) {
    return make("li", { className: "soft" }, `${symbol} ${record.left} more ${record.outcome} of ${record.check}, in the results document`);
  }
  const margin = record.margin == null ? "" : make("span", { className: "soft" }, ` ${beside(record.margin)}`);
  const told = make("details", { className: "record" }, make("summary", {},
    make("span", { className: COLOURS[symbol] }, `${symbol} ${record.outcome}${record.symptom ? `: ${record.symptom}` : ""} `),
    make("code", {}, record.case), margin));
  told.addEventListener("toggle", () => { if (told.open && told.childElementCount === 1) told.append(...body(record)); });
  return make("li", {}, told);
}

function* body(record) {
  if (record.reason) yield make("p", {}, record.reason);
  if (record.link) yield make("p", {}, make("a", { href: record.link, rel: "noreferrer" }, record.link));
  if (record.message) yield make("pre", {}, record.message);
  if (record.where?.length) yield make("p", { className: "small" }, `Worst at (${record.where.join(", ")}).`);
  if (record.sample) yield heatmaps(record.sample);
  yield make("p", { className: "small" }, "Check ", make("code", {}, record.check), ". ", make("a", { href: hashOf(record) }, "Link to this record"));
  if (record.repeat) yield command(record.repeat, "the command that repeats it");
  if (record.script) yield command(`python ${record.script}`, "the command of the stand-alone script");
}
