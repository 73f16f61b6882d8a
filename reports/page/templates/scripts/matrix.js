// Filter and search of the matrix: words choose rows, or columns where no row has them.
const table = at("matrix-table");
const heads = [...(table?.tHead.rows[0].cells ?? [])].slice(1);
const rows = [...(table?.tBodies ?? [])].flatMap((body) => [...body.rows].slice(1));
const has = (cell, words) => cell.dataset.words.includes(words);

for (const head of heads) {
  head.dataset.words = `${head.textContent} ${head.firstChild.title} ${head.dataset.section}`.toLowerCase();
}
for (const row of rows) {
  const environment = row.parentElement.rows[0].textContent;
  row.dataset.words = `${row.cells[0].textContent} ${environment}`.toLowerCase();
}

function chosen(words) {
  const byRow = rows.filter((row) => words.every((word) => has(row, word)));
  if (byRow.length) return [byRow, heads];
  const byHead = heads.filter((head) => words.every((word) => has(head, word)));
  if (byHead.length) return [rows, byHead];
  // Some words for the rows, the others for the columns: "scipy special".
  const forRows = words.filter((word) => rows.some((row) => has(row, word)));
  const forHeads = words.filter((word) => !forRows.includes(word));
  return [
    rows.filter((row) => forRows.length && forRows.every((word) => has(row, word))),
    heads.filter((head) => forHeads.every((word) => has(head, word))),
  ];
}

function show() {
  const words = at("filter-words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [section, outcome] = [at("filter-section").value, at("filter-outcome").value];
  let [left, kept] = chosen(words);
  if (section) kept = kept.filter((head) => head.dataset.section === section);
  const wanted = (cell) => !outcome || cell.classList.contains(outcome);
  if (outcome) left = left.filter((row) => kept.some((head) => row.cells[head.cellIndex] && wanted(row.cells[head.cellIndex])));
  if (outcome) kept = kept.filter((head) => left.some((row) => row.cells[head.cellIndex] && wanted(row.cells[head.cellIndex])));
  for (const head of heads) head.hidden = !kept.includes(head);
  for (const row of rows) hide(row, !left.includes(row), wanted);
  for (const body of table.tBodies) body.hidden = ![...body.rows].slice(1).some((row) => !row.hidden);
  at("filter-count").textContent = `${left.length} of ${rows.length} backends, ${kept.length} of ${heads.length} clauses`;
}

function hide(row, hidden, wanted) {
  row.hidden = hidden;
  if (row.cells.length !== heads.length + 1) return;
  for (const head of heads) {
    row.cells[head.cellIndex].hidden = head.hidden;
    row.cells[head.cellIndex].classList.toggle("faint", !wanted(row.cells[head.cellIndex]));
  }
}

if (table) {
  at("filter").hidden = false;
  whenSet(at("filter"), show);
  at("filter").addEventListener("reset", () => setTimeout(show));
  show();
}
