// Draws districts and points on a map without any tiles: what the desk sends is all there is.
(function () {
  "use strict";
  var style = getComputedStyle(document.documentElement);
  function colour(name) { return style.getPropertyValue("--" + name).trim(); }

  function corners(ring, step) {
    var x = 0, y = 0, found = [];
    for (var i = 0; i < ring.length; i += 2) {
      x += ring[i]; y += ring[i + 1];
      found.push([y * step, x * step]);
    }
    return found;
  }
  function text(words) {
    var node = document.createElement("span");
    node.textContent = words;
    return node;
  }
  function draw(place, data) {
    var map = L.map(place, { attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false });
    var all = L.latLngBounds([]), own = L.latLngBounds([]), points = L.latLngBounds([]);
    data.districts.forEach(function (district) {
      var rings = district.rings.map(function (ring) { return corners(ring, data.step); });
      var shape = L.polygon(rings, {
        color: colour(district.own ? "own" : "other"), weight: district.own ? 2.5 : 1, fillOpacity: district.own ? 0.12 : 0.03,
        fillRule: "evenodd"
      }).addTo(map);
      shape.bindTooltip(text(district.code + " " + district.name), { sticky: true });
      if (place.hasAttribute("data-src")) {
        shape.on("click", function () { window.location.href = "/district/" + encodeURIComponent(district.code); });
      }
      all.extend(shape.getBounds());
      if (district.own) { own.extend(shape.getBounds()); }
    });
    data.points.forEach(function (point) {
      var at = [point.lat, point.lon], mark;
      if (point.number || point.side) {
        mark = L.marker(at, {
          keyboard: false,
          icon: L.divIcon({ className: "number-pin " + (point.side === "B" ? "b" : ""), iconSize: [24, 24], html: text(point.number || point.side) })
        });
      } else {
        mark = L.circleMarker(at, {
          radius: point.own ? 8 : 5, color: colour("paper"), weight: 2, fillOpacity: 1, fillColor: colour(point.own ? "own" : "bad")
        });
      }
      mark.addTo(map).bindTooltip(text(point.label));
      if (point.href) { mark.on("click", function () { window.location.href = point.href; }); }
      points.extend(at);
    });
    if (data.lines) {
      data.lines.forEach(function (line) { L.polyline(line, { color: colour("bad"), weight: 2, dashArray: "5 5" }).addTo(map); });
    }
    L.control.scale({ imperial: false }).addTo(map);
    var wanted = own.isValid() ? own.extend(points.isValid() ? points : own) : points.isValid() ? points : all;
    if (wanted.isValid()) { map.fitBounds(wanted, { padding: [20, 20], maxZoom: 17 }); } else { place.hidden = true; }
  }
  window.drawDeskMap = draw;
  Array.prototype.forEach.call(document.querySelectorAll(".map[data-src]"), function (place) {
    fetch(place.getAttribute("data-src"), { credentials: "same-origin" }).then(function (answer) { return answer.json(); })
      .then(function (data) { draw(place, data); place.setAttribute("data-drawn", "yes"); });
  });
})();
