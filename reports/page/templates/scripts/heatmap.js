// A window of a result as tables: expected, got, difference; the worst element is ringed.
function heatmaps(sample) {
  const [row, column] = sample.worst.slice(-2);
  const worst = [row - sample.corner[0], column - sample.corner[1]];
  const parts = ["expected", "got", "difference"].map((name) => heatmap(name, sample, worst));
  const whole = sample.shape.join(" × ");
  const rows = `rows from ${sample.corner[0]}, columns from ${sample.corner[1]}`;
  const leading = sample.shape.length > 2 ? `, at ${sample.worst.slice(0, -2).join(", ")}` : "";
  const of = sample.of ? `Gradient by ${sample.of}` : "Result";
  const text = `${of}, ${whole}${leading}: ${rows}. Ringed: furthest beyond its bound, at (${sample.worst.join(", ")}).`;
  return make("div", {}, make("p", { className: "small soft" }, text), make("div", { className: "maps" }, ...parts));
}

function heatmap(name, sample, worst) {
  const values = sample[name].map((line) => line.split(" "));
  const finite = values.flat().map(Number).filter(Number.isFinite).map(Math.abs);
  const most = Math.max(...finite, 0);
  const body = make("tbody", {}, ...values.map((line, i) =>
    make("tr", {}, ...line.map((text, j) => heated(text, most, i === worst[0] && j === worst[1])))));
  const shown = make("table", { className: name === "difference" ? "heat off" : "heat" });
  shown.append(make("caption", {}, `${name[0].toUpperCase()}${name.slice(1)}`), body);
  return shown;
}

function heated(text, most, isWorst) {
  const value = Number(text);
  const cell = make("td", { className: value < 0 ? "minus" : "plus" }, text);
  if (!Number.isFinite(value)) cell.classList.add("odd-number");
  if (isWorst) cell.classList.add("worst");
  cell.style.setProperty("--heat", most && Number.isFinite(value) ? (Math.abs(value) / most).toFixed(2) : "0");
  return cell;
}
