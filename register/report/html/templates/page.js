// Helpers, remembered choices and tables that sort and search.  Reads only what the page holds; asks nobody for anything.
var root = document.documentElement;
var data = unpack(document.getElementById("data").textContent);
root.className = "script";

function each(list, action) { Array.prototype.forEach.call(list, action); }
function byId(id) { return document.getElementById(id); }
function make(tag, className, text) {
  var node = document.createElement(tag);
  if (className) { node.className = className; }
  if (text !== undefined) { node.textContent = text; }
  return node;
}
function two(node, words) {
  ["zh", "en"].forEach(function (lang, index) {
    var part = make("span", "", words[index]);
    part.lang = lang;
    node.appendChild(part);
  });
  return node;
}
function number(value, digits) {
  var parts = Math.abs(value).toFixed(digits || 0).split(".");
  parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
  return (value < 0 ? "-" : "") + parts.join(".");
}
function shown(value, kind) {
  if (value === null || value === undefined) { return kind === "text" ? "" : "·"; }
  return kind === "share" ? number(value * 100, 1) + "%" : kind === "decimal" ? number(value, 2) : kind === "count" ? number(value) : value;
}
function fill(cell, value, kind) {
  if (Array.isArray(value)) { two(cell, value); } else { cell.textContent = shown(value, kind); }
}
function compare(a, b) {
  var none = function (value) { return value === null || value === undefined || value === ""; };
  if (none(a) || none(b)) { return none(a) - none(b); }
  return typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
}
function turned(head, at) {
  var falling = head[at].getAttribute("aria-sort") === "descending";
  each(head, function (cell) { cell.removeAttribute("aria-sort"); });
  head[at].setAttribute("aria-sort", falling ? "ascending" : "descending");
  return falling ? 1 : -1;
}

// What the reader chose last: language, colours, what the map shows.  A browser that keeps nothing is no error.
function remember(key, value) {
  try { window.localStorage.setItem("minglu.report." + key, value); } catch (error) { return; }
}
function recall(key) {
  try { return window.localStorage.getItem("minglu.report." + key); } catch (error) { return null; }
}
function language() {
  root.lang = byId("en").checked ? "en" : "zh";
  if (window.Event && typeof Event === "function") { root.dispatchEvent(new Event("languagechange")); }
}
each(document.querySelectorAll(".switch"), function (input) {
  if (recall("language") === input.id) { input.checked = true; }
  input.addEventListener("change", function () { remember("language", byId("en").checked ? "en" : "zh"); language(); });
});
language();

var systemDark = window.matchMedia ? window.matchMedia("(prefers-color-scheme: dark)") : { matches: false };
function dark() { return (root.getAttribute("data-theme") || (systemDark.matches ? "dark" : "light")) === "dark"; }
if (recall("theme")) { root.setAttribute("data-theme", recall("theme")); }
byId("theme").addEventListener("click", function () {
  root.setAttribute("data-theme", dark() ? "light" : "dark");
  remember("theme", root.getAttribute("data-theme"));
});

// What is folded away opens for a link into it, and for paper.
function unfold(node) {
  while (node) {
    if (node.tagName === "DETAILS") { node.open = true; }
    node = node.parentNode;
  }
}
function follow() {
  var target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
  if (target) { unfold(target); each(target.querySelectorAll(":scope > details"), unfold); target.scrollIntoView(); }
}
window.addEventListener("hashchange", follow);
if (location.hash) { window.setTimeout(follow, 0); }
window.addEventListener("beforeprint", function () {
  each(document.querySelectorAll("details:not([open])"), function (part) { part.open = true; part.setAttribute("data-folded", ""); });
});
window.addEventListener("afterprint", function () {
  each(document.querySelectorAll("details[data-folded]"), function (part) { part.open = false; part.removeAttribute("data-folded"); });
});

// A table is called by the heading above it; where it is wider than its place it scrolls by keyboard too.
each(document.querySelectorAll("main table"), function (table, at) {
  var box = /\bscroll\b/.test(table.parentNode.className) ? table.parentNode : table, before = box;
  while (before && !/^(H[23]|SUMMARY)$/.test(before.tagName)) { before = before.previousElementSibling || before.parentNode; }
  if (!before) { return; }
  before.id = before.id || "heading-" + at;
  table.setAttribute("aria-labelledby", before.id);
  if (box !== table) {
    box.setAttribute("role", "region");
    box.setAttribute("aria-labelledby", before.id);
    box.tabIndex = 0;
  }
});

// Tables written into the page: sorted in place.
each(document.querySelectorAll("table.sorts"), function (table) {
  var head = table.tHead.rows[table.tHead.rows.length - 1].cells, body = table.tBodies[0];
  each(head, function (cell, at) {
    var button = make("button");
    button.type = "button";
    while (cell.firstChild) { button.appendChild(cell.firstChild); }
    cell.appendChild(button);
    button.addEventListener("click", function () {
      var way = turned(head, at);
      var value = function (row) {
        var text = row.cells[at].getAttribute("data-value") || row.cells[at].textContent;
        var numeric = parseFloat(text.replace(/,/g, ""));
        return cell.className === "n" ? (isNaN(numeric) ? null : numeric) : text;
      };
      Array.prototype.slice.call(body.rows).sort(function (a, b) { return way * compare(value(a), value(b)); })
        .forEach(function (row) { body.appendChild(row); });
    });
  });
});

each(document.querySelectorAll("input.finds"), function (input) {
  input.addEventListener("input", function () {
    var wanted = input.value.trim().toLowerCase();
    each(byId(input.getAttribute("data-table")).tBodies[0].rows, function (row) {
      row.style.display = row.textContent.toLowerCase().indexOf(wanted) >= 0 ? "" : "none";
    });
  });
});
