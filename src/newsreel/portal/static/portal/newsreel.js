/* Everything that a page here does beyond being read: theme, the reader's time zone, and news as it comes in.
   Loaded in the head so that the theme is there before anything is painted; the rest waits for the page. */
(function () {
  "use strict";

  var root = document.documentElement;
  var THEMES = ["auto", "light", "dark"];
  var KEPT = 300; // events that the tab with the stream keeps for tabs that open later
  var SHOWN = 30; // headlines in the rolling list
  var SILENCE = 40000; // ms; the server sends a beat every 15 s

  function stored(key) {
    try { return window.localStorage.getItem(key); } catch (e) { return null; }
  }
  function theme() {
    var chosen = stored("theme");
    return THEMES.indexOf(chosen) < 0 ? "auto" : chosen;
  }
  root.dataset.theme = theme();

  function themeButton() {
    var button = document.getElementById("theme");
    var name = button.getAttribute("aria-label");
    function label() {
      var word = button.dataset[theme()];
      button.textContent = "◐ " + word;
      button.setAttribute("aria-label", name + " " + word);
    }
    button.hidden = false;
    label();
    button.addEventListener("click", function () {
      var next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
      try { window.localStorage.setItem("theme", next); } catch (e) { return; }
      root.dataset.theme = next;
      label();
    });
    window.addEventListener("storage", function (event) {
      if (event.key === "theme") { root.dataset.theme = theme(); label(); }
    });
  }

  /* Times: the server writes them in the zone of the cookie; on the first visit there is none. */
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function written(when, form) {
    var text = two(when.getMonth() + 1) + "-" + two(when.getDate()) + " " + two(when.getHours()) + ":" + two(when.getMinutes());
    return form === "short" ? text : String(when.getFullYear()).padStart(4, "0") + "-" + text;
  }
  function localTimes() {
    var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || !/^[A-Za-z0-9_+/-]{1,64}$/.test(zone) || zone === root.dataset.zone) { return; }
    document.cookie = "timezone=" + zone + ";path=/;max-age=31536000;samesite=lax";
    document.querySelectorAll('time[data-precision="time"]').forEach(function (node) {
      var when = new Date(node.getAttribute("datetime"));
      if (!isNaN(when)) { node.textContent = written(when, node.dataset.form); }
    });
    var name = document.getElementById("zone");
    if (name) { name.textContent = zone; }
  }

  /* Pictures: one that is not to be had goes with its caption, and one smaller than its column keeps its own size.
     Neither event bubbles, so they are caught on their way down; this listens before the first picture is read. */
  function ofBody(event) {
    var node = event.target;
    return node instanceof HTMLImageElement && node.closest(".body") ? node : null;
  }
  document.addEventListener("error", function (event) {
    var image = ofBody(event);
    if (image && image.hasAttribute("src")) { (image.closest("figure") || image).hidden = true; }
  }, true);
  document.addEventListener("load", function (event) {
    var image = ofBody(event);
    if (image && !image.hasAttribute("width")) {
      image.setAttribute("width", image.naturalWidth);
      image.setAttribute("height", image.naturalHeight);
    }
  }, true);

  /* A browser has six connections to us: pictures that a slow publisher keeps waiting must not hold up the page that a
     reader goes on to. What has not come yet is let go, and asked for again by who comes back. */
  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || link.target || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) { return; }
    if (link.href.split("#")[0] === location.href.split("#")[0]) { return; }
    document.querySelectorAll(".body img[src]").forEach(function (image) {
      if (image.complete && image.naturalWidth) { return; }
      image.dataset.later = image.getAttribute("src");
      image.removeAttribute("src");
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll(".body img[data-later]").forEach(function (image) {
      image.setAttribute("src", image.dataset.later);
      image.removeAttribute("data-later");
    });
  });

  /* What is wider than its column can be moved by keyboard too. */
  function wideParts() {
    document.querySelectorAll(".body pre, .body table").forEach(function (node) {
      if (node.scrollWidth > node.clientWidth) { node.tabIndex = 0; }
    });
  }

  /* Positions in the change log are 'xid-seq', numbers of up to 19 digits: compared as text of equal length. */
  function parts(position) {
    return position.split("-").map(function (part) { return part.padStart(20, "0"); }).join("");
  }
  function later(a, b) { return parts(a) > parts(b); }

  /* What a tab does with the events. ------------------------------------------------------------------------- */
  function page() {
    var list = document.getElementById("rolling");
    var fresh = document.getElementById("fresh");
    var chinese = /^zh/.test(root.lang);
    var paused = false;
    var waiting = [];
    var due = [];
    var counted = {};

    function isolated(name) { // an Arabic name does not turn round what stands beside it
      var node = document.createElement("bdi");
      node.textContent = name;
      return node;
    }
    function meta(item) {
      var line = document.createElement("p");
      var time = document.createElement("time");
      var outlet = document.createElement("span");
      var source = (chinese && item.source_zh) || item.source;
      var channel = (chinese && item.channel_zh) || item.channel;
      line.className = "meta";
      time.setAttribute("datetime", item.time);
      time.dataset.precision = item.precision;
      time.dataset.form = "short";
      time.textContent = item.precision === "day" ? item.time.slice(5, 10) : written(new Date(item.time), "short");
      outlet.className = "outlet";
      outlet.append(isolated(source));
      if (channel) { outlet.append("-", isolated(channel)); }
      line.append(time, " ", outlet);
      return line;
    }
    function row(item) {
      var entry = document.createElement("li");
      var link = document.createElement("a");
      entry.dataset.id = item.id;
      entry.className = "arrived";
      link.href = item.url;
      if (item.language) { link.lang = item.language; }
      link.dir = item.direction;
      link.textContent = item.title;
      entry.append(link, meta(item));
      return entry;
    }
    function rows(id) { return document.querySelectorAll('li[data-id="' + Number(id) + '"]'); }
    function flush() {
      if (!list) { due = []; return; }
      due.splice(0, Math.max(0, due.length - SHOWN));
      due.forEach(function (item) {
        var none = list.querySelector("li.none");
        if (none) { none.remove(); }
        if (!list.querySelector('li[data-id="' + Number(item.id) + '"]')) { list.prepend(row(item)); }
      });
      due = [];
      while (list.children.length > SHOWN) { list.lastElementChild.remove(); }
    }
    function show(item) {
      if (paused) { waiting.push(item); if (waiting.length > SHOWN) { waiting.shift(); } return; }
      if (due.push(item) === 1) { window.setTimeout(flush, 50); } // a burst is one change of the page
    }
    function count(item) {
      if (!fresh) { return; }
      var scope = fresh.dataset.scope;
      if (scope !== "all" && scope !== "source:" + item.source_id && scope !== "channel:" + item.channel_id) { return; }
      if (counted[item.id] || document.querySelector('.items li[data-id="' + Number(item.id) + '"]')) { return; }
      counted[item.id] = true;
      var n = Object.keys(counted).length;
      fresh.querySelector("a").textContent = n === 1 ? fresh.dataset.one : fresh.dataset.many.replace("{n}", n);
      fresh.hidden = false;
    }
    function retitle(item) {
      rows(item.id).forEach(function (entry) {
        var link = entry.querySelector("a");
        if (link.textContent !== item.title) { link.textContent = item.title; }
      });
    }
    function fetched(use) {
      window.fetch(location.href, { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
        .then(function (text) { use(new DOMParser().parseFromString(text, "text/html")); })
        .catch(function () { /* the next event or visit shows it */ });
    }
    function replace(id, from) {
      var mine = document.getElementById(id);
      var theirs = from.getElementById(id);
      if (mine && theirs) { mine.replaceWith(document.importNode(theirs, true)); }
    }
    function aboutThis(name) {
      if (name === "enriched") {
        fetched(function (from) { replace("about-story", from); });
      } else if (name === "changed") {
        document.getElementById("changed").hidden = false;
      }
    }
    function take(name, item) {
      if (name === "removed") { rows(item.id).forEach(function (entry) { entry.remove(); }); return; }
      if (name === "added") { show(item); count(item); } else { retitle(item); }
      if (String(item.id) === document.body.dataset.article) { aboutThis(name); }
    }
    function renew() { // too much was missed to be told one by one
      fetched(function (from) {
        var theirs = from.getElementById("rolling");
        if (theirs && list) { list.replaceChildren.apply(list, Array.from(document.importNode(theirs, true).children)); }
        localTimes();
      });
      if (fresh) { fresh.querySelector("a").textContent = fresh.dataset.many.replace("{n}", "300+"); fresh.hidden = false; }
    }
    function pauseButton() {
      var button = document.getElementById("pause");
      if (!button) { return; }
      button.hidden = false;
      button.addEventListener("click", function () {
        paused = !paused;
        button.setAttribute("aria-pressed", String(paused));
        button.textContent = paused ? button.dataset.resume : button.dataset.pause;
        if (!paused) { waiting.splice(0).forEach(show); }
      });
    }
    function state(on) {
      var node = document.getElementById("live-state");
      if (!node) { return; }
      node.hidden = false;
      node.textContent = on ? node.dataset.on : node.dataset.off;
      node.classList.toggle("on", on);
    }
    pauseButton();
    return { take: take, renew: renew, state: state };
  }

  /* One stream for all tabs. The tab that holds the lock 'newsreel-live' reads the stream and tells the others;
     when it is closed the next one gets the lock and goes on from where the slowest tab is. ------------------- */
  function live(view) {
    var address = document.body.dataset.live;
    var position = document.body.dataset.position;
    var shared = window.BroadcastChannel && navigator.locks;
    var others = shared ? new BroadcastChannel("newsreel-live") : null;
    var leading = false;
    var started = false; // the leader has asked for the stream, so its floor is fixed
    var release = null;
    var source = null;
    var kept = [];
    var floor = null; // the leader has kept everything after this position
    var delay = 1000;
    var timer = 0;
    var watch = 0;

    function say(message) { if (others) { others.postMessage(message); } }
    function receive(event) {
      if (event.name === "state") { view.state(event.on); return; }
      if (!later(event.position, position)) { return; }
      position = event.position;
      if (event.name === "reload") { view.renew(); } else { view.take(event.name, event.item); }
    }
    function spread(event) {
      receive(event);
      say(event);
    }
    function keep(event) {
      kept.push(event);
      while (kept.length > KEPT) { floor = kept.shift().position; }
      spread(event);
    }
    function answer(asked) { // a tab says where it is: tell it what it has missed
      if (later(floor, asked) && !started) { floor = asked; return; }
      if (later(floor, asked)) { say({ name: "reload", position: kept.length ? kept[kept.length - 1].position : floor }); return; }
      kept.forEach(function (event) { if (later(event.position, asked)) { say(event); } });
      say({ name: "state", on: source !== null && source.readyState === 1 });
    }

    function close() {
      window.clearTimeout(timer);
      window.clearTimeout(watch);
      if (source) { source.close(); source = null; }
    }
    function again() {
      close();
      spread({ name: "state", on: false });
      timer = window.setTimeout(open, delay * (0.75 + Math.random() / 2));
      delay = Math.min(delay * 2, 15000);
    }
    function lost() { // a stream that is refused, and not only broken, is refused again: the session has ended
      if (source.readyState !== 2) { again(); return; }
      close();
      spread({ name: "state", on: false });
      window.fetch(address, { method: "HEAD", credentials: "same-origin", cache: "no-store" }).then(function (answer) {
        if (leading && answer.status !== 403 && answer.status !== 204) { again(); }
      }).catch(function () { if (leading) { again(); } });
    }
    function alive() {
      window.clearTimeout(watch);
      watch = window.setTimeout(again, SILENCE);
    }
    function open() {
      started = true;
      var from = kept.length ? kept[kept.length - 1].position : floor;
      source = new EventSource(address + "?after=" + encodeURIComponent(from));
      source.onopen = function () { delay = 1000; alive(); spread({ name: "state", on: true }); };
      source.onerror = lost;
      source.addEventListener("beat", alive);
      ["added", "changed", "enriched", "removed"].forEach(function (name) {
        source.addEventListener(name, function (event) {
          alive();
          keep({ name: name, position: event.lastEventId, item: JSON.parse(event.data) });
        });
      });
      source.addEventListener("reload", function (event) {
        alive();
        kept = [];
        floor = event.lastEventId;
        spread({ name: "reload", position: event.lastEventId });
      });
      alive();
    }

    function lead() {
      // The other tabs say where they are, and the stream begins at the one furthest behind.
      leading = true;
      started = false;
      kept = [];
      floor = position;
      say({ name: "who" });
      timer = window.setTimeout(open, others ? 60 : 0);
      return new Promise(function (resolve) { release = resolve; });
    }
    function heard(message) {
      var data = message.data;
      if (data.name === "hello") {
        if (leading) { answer(data.position); }
      } else if (data.name === "who") {
        if (!leading) { say({ name: "hello", position: position }); }
      } else if (!leading) {
        receive(data);
      }
    }
    function join() {
      if (!shared) { lead(); return; }
      others.onmessage = heard;
      say({ name: "hello", position: position });
      navigator.locks.request("newsreel-live", lead).catch(function () {});
    }
    function leave() {
      leading = false;
      close();
      if (release) { release(); release = null; }
    }
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", function (event) { if (event.persisted) { join(); } });
    join();
  }

  document.addEventListener("DOMContentLoaded", function () {
    themeButton();
    localTimes();
    wideParts();
    var view = page();
    if (document.body.dataset.live && window.EventSource) { live(view); }
  });
})();
