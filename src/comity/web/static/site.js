// What a browser may add; every page is whole without it.
"use strict";

// Find answers while one types: the list under the box is a page's fragment.
for (const input of document.querySelectorAll("input[data-live]")) {
  const box = document.getElementById(input.dataset.live);
  let asked = 0, waiting = 0;
  const close = () => { box.hidden = true; };
  const ask = async () => {
    const mine = ++asked, words = input.value.trim();
    if (words.length < 2) { close(); return; }
    const query = new URLSearchParams(new FormData(input.form));
    query.set("part", "1");
    try {
      const answer = await fetch(`/find?${query}`);
      if (!answer.ok || mine !== asked) return;
      box.innerHTML = await answer.text();
      box.hidden = box.textContent.trim() === "";
    } catch { close(); }
  };
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.form.addEventListener("keydown", (event) => {
    const links = [...box.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); input.focus(); }
    if (box.hidden || !links.length) return;
    if (event.key === "ArrowDown") { event.preventDefault(); links[Math.min(at + 1, links.length - 1)].focus(); }
    if (event.key === "ArrowUp") { event.preventDefault(); (at > 0 ? links[at - 1] : input).focus(); }
  });
  document.addEventListener("click", (event) => { if (!input.form.contains(event.target)) close(); });
}

// A slider beside a date: the date is what is sent.
for (const slider of document.querySelectorAll("input[data-slides]")) {
  const date = document.getElementById(slider.dataset.slides);
  const first = Date.parse(slider.dataset.first), day = 86400000;
  slider.hidden = false;
  const told = () => { slider.setAttribute("aria-valuetext", date.value || new Date().toISOString().slice(0, 10)); };
  slider.addEventListener("input", () => {
    date.value = new Date(first + slider.valueAsNumber * day).toISOString().slice(0, 10);
    told();
  });
  slider.addEventListener("change", () => slider.form.requestSubmit());
  date.addEventListener("change", () => {
    if (date.value) slider.value = String(Math.round((Date.parse(date.value) - first) / day));
    told();
  });
  told();
}

// A filter that fills a list on the same page.
for (const form of document.querySelectorAll("form[data-fills]")) {
  const box = document.getElementById(form.dataset.fills);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const answer = await fetch(`${form.dataset.from}?${query}&part=1`).catch(() => null);
    if (!answer || !answer.ok) { form.submit(); return; }
    box.innerHTML = await answer.text();
    history.replaceState(null, "", `${location.pathname}?${query}#timeline`);
  });
}

// A run is watched as the server tells of it; when it is over its page is opened anew.
for (const box of document.querySelectorAll("[data-watch]")) {
  const far = document.getElementById("far"), counted = document.getElementById("counted");
  const events = new EventSource(box.dataset.watch);
  const tell = (event) => {
    const run = JSON.parse(event.data);
    if (!run.total) return;
    far.max = run.total;
    far.value = run.done;
    counted.textContent = `${run.done} / ${run.total}`;
  };
  events.addEventListener("state", tell);
  events.addEventListener("over", () => { events.close(); location.reload(); });
}

// Tables of results sort by a click on a heading.
for (const table of document.querySelectorAll(".sheet table")) {
  const body = table.tBodies[0];
  if (!body || body.rows.length < 3) continue;
  table.classList.add("sortable");
  const value = (row, at) => row.cells[at]?.textContent.trim() ?? "";
  const number = (text) => parseFloat(text.replaceAll("−", "-").replaceAll(",", "").replace(/^[^\d.+-]*/, ""));
  [...table.tHead.rows[0].cells].forEach((cell, at) => {
    const title = cell.firstChild;
    if (!title || title.nodeType !== Node.TEXT_NODE || !title.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title.textContent;
    title.replaceWith(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a, at), y = value(b, at), m = number(x), n = number(y);
        const order = cell.classList.contains("n") ? (isNaN(m) ? 1 : isNaN(n) ? -1 : n - m) : y.localeCompare(x);
        return down ? order : -order;
      });
      body.append(...rows);
    });
  });
}

// A link into a folded part opens it, wherever the browser does not do so by itself.
const unfold = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target.querySelector(":scope > details") ?? target; at; at = at.parentElement)
    if (at.tagName === "DETAILS" && !at.open) { at.open = true; target.scrollIntoView(); }
};
addEventListener("hashchange", unfold);
unfold();

// Review by single letters, while none is being typed; they can be turned off, and stay so.
const letters = document.getElementById("keys");
if (letters) {
  const hints = document.querySelectorAll(".key-hint, .keys, [data-goes]");
  let kept = null;
  try { kept = localStorage.getItem("keys"); } catch { /* nothing is kept here */ }
  letters.checked = kept !== "off";
  const tell = () => { for (const hint of hints) hint.hidden = !letters.checked && !hint.classList.contains("keys"); };
  letters.addEventListener("change", () => {
    try { localStorage.setItem("keys", letters.checked ? "on" : "off"); } catch { /* as above */ }
    tell();
  });
  const typing = (at) => at.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (!letters.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event.target)) return;
    const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (!found) return;
    event.preventDefault();
    if (found.dataset.goes) document.querySelector(found.dataset.goes).focus();
    else if (found.matches("input")) found.focus();
    else found.click();
  });
  for (const goes of document.querySelectorAll("[data-goes]"))
    goes.addEventListener("click", () => document.querySelector(goes.dataset.goes).focus());
  tell();
}
