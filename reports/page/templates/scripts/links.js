// Deep links: a backend and a clause are places of the page, a cell opens, a record is found in it.
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

async function arrive() {
  for (const old of document.querySelectorAll(".found")) old.classList.remove("found");
  const place = named();
  const parts = place.split("/");
  const cell = parts[0] === "backend" && parts.length > 2 ? at(parts.slice(0, 3).join("/")) : null;
  unfold(cell ?? at(place));
  if (!cell) return;
  cell.open = true;
  await fill(cell);
  const every = cell.querySelector(":scope > .every");
  if (every) every.open = true;
  const target = parts.length > 4 ? find(cell, parts[3], parts.slice(4).join("/")) : cell;
  target?.scrollIntoView({ block: "start" });
  target?.querySelector("summary").focus({ preventScroll: true });
}

// Opens what holds a place, and what lies under it if it is the heading of a section.
function unfold(target) {
  const section = target?.tagName === "H2" ? target.parentElement : null;
  for (const fold of section?.querySelectorAll(":scope > .fold") ?? []) fold.open = true;
  for (let one = target?.closest(".fold"); one; one = one.parentElement.closest(".fold")) {
    one.open = true;
    target.scrollIntoView({ block: "start" });
  }
}

function find(cell, check, name) {
  const record = cell.records?.find((one) => one.check === check && one.case === name);
  if (!record) return cell;
  const list = cell.querySelector(".records");
  const found = recordElement(record);
  // First in the list, wherever it stands among thousands.
  list.prepend(found);
  found.firstChild.open = true;
  found.classList.add("found");
  return found;
}

addEventListener("hashchange", arrive);
// The same link again brings the reader back to the same place.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link && link.hash === location.hash) arrive();
});
if (location.hash) arrive();
