// A to B: what to write in B to get the numbers of A.
const PADDINGS = ["same", "valid", "full"];
const KERNELS = { odd: "odd extents, as 3×3", even: "an even extent, as 4×4" };

async function startPicker() {
  const data = await unpack("data-picker");
  const ofs = [...new Set(data.rows.flatMap(([of]) => of))].map((i) => data.names[i]).sort();
  const tos = [...new Set(data.rows.map(([, to]) => to))].map((i) => data.names[i]).sort();
  options(at("translate-of"), ofs);
  options(at("translate-to"), tos);
  options(at("translate-padding"), PADDINGS);
  options(at("translate-kernel"), Object.keys(KERNELS), (name) => KERNELS[name]);
  begin(ofs, tos);
  at("translate").hidden = false;
  whenSet(at("translate"), () => answer(data));
  answer(data);
}

// The question that most come with; else the first of each list.
function begin(ofs, tos) {
  const known = (names, ...wanted) => wanted.find((name) => names.includes(name)) ?? names[0];
  at("translate-of").value = known(ofs, "scipy.signal.convolve2d");
  at("translate-to").value = known(tos, "torch.nn.functional.conv2d", "keras.layers.Conv2D", "tensorflow.nn.conv2d");
}

function answer(data) {
  const [of, to, padding, kernel] = ["of", "to", "padding", "kernel"].map((name) => at(`translate-${name}`).value);
  const row = data.rows.find((one) =>
    one[0].some((i) => data.names[i] === of) && data.names[one[1]] === to && one[2] === padding && one[3] === kernel);
  const parts = [];
  if (!row) parts.push(make("p", {}, `Nothing is known of ${of} in ${to} with ${padding} and ${kernel} kernels.`));
  if (row && row[4] != null) parts.push(command(data.texts[row[4]] ?? "in the results document", "the code"));
  if (row && row[5] != null) parts.push(make("p", {}, data.texts[row[5]] ?? ""));
  at("translation").replaceChildren(...parts);
}

if (at("data-picker")) startPicker();
