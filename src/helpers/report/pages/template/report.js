// Long tables can be sorted by their heads; everything else works without a script.
document.querySelectorAll("table[data-sortable]").forEach(table => {
  const body = table.tBodies[0];
  const given = [...body.rows];
  const number = text => {
    const match = text.replace(/[,\s\u00a0]/g, "").replace("\u2212", "-").match(/-?\d+(\.\d+)?/);
    const unit = { K: 1e3, "\u4e07": 1e4, M: 1e6, "\u4ebf": 1e8, B: 1e9 }[(text.match(/[KMB\u4e07\u4ebf]/) || [])[0]] || 1;
    return match ? parseFloat(match[0]) * unit : -Infinity;
  };
  [...table.tHead.rows[table.tHead.rows.length - 1].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next = { none: "descending", descending: "ascending", ascending: "none" };
      const order = next[head.getAttribute("aria-sort") || "none"];
      [...head.parentElement.cells].forEach(other => other.removeAttribute("aria-sort"));
      if (order !== "none") head.setAttribute("aria-sort", order);
      const total = given.filter(row => row.classList.contains("wb-total"));
      const rows = given.filter(row => !row.classList.contains("wb-total"));
      const figures = head.classList.contains("wb-number");
      const value = row => row.cells[column].textContent.trim();
      if (order !== "none") rows.sort((a, b) => {
        const up = figures ? number(value(a)) - number(value(b)) : value(a).localeCompare(value(b));
        return order === "ascending" ? up : -up;
      });
      body.append(...rows, ...total);
    });
  });
});
// On a phone the contents start closed, above the text.
if (matchMedia("(max-width: 60rem)").matches) {
  document.querySelectorAll(".contents details").forEach(list => list.removeAttribute("open"));
}
// A link to a customer's card opens it.
{
  const open = () => {
    const card = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (card && card.matches("details")) { card.open = true; card.scrollIntoView({ behavior: "instant" }); }
  };
  addEventListener("hashchange", open);
  open();
}
