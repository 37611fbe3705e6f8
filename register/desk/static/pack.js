// The page that goes to the field: its map, and ticks and notes that stay in the telephone.
(function () {
  "use strict";
  var bytes = atob(JSON.parse(document.getElementById("pack-data").textContent));
  window.drawDeskMap(document.getElementById("map"), JSON.parse(decodeURIComponent(escape(bytes))));
  var list = document.getElementById("units"), key = "minglu-pack-" + list.getAttribute("data-code"), kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch (error) { kept = {}; }
  function keep() {
    try { localStorage.setItem(key, JSON.stringify(kept)); } catch (error) { /* private mode: ticks last as long as the page */ }
    document.getElementById("done").textContent = String(list.querySelectorAll("li.done").length);
  }
  Array.prototype.forEach.call(list.children, function (item) {
    var unit = item.getAttribute("data-unit"), tick = item.querySelector("input"), note = item.querySelector("textarea");
    var own = kept[unit] || { done: false, note: "" };
    function show() { item.className = tick.checked ? "done" : ""; }
    tick.checked = own.done; note.value = own.note;
    show();
    function changed() { kept[unit] = { done: tick.checked, note: note.value }; show(); keep(); }
    tick.addEventListener("change", changed);
    note.addEventListener("input", changed);
  });
  keep();
})();
