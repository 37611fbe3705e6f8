// Tables that sort and search, areas by level, the map.  Reads only what the page holds; asks nobody for anything.
(function () {
  "use strict";
  var root = document.documentElement;
  var data = unpack(document.getElementById("data").textContent);
  root.className = "script";

  function each(list, action) { Array.prototype.forEach.call(list, action); }
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
  function language() {
    root.lang = document.getElementById("en").checked ? "en" : "zh";
  }
  each(document.querySelectorAll(".switch"), function (input) { input.addEventListener("change", language); });

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

  // A table is called by the heading above it; where it is wider than its place it scrolls by keyboard too.
  each(document.querySelectorAll("main table"), function (table, at) {
    var box = table.parentNode.className === "scroll" ? table.parentNode : table, before = box;
    while (before && !/^H[23]$/.test(before.tagName)) { before = before.previousElementSibling || before.parentNode; }
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
      each(document.getElementById(input.getAttribute("data-table")).tBodies[0].rows, function (row) {
        row.style.display = row.textContent.toLowerCase().indexOf(wanted) >= 0 ? "" : "none";
      });
    });
  });

  // Areas by level, a hundred rows at a time.
  var areas = { level: null, rows: [], from: 0, at: null, way: 1 };
  var PAGE = 100;
  var area = { table: document.getElementById("area-table"), search: document.getElementById("area-search"), level: document.getElementById("area-level") };
  data.columns.forEach(function (column, at) {
    var cell = make("th", column.kind === "text" ? "" : "n"), button = make("button");
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
  data.levels.forEach(function (level) {
    var option = make("option", "", level.words.join(" / "));
    option.value = level.level;
    area.level.appendChild(option);
  });
  area.level.value = data.levels[data.levels.length - 1].level;

  function choose() {
    var wanted = area.search.value.trim().toLowerCase();
    areas.rows = data.areas[area.level.value].filter(function (row) {
      return !wanted || row[0].toLowerCase().indexOf(wanted) === 0 || row[1].toLowerCase().indexOf(wanted) >= 0;
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
  // The level next below, or nothing: what lies under an area begins with its code.
  function below(level) {
    var order = data.levels.map(function (entry) { return entry.level; }).filter(function (name) { return name !== "exception"; });
    var at = order.indexOf(level);
    return at < 0 ? undefined : order[at + 1];
  }
  function open(level, code) {
    area.level.value = level;
    area.search.value = code;
    areas.at = null;
    choose();
    area.search.focus();
  }
  // Where the search is the code of a larger area, its own counts stand under the areas that add up to it.
  function total() {
    var foot = area.table.tFoot, code = area.search.value.trim(), whole = null;
    foot.textContent = "";
    data.levels.forEach(function (entry) {
      data.areas[entry.level].forEach(function (row) {
        if (row[0] === code && entry.level !== area.level.value && entry.level !== "exception") { whole = row; }
      });
    });
    if (!whole) { return; }
    var line = make("tr");
    data.columns.forEach(function (column, at) {
      var cell = make("td", column.kind === "text" ? (at === 0 ? "code" : "") : "n");
      if (at === 1) { two(cell, ["合计", "Total"]); } else { cell.textContent = shown(whole[at], column.kind); }
      line.appendChild(cell);
    });
    foot.appendChild(line);
  }
  function list() {
    var body = area.table.tBodies[0], page = areas.rows.slice(areas.from, areas.from + PAGE);
    body.textContent = "";
    page.forEach(function (row) {
      var line = make("tr");
      data.columns.forEach(function (column, at) {
        var cell = make("td", column.kind === "text" ? (at === 0 ? "code" : "") : "n");
        var lower = at === 0 && below(area.level.value);
        if (at === 0 && (lower || (area.level.value === "district" && map.find))) {
          var button = make("button", "find", row[0]);
          button.type = "button";
          button.addEventListener("click", lower ? function () { open(lower, row[0]); } : function () { map.find(row[0]); });
          cell.appendChild(button);
        } else {
          cell.textContent = shown(row[at], column.kind);
        }
        line.appendChild(cell);
      });
      body.appendChild(line);
    });
    total();
    var to = areas.from + page.length;
    document.getElementById("area-range").textContent = (page.length ? number(areas.from + 1) : 0) + "–" + number(to) + " / " + number(areas.rows.length);
    document.getElementById("area-back").disabled = areas.from === 0;
    document.getElementById("area-next").disabled = to >= areas.rows.length;
  }
  area.search.addEventListener("input", choose);
  area.level.addEventListener("change", choose);
  document.getElementById("area-back").addEventListener("click", function () { areas.from -= PAGE; list(); });
  document.getElementById("area-next").addEventListener("click", function () { areas.from += PAGE; list(); });

  // The map: drawn on a canvas; where that fails the still picture stays.
  var map = { find: null };
  function rings(shape) {
    return shape.map(function (steps) {
      var x = 0, y = 0, corners = [];
      for (var i = 0; i < steps.length; i += 2) {
        x += steps[i]; y += steps[i + 1];
        corners.push([y * data.step, x * data.step]);
      }
      return corners;
    });
  }
  function draw() {
    if (!data.shapes.length || !document.createElement("canvas").getContext) { return; }
    var place = document.getElementById("map");
    place.className = "drawn";
    var leaf = L.map(place, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false });
    var canvas = L.canvas({ padding: 0.3 }), polygons = {}, bounds = L.latLngBounds([]);
    var districts = {}, view = data.views[0];
    data.areas.district.forEach(function (row) { districts[row[0]] = row; });
    function shade(row) {
      var value = row ? row[view.column] : null;
      if (value === null || value === undefined) { return { fillColor: "#ffffff", dashArray: "3 3" }; }
      var found = 0;
      view.limits.forEach(function (limit) { if (value > limit) { found++; } });
      return { fillColor: data.shades[found], dashArray: null };
    }
    function tell(row, code) {
      var box = make("div");
      box.appendChild(make("strong", "", code));
      if (row) {
        data.columns.forEach(function (column, at) {
          if (at) {
            var line = two(make("div"), column.words);
            line.appendChild(document.createTextNode(" "));
            line.appendChild(make("b", "", shown(row[at], column.kind)));
            box.appendChild(line);
          }
        });
      }
      return box;
    }
    data.shapes.forEach(function (shape, index) {
      if (!shape.length) { return; }
      var code = data.codes[index], row = districts[code];
      var polygon = L.polygon(rings(shape), { renderer: canvas, color: "#5c6670", weight: 0.7, fillOpacity: 1 });
      polygon.setStyle(shade(row));
      polygon.bindPopup(function () { return tell(row, code); });
      polygon.addTo(leaf);
      polygons[code] = polygon;
      bounds.extend(polygon.getBounds());
    });
    var layers = { units: L.layerGroup(), faults: L.layerGroup(), inside: L.layerGroup() };
    data.inside.forEach(function (unit) {
      if (!unit.point) { return; }
      L.circleMarker([unit.point[1] * data.step, unit.point[0] * data.step], { renderer: canvas, radius: 4, color: "#111", weight: 1, fillColor: "#fff", fillOpacity: 1 }).bindPopup(function () {
        var box = make("div");
        [unit.name, unit.id, unit.reason].concat(unit.rows).forEach(function (text) { box.appendChild(make("div", "", text)); });
        return box;
      }).addTo(layers.inside);
    });
    data.points.forEach(function (point, index) {
      var row = districts[data.codes[index]], units = row ? row[data.units_column] : null;
      if (point && units) {
        L.circleMarker([point[1] * data.step, point[0] * data.step], { renderer: canvas, radius: Math.max(2, Math.min(26, Math.sqrt(units) * data.circle)), color: "#111", weight: 1, fillColor: "#f2a900", fillOpacity: 0.75, interactive: false }).addTo(layers.units);
      }
    });
    data.faults.forEach(function (fault) {
      var mark = { renderer: canvas, color: "#b3003c", weight: 3, fillColor: "#ff4d88", fillOpacity: 0.6 };
      if (fault.shape.length) { L.polygon(rings(fault.shape), mark).addTo(layers.faults); }
      if (fault.point) {
        L.circleMarker([fault.point[1] * data.step, fault.point[0] * data.step], { renderer: canvas, radius: 7, color: "#b3003c", weight: 3, fill: true, fillOpacity: 0.05 }).bindPopup(function () {
          var box = make("div");
          box.appendChild(make("strong", "", fault.id));
          box.appendChild(two(make("div"), fault.words));
          box.appendChild(make("div", "", fault.districts));
          return box;
        }).addTo(layers.faults);
      }
    });
    layers.faults.addTo(leaf);
    leaf.fitBounds(bounds.pad(0.02));
    L.control.scale({ imperial: false }).addTo(leaf);
    function legend() {
      var place = document.getElementById("legend");
      place.textContent = "";
      data.shades.forEach(function (shade, at) {
        if (at > view.limits.length) { return; }
        var key = make("span", "key");
        key.style.background = shade;
        place.appendChild(key);
        var show = function (value) { return shown(value, view.kind); };
        place.appendChild(document.createTextNode(at === 0 ? (view.limits.length ? "≤ " + show(view.limits[0]) : "") : "> " + show(view.limits[at - 1])));
      });
      var none = make("span", "key");
      none.style.borderStyle = "dashed";
      place.appendChild(none);
      two(place, ["无单位或未公布", "none, or not printed"]);
    }
    each(document.querySelectorAll("input[name=view]"), function (input) {
      input.addEventListener("change", function () {
        view = data.views[+input.value];
        Object.keys(polygons).forEach(function (code) { polygons[code].setStyle(shade(districts[code])); });
        legend();
      });
    });
    each(document.querySelectorAll("input[name=layer]"), function (input) {
      input.checked = input.value === "faults";
      input.addEventListener("change", function () {
        if (input.checked) { layers[input.value].addTo(leaf); } else { leaf.removeLayer(layers[input.value]); }
      });
    });
    legend();
    map.find = function (code) {
      if (polygons[code]) {
        place.scrollIntoView();
        leaf.fitBounds(polygons[code].getBounds().pad(1));
        polygons[code].openPopup();
        place.focus();
      }
    };
  }
  try {
    draw();
  } catch (error) {
    document.getElementById("map").className = "";
    if (window.console) { window.console.error(error); }
  }
  choose();
}());
