// Keys and live answers of the desk.  Everything also works without this script, by forms and links.
(function () {
  "use strict";
  var box = document.getElementById("q"), answers = document.getElementById("answers");

  function typing(target) { return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable; }
  window.deskTyping = typing;

  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      if (box) { box.focus(); box.select(); } else { window.location.href = "/"; }
    }
  });
  Array.prototype.forEach.call(document.querySelectorAll(".print-it"), function (button) {
    button.addEventListener("click", function () {
      Array.prototype.forEach.call(document.querySelectorAll("details"), function (part) { part.open = true; });
      window.print();
    });
  });
  if (!box || !answers) { return; }

  // Answers while somebody types: the last text asked for wins.
  var asked = 0, timer = null;
  box.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  function ask() {
    var mine = ++asked, text = box.value.trim(), glance = document.getElementById("glance");
    fetch("/find?q=" + encodeURIComponent(text), { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (page) {
      if (mine !== asked) { return; }
      var chosen = Array.prototype.indexOf.call(answers.querySelectorAll("a"), document.activeElement);
      answers.innerHTML = page;  // made and escaped by the desk's own templates
      var links = answers.querySelectorAll("a");
      if (chosen >= 0) { (links[Math.min(chosen, links.length - 1)] || box).focus(); }
      if (glance) { glance.hidden = text !== ""; }
      history.replaceState(null, "", text ? "/?q=" + encodeURIComponent(text) : "/");
    }).catch(function () { /* the desk was closed: the form says so when it is sent */ });
  }
  document.addEventListener("keydown", function (event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") { return; }
    var links = Array.prototype.slice.call(answers.querySelectorAll("a")), at = links.indexOf(document.activeElement);
    if (!links.length || (at < 0 && document.activeElement !== box)) { return; }
    event.preventDefault();
    var next = at + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) { box.focus(); } else if (next < links.length) { links[next].focus(); }
  });
})();
