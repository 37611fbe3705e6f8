// Answers by key: a key presses the button or follows the link that names it.
(function () {
  "use strict";
  var sent = false;
  document.addEventListener("keydown", function (event) {
    if (sent || event.ctrlKey || event.metaKey || event.altKey || event.repeat || window.deskTyping(event.target)) { return; }
    if (/^Arrow/.test(event.key) && event.target.closest && event.target.closest(".map, .cards")) { return; }
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    var found = document.querySelector("[data-key='" + (/^[\w]+$/.test(key) ? key : "none") + "']");
    if (found) {
      event.preventDefault();
      sent = true;
      found.click();
    }
  });
})();
