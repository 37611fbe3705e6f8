// The table of areas beside the map: by level, from the whole down by one click, a hundred rows at a time.
var map = { find: null, point: null, fit: null };
var areas = { rows: [], from: 0, at: null, way: 1 };
var PAGE = 100, AT_ONCE = 300;
var area = { table: byId("area-table"), search: byId("area-search"), level: byId("area-level"), path: byId("area-path") };

data.columns.forEach(function (column, at) {
  var cell = make("th", (column.kind === "text" ? "" : "n") + (column.more ? " more" : "")), button = make("button");
  button.type = "button";
  cell.scope = "col";
  cell.appendChild(two(button, column.words));
  area.table.tHead.rows[0].appendChild(cell);
  button.addEventListener("click", function () {
    areas.way = turned(area.table.tHead.rows[0].cells, at);
    areas.at = at;
    choose();
  });
});
function levelOptions() {
  var kept = area.level.value, english = byId("en").checked;
  area.level.textContent = "";
  data.levels.forEach(function (level) {
    var option = make("option", "", level.words[english ? 1 : 0]);
    option.value = level.level;
    area.level.appendChild(option);
  });
  area.level.value = kept || firstLevel();
}
// A county begins with its districts, a province with the highest level that has more than one area.
function firstLevel() {
  var found = data.levels.filter(function (entry) { return data.areas[entry.level].length > 1; });
  return data.areas.district.length > AT_ONCE && found.length ? found[0].level : "district";
}
root.addEventListener("languagechange", levelOptions);
levelOptions();
byId("area-all").addEventListener("change", function () {
  area.table.className = byId("area-all").checked ? "full" : "";
});

function text(value) { return Array.isArray(value) ? value.join(" ") : value; }
function choose() {
  var wanted = area.search.value.trim().toLowerCase();
  areas.rows = data.areas[area.level.value].filter(function (row) {
    return !wanted || row[0].toLowerCase().indexOf(wanted) === 0 || text(row[1]).toLowerCase().indexOf(wanted) >= 0;
  });
  if (areas.at !== null) {
    areas.rows.sort(function (a, b) {
      var none = (a[areas.at] === null) - (b[areas.at] === null);
      return none || areas.way * compare(a[areas.at], b[areas.at]);
    });
  }
  areas.from = 0;
  list();
}
function order() {
  return data.levels.map(function (entry) { return entry.level; }).filter(function (name) { return name !== "exception"; });
}
// The level next below, or nothing: what lies under an area begins with its code.
function below(level) {
  var names = order(), at = names.indexOf(level);
  return at < 0 ? undefined : names[at + 1];
}
function open(level, code) {
  area.level.value = level;
  area.search.value = code;
  areas.at = null;
  choose();
  if (map.fit) { map.fit(code); }
}
function holding(code) {
  var found = [];
  order().forEach(function (level) {
    if (level === area.level.value) { return; }
    data.areas[level].forEach(function (row) { if (code && code.indexOf(row[0]) === 0) { found.push([level, row]); } });
  });
  return found;
}
// Where the search is the code of a larger area, its own counts stand under the areas that add up to it.
function total() {
  var foot = area.table.tFoot, code = area.search.value.trim();
  var found = holding(code).filter(function (pair) { return pair[1][0] === code; });
  foot.textContent = "";
  if (!found.length) { return; }
  var line = make("tr"), whole = found[found.length - 1][1];
  data.columns.forEach(function (column, at) {
    var cell = make("td", (column.kind === "text" ? (at === 0 ? "code" : "") : "n") + (column.more ? " more" : ""));
    if (at === 1) { two(cell, ["合计", "Total"]); } else { fill(cell, whole[at], column.kind); }
    line.appendChild(cell);
  });
  foot.appendChild(line);
}
// The way from the whole down to what is shown; each step of it leads back up.
function path() {
  area.path.textContent = "";
  function step(words, action) {
    var button = two(make("button", "find"), words);
    button.type = "button";
    button.addEventListener("click", action);
    if (area.path.firstChild) { area.path.appendChild(document.createTextNode(" › ")); }
    area.path.appendChild(button);
  }
  step(["全部", "Whole"], function () { open(firstLevel(), ""); });
  holding(area.search.value.trim()).forEach(function (pair) {
    var words = data.levels.filter(function (entry) { return entry.level === pair[0]; })[0].words;
    step([words[0] + " " + pair[1][0], words[1] + " " + pair[1][0]], function () { open(below(pair[0]), pair[1][0]); });
  });
}
function row(values) {
  var line = make("tr"), lower = below(area.level.value), district = area.level.value === "district";
  line.setAttribute("data-code", values[0]);
  data.columns.forEach(function (column, at) {
    var cell = make("td", (column.kind === "text" ? (at === 0 ? "code" : "") : "n") + (column.more ? " more" : ""));
    if (at === 0 && (lower || (district && map.find))) {
      var button = make("button", "find", values[0]);
      button.type = "button";
      button.addEventListener("click", function (event) {
        event.stopPropagation();
        if (lower) { open(lower, values[0]); } else { map.find(values[0]); }
      });
      cell.appendChild(button);
    } else {
      fill(cell, values[at], column.kind);
    }
    line.appendChild(cell);
  });
  if (district) {
    line.addEventListener("mouseenter", function () { if (map.point) { map.point(values[0]); } });
    line.addEventListener("mouseleave", function () { if (map.point) { map.point(null); } });
    line.addEventListener("click", function () { if (map.find) { map.find(values[0]); } });
  }
  return line;
}
function list() {
  var body = area.table.tBodies[0], page = areas.rows.slice(areas.from, areas.from + PAGE);
  body.textContent = "";
  page.forEach(function (values) { body.appendChild(row(values)); });
  total();
  path();
  var to = areas.from + page.length;
  byId("area-range").textContent = (page.length ? number(areas.from + 1) : 0) + "–" + number(to) + " / " + number(areas.rows.length);
  byId("area-back").disabled = areas.from === 0;
  byId("area-next").disabled = to >= areas.rows.length;
}
// Marks a district's row, brought into view where `scroll` asks for it; the map calls this.
function mark(code, className, scroll) {
  each(area.table.querySelectorAll("tr." + className), function (line) { line.classList.remove(className); });
  if (code === null || area.level.value !== "district") { return; }
  var at = areas.rows.map(function (values) { return values[0]; }).indexOf(code);
  if (at < 0) { return; }
  if (scroll && (at < areas.from || at >= areas.from + PAGE)) { areas.from = at - at % PAGE; list(); }
  each(area.table.tBodies[0].rows, function (line) {
    if (line.getAttribute("data-code") !== code) { return; }
    line.classList.add(className);
    if (scroll) { var box = area.table.parentNode; box.scrollTop = line.offsetTop - box.clientHeight / 2; }
  });
}
area.search.addEventListener("input", choose);
area.level.addEventListener("change", choose);
byId("area-back").addEventListener("click", function () { areas.from -= PAGE; list(); });
byId("area-next").addEventListener("click", function () { areas.from += PAGE; list(); });
