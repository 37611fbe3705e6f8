// The map: districts on a canvas, linked with the table both ways; where drawing fails the still picture stays.
var EDGE = "#5c6670", FAULT = "#b3003c", CHOSEN = "#d95f02", ZERO = "#ffffff", WITHHELD = "#c4c4c4";
var CLUSTER_PX = 46, MOST_LABELS = 60;

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
function spot(point) { return [point[1] * data.step, point[0] * data.step]; }
function texts(lines) {
  var box = make("div");
  lines.forEach(function (line) { box.appendChild(Array.isArray(line) ? two(make("div"), line) : make("div", "", line)); });
  return box;
}

// Points that would lie upon each other at this scale are drawn as one circle with their number; a click goes closer.
function clustered(leaf, canvas, points, colour, single) {
  var group = L.layerGroup();
  function renew() {
    if (!leaf.hasLayer(group)) { return; }
    group.clearLayers();
    var cells = {}, view = leaf.getBounds().pad(0.3);
    points.forEach(function (item) {
      if (!view.contains(item.at)) { return; }
      var pixel = leaf.latLngToLayerPoint(item.at);
      var key = Math.floor(pixel.x / CLUSTER_PX) + ":" + Math.floor(pixel.y / CLUSTER_PX);
      (cells[key] = cells[key] || []).push(item);
    });
    Object.keys(cells).forEach(function (key) {
      var items = cells[key], count = items.reduce(function (sum, item) { return sum + (item.weight || 1); }, 0);
      if (items.length === 1) { single(items[0]).addTo(group); return; }
      var bounds = L.latLngBounds(items.map(function (item) { return item.at; }));
      L.circleMarker(bounds.getCenter(), { renderer: canvas, radius: 9 + 4 * Math.log(count) / Math.LN10, color: colour, weight: 2, fillColor: "#ffffff", fillOpacity: 0.9 })
        .on("click", function () { leaf.fitBounds(bounds.pad(0.3), { maxZoom: leaf.getZoom() + 3 }); }).addTo(group);
      L.marker(bounds.getCenter(), { interactive: false, keyboard: false, icon: L.divIcon({ className: "cluster", html: number(count), iconSize: [40, 16] }) }).addTo(group);
    });
  }
  leaf.on("moveend", renew);
  group.on("add", function () { window.setTimeout(renew, 0); });
  return group;
}

function draw() {
  if (!data.shapes.length || !document.createElement("canvas").getContext) { return; }
  var place = byId("map");
  place.className = "drawn";
  var leaf = L.map(place, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false });
  var canvas = L.canvas({ padding: 0.3 }), polygons = {}, bounds = L.latLngBounds([]);
  var districts = {}, view = data.views[+recall("view")] || data.views[0], pointed = null, chosen = null;
  data.areas.district.forEach(function (values) { districts[values[0]] = values; });

  function style(code) {
    var values = districts[code], value = values ? values[view.column] : null, found = 0;
    var line = { color: EDGE, weight: 0.7, dashArray: null, fillOpacity: 1 };
    if (code === chosen) { line.color = CHOSEN; line.weight = 4; } else if (code === pointed) { line.color = "#111111"; line.weight = 3; }
    if (value === null || value === undefined) { line.fillColor = WITHHELD; if (code !== chosen) { line.dashArray = "3 3"; } return line; }
    if (value === 0) { line.fillColor = ZERO; return line; }
    view.limits.forEach(function (limit) { if (value > limit) { found++; } });
    line.fillColor = data.shades[found];
    return line;
  }
  function restyle(code) {
    if (!polygons[code]) { return; }
    polygons[code].setStyle(style(code));
    if (code === chosen || code === pointed) { polygons[code].bringToFront(); }
  }
  function point(code) {
    var before = pointed;
    pointed = code;
    restyle(before);
    restyle(code);
  }
  function select(code) {
    var before = chosen;
    chosen = code;
    restyle(before);
    restyle(code);
    mark(code, "chosen", true);
  }
  function tell(values, code) {
    var box = make("div");
    box.appendChild(make("strong", "", code));
    if (values) {
      data.columns.forEach(function (column, at) {
        if (at && column.on_map) {
          var line = two(make("div"), column.words);
          line.appendChild(document.createTextNode(" "));
          line.appendChild(make("b", "", shown(values[at], column.kind)));
          box.appendChild(line);
        }
      });
    }
    return box;
  }
  data.shapes.forEach(function (shape, index) {
    if (!shape.length) { return; }
    var code = data.codes[index];
    var polygon = L.polygon(rings(shape), { renderer: canvas });
    polygons[code] = polygon;
    polygon.setStyle(style(code));
    polygon.bindPopup(function () { return tell(districts[code], code); });
    polygon.on("mouseover", function () { point(code); mark(code, "pointed", false); });
    polygon.on("mouseout", function () { point(null); mark(null, "pointed", false); });
    polygon.on("click", function () { select(code); });
    polygon.addTo(leaf);
    bounds.extend(polygon.getBounds());
  });
  var pane = leaf.createPane("borders");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  var over = L.canvas({ pane: "borders", padding: 0.3 });
  data.borders.forEach(function (border) {
    L.polyline(rings(border.lines), { renderer: over, pane: "borders", color: "#20262c", weight: border.weight, opacity: 0.85, interactive: false }).addTo(leaf);
  });

  function unitsAt() {
    return data.points.map(function (at, index) {
      var values = districts[data.codes[index]], units = values ? values[data.units_column] : null;
      return at && units ? { at: spot(at), weight: units } : null;
    }).filter(Boolean);
  }
  var layers = {
    units: clustered(leaf, canvas, unitsAt(), "#8a5a00", function (item) {
      return L.circleMarker(item.at, { renderer: canvas, radius: Math.max(2, Math.min(26, Math.sqrt(item.weight) * data.circle)), color: "#111", weight: 1, fillColor: "#f2a900", fillOpacity: 0.75, interactive: false });
    }),
    faults: L.layerGroup(),
    labels: L.layerGroup(),
    inside: clustered(leaf, canvas, data.inside.filter(function (unit) { return unit.point; }).map(function (unit) {
      return { at: spot(unit.point), unit: unit };
    }), "#111111", function (item) {
      var unit = item.unit;
      return L.circleMarker(item.at, { renderer: canvas, radius: 4, color: "#111", weight: 1, fillColor: "#fff", fillOpacity: 1 })
        .bindPopup(function () { return texts([unit.name, unit.id].concat([unit.reason], unit.rows)); });
    })
  };
  var faults = {};
  data.faults.forEach(function (fault) {
    if (fault.shape.length) {
      L.polygon(rings(fault.shape), { renderer: canvas, color: FAULT, weight: 3, fillColor: "#ff4d88", fillOpacity: 0.6, interactive: false }).addTo(layers.faults);
    }
  });
  var ringed = clustered(leaf, canvas, data.faults.filter(function (fault) { return fault.point; }).map(function (fault) {
    return { at: spot(fault.point), fault: fault };
  }), FAULT, function (item) {
    var mark = L.circleMarker(item.at, { renderer: canvas, radius: 7, color: FAULT, weight: 3, fill: true, fillOpacity: 0.05 });
    mark.bindPopup(function () { return texts([item.fault.words, item.fault.id, item.fault.districts.replace(/\+/g, " + ")]); });
    mark.on("click", function () { listFault(item.fault.id); });
    return mark;
  });
  layers.faults.addLayer(ringed);
  data.faults.forEach(function (fault) { faults[fault.id] = fault; });
  function listFault(id) {
    each(document.querySelectorAll("tr.chosen-fault"), function (line) { line.classList.remove("chosen-fault"); });
    var line = byId("fault-" + id);
    if (line) { line.classList.add("chosen-fault"); }
  }
  map.fault = function (id) {
    var fault = faults[id];
    if (!fault) { return; }
    place.scrollIntoView({ block: "center" });
    if (!leaf.hasLayer(layers.faults)) { layers.faults.addTo(leaf); }
    var box = L.latLngBounds(fault.shape.length ? rings(fault.shape).reduce(function (all, ring) { return all.concat(ring); }, []) : [spot(fault.point)]);
    if (fault.point) { box.extend(spot(fault.point)); }
    leaf.fitBounds(box.pad(1.5), { maxZoom: 17 });
    L.popup().setLatLng(fault.point ? spot(fault.point) : box.getCenter()).setContent(texts([fault.words, fault.id, fault.districts.replace(/\+/g, " + ")])).openOn(leaf);
    listFault(id);
    place.focus();
  };
  each(document.querySelectorAll("button.fault"), function (button) {
    button.addEventListener("click", function () { map.fault(button.textContent); });
  });

  // Names of districts where they have room.
  function label() {
    layers.labels.clearLayers();
    if (!leaf.hasLayer(layers.labels)) { return; }
    var seen = leaf.getBounds(), drawn = 0;
    data.points.forEach(function (at, index) {
      var code = data.codes[index], polygon = polygons[code], values = districts[code];
      if (!at || !polygon || drawn >= MOST_LABELS || !seen.contains(spot(at))) { return; }
      var box = polygon.getBounds(), wide = leaf.latLngToLayerPoint(box.getNorthEast()).x - leaf.latLngToLayerPoint(box.getSouthWest()).x;
      var name = (values && text(values[1])) || code;
      if (wide < 72) { return; }
      var room = Math.max(4, Math.floor(wide / 13)), short = name.length > room ? code.slice(-6) : name;
      var told = make("span", "", short);
      L.marker(spot(at), { interactive: false, keyboard: false, icon: L.divIcon({ className: "label", html: told.outerHTML, iconSize: [wide, 18] }) }).addTo(layers.labels);
      drawn++;
    });
  }
  leaf.on("moveend", label);
  layers.labels.on("add", function () { window.setTimeout(label, 0); });

  leaf.fitBounds(bounds.pad(0.02));
  L.control.scale({ imperial: false }).addTo(leaf);
  function key(place, className, css, words) {
    var item = make("span", "item"), sign = make("span", "key" + (className ? " " + className : ""));
    Object.keys(css).forEach(function (name) { sign.style[name] = css[name]; });
    item.appendChild(sign);
    if (Array.isArray(words)) { two(item, words); } else { item.appendChild(document.createTextNode(words)); }
    place.appendChild(item);
  }
  function legend() {
    var place = byId("legend");
    place.textContent = "";
    place.appendChild(two(make("strong"), view.words));
    var show = function (value) { return shown(value, view.kind); };
    data.shades.forEach(function (shade, at) {
      if (at > view.limits.length) { return; }
      var words = !view.limits.length ? "> 0" : at === 0 ? "≤ " + show(view.limits[0]) : "> " + show(view.limits[at - 1]);
      key(place, "", { background: shade }, words);
    });
    key(place, "", { background: ZERO }, ["零", "zero"]);
    key(place, "", { background: WITHHELD, borderStyle: "dashed" }, ["不公布或无数据", "withheld or no figure"]);
    if (leaf.hasLayer(layers.units)) { key(place, "round", { background: "#f2a900" }, ["圆：面积表示单位数；带数字者为合并显示", "circle: its area is the number of units; with a number, several together"]); }
    if (data.faults.length && leaf.hasLayer(layers.faults)) { key(place, "round", { borderColor: FAULT, borderWidth: "3px" }, ["图层问题（点击查看）", "fault of the layer (click it)"]); }
    if (leaf.hasLayer(layers.inside)) { key(place, "round small", {}, ["须核对的单位", "unit to check"]); }
    data.borders.forEach(function (border) { key(place, "line", { borderTopWidth: border.weight + "px" }, border.words); });
    key(place, "", { borderColor: CHOSEN, borderWidth: "3px" }, ["选中的小区", "district chosen"]);
  }
  each(document.querySelectorAll("input[name=view]"), function (input) {
    input.checked = data.views[+input.value] === view;
    input.addEventListener("change", function () {
      view = data.views[+input.value];
      remember("view", input.value);
      Object.keys(polygons).forEach(restyle);
      legend();
    });
  });
  each(document.querySelectorAll("input[name=layer]"), function (input) {
    var kept = recall("layer." + input.value);
    input.checked = kept === null ? input.value === "faults" || input.value === "labels" : kept === "1";
    if (input.checked) { layers[input.value].addTo(leaf); }
    input.addEventListener("change", function () {
      if (input.checked) { layers[input.value].addTo(leaf); } else { leaf.removeLayer(layers[input.value]); }
      remember("layer." + input.value, input.checked ? "1" : "0");
      legend();
    });
  });
  legend();
  map.point = point;
  map.find = function (code) {
    if (polygons[code]) {
      select(code);
      place.scrollIntoView({ block: "nearest" });
      leaf.fitBounds(polygons[code].getBounds().pad(1));
      polygons[code].openPopup();
      place.focus({ preventScroll: true });
    }
  };
  map.fit = function (prefix) {
    var box = L.latLngBounds([]);
    Object.keys(polygons).forEach(function (code) { if (code.indexOf(prefix) === 0) { box.extend(polygons[code].getBounds()); } });
    if (box.isValid()) { leaf.fitBounds(box.pad(0.05)); }
  };
}
try {
  draw();
} catch (error) {
  byId("map").className = "";
  if (window.console) { window.console.error(error); }
}
choose();
