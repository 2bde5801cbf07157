/* The captcha: another one without loading the page anew, and one for the box on every page when that is first touched.
   Without this script forms do the same by being sent (account/captcha_field.html). */
(function () {
  "use strict";

  var root = document.documentElement;
  var FRESH = 570000; // ms; a challenge lasts ten minutes (accounts/challenges.py)
  if (root.dataset.captchas) { return; } // a page may ask for this script twice
  root.dataset.captchas = "1";

  function asked(node) {
    var body = new URLSearchParams();
    body.set("csrfmiddlewaretoken", node.closest("form").elements.csrfmiddlewaretoken.value);
    return window.fetch(node.dataset.new, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) { throw told.error; }
        return told;
      });
    });
  }

  function wire(node) {
    var form = node.closest("form");
    var another = node.querySelector(".captcha-another");
    var answer = node.querySelector('[name="captcha"]');
    var token = node.querySelector('[name="captcha_token"]');
    var picture = node.querySelector("img");
    var listen = node.querySelector("details");
    var sound = node.querySelector("audio");
    var status = node.querySelector(".captcha-status");
    var made = Date.now();
    var waiting = false;

    function renew(wanted) { // `wanted` by the reader, who then goes on in the field
      if (waiting) { return; }
      waiting = true;
      asked(node).then(function (told) {
        made = Date.now();
        token.value = told.token;
        picture.src = told.picture;
        sound.src = told.sound;
        answer.value = "";
        status.textContent = wanted ? node.dataset.renewed : "";
        if (wanted) { answer.focus(); }
      }).catch(function (error) {
        status.textContent = typeof error === "string" ? error : node.dataset.failed;
      }).finally(function () { waiting = false; });
    }

    another.type = "button";
    another.addEventListener("click", function () { renew(true); });
    listen.addEventListener("toggle", function () {
      if (!listen.open) { sound.pause(); return; }
      var playing = sound.play();
      if (playing) { playing.catch(function () { /* the reader presses play */ }); }
    });
    form.addEventListener("focusin", function () { if (Date.now() - made > FRESH) { renew(false); } });
    window.addEventListener("pageshow", function (event) { if (event.persisted) { made = 0; } }); // it has been answered
    return renew;
  }

  function box(form) {
    function touched() {
      form.removeEventListener("focusin", touched);
      form.removeEventListener("pointerdown", touched);
      var node = document.importNode(form.querySelector("template").content, true).querySelector(".captcha");
      node.tabIndex = -1; // pressing anywhere in it keeps the focus in the box, without which it is hidden
      form.insertBefore(node, form.querySelector(":scope > button"));
      wire(node)(false);
    }
    form.addEventListener("focusin", touched);
    form.addEventListener("pointerdown", touched);
    if (form.contains(document.activeElement)) { touched(); }
  }

  document.querySelectorAll("form .captcha[data-new]").forEach(wire);
  var login = document.getElementById("login-box");
  if (login && login.dataset.captcha) { box(login); }
})();
