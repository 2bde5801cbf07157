// Passkeys: a form with data-passkey asks the browser for one when it is sent, and goes with what that answers.
//   create: makes one        get: proves that one is there        login: asks the server first for what is to be proved
"use strict";
(() => {
  const known = () => window.PublicKeyCredential && window.webauthnJSON && window.isSecureContext;

  async function options(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  }

  async function credential(form) {
    const asked = await options(form);
    if (form.dataset.passkey !== "create") return window.webauthnJSON.get(asked.request_options);
    const wish = asked.creation_options, alone = form.elements.passwordless;
    if (alone) {
      const choice = wish.publicKey.authenticatorSelection;
      choice.residentKey = alone.checked ? "required" : "discouraged";
      choice.requireResidentKey = alone.checked;
      if (alone.checked) choice.userVerification = "required";
    }
    return window.webauthnJSON.create(wish);
  }

  function prepare(form) {
    const fault = form.querySelector(".fault"), button = form.querySelector("button");
    const say = (words) => { fault.setAttribute("role", "alert"); fault.textContent = words; fault.hidden = false; };
    if (!known()) {
      button.disabled = true;
      say(form.dataset.unknown); // at login the form stays hidden: there are other ways in
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      fault.hidden = true;
      button.disabled = true;
      try {
        form.elements.credential.value = JSON.stringify(await credential(form));
        form.submit();
      } catch {
        say(form.dataset.fault);
        button.disabled = false;
        button.focus();
      }
    });
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
})();
