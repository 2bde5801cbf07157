/* Sends the kept form again when it is its turn. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var form = document.getElementById("again"), shown = document.getElementById("seconds");
  if (!form) { return; }
  var due = Date.now() + Number(form.dataset.seconds) * 1000;
  var timer = window.setInterval(function () {
    var left = Math.ceil((due - Date.now()) / 1000);
    shown.textContent = String(Math.max(left, 0));
    if (left <= 0) { window.clearInterval(timer); form.submit(); }
  }, 500);
});
