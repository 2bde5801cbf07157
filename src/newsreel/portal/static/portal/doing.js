/* Keeps the strip that says what Newsreel is doing up to date, and waits while the sample is opened or left. */
(function () {
  "use strict";

  var BUSY = 2000, CALM = 15000; // ms between two looks

  function again(node, wait) { window.setTimeout(function () { look(node); }, wait); }

  function look(node) {
    if (document.hidden) { again(node, BUSY); return; }
    fetch(node.dataset.address, { headers: { "Accept": "text/html" } }).then(function (answer) {
      if (!answer.ok) { throw new Error("no answer"); }
      return answer.text();
    }).then(function (text) {
      // Our own server's page, already escaped; parsed apart, so that nothing in it runs.
      var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("doing");
      if (!fresh) { throw new Error("no strip"); }
      if (node.hasAttribute("data-empty") && !fresh.hasAttribute("data-empty")) { window.location.reload(); return; }
      var open = node.querySelector("details[open]");
      fresh = document.importNode(fresh, true);
      if (open && fresh.querySelector("details")) { fresh.querySelector("details").open = true; }
      if (fresh.textContent !== node.textContent) { node.replaceWith(fresh); node = fresh; }
      else if (fresh.hasAttribute("data-busy")) { node.setAttribute("data-busy", ""); }
      else { node.removeAttribute("data-busy"); }
      again(node, node.hasAttribute("data-busy") || node.hasAttribute("data-empty") ? BUSY : CALM);
    }).catch(function () { again(node, BUSY * 2); });
  }

  /* The server ends and another takes its place: wait until it is the other's archive that answers, or long enough. */
  function wait(node) {
    var started = Date.now();
    function again() { window.setTimeout(ask, 300); }
    function ask() {
      fetch(node.dataset.health, { cache: "no-store" }).then(function (answer) {
        var other = answer.headers.get("X-Newsreel-Archive") !== node.dataset.archive;
        if (answer.ok && (other || Date.now() - started > 60000)) { window.location.assign(node.dataset.home); }
        else { again(); }
      }).catch(again);
    }
    again();
  }

  document.addEventListener("DOMContentLoaded", function () {
    var strip = document.getElementById("doing"), switching = document.getElementById("switching");
    if (strip) { again(strip, strip.hasAttribute("data-busy") || strip.hasAttribute("data-empty") ? BUSY : CALM); }
    if (switching) { wait(switching); }
  });
})();
