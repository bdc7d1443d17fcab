(function () {
  "use strict";
  var root = document.documentElement;
  function stored(value) {
    try {
      if (value) localStorage.setItem("theme", value);
      return localStorage.getItem("theme");
    } catch (error) { return null; }
  }
  root.classList.add("js");
  if (stored()) root.dataset.theme = stored();
  function dark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function themes(button) {
    function label() {
      button.firstChild.textContent = dark() ? "Light" : "Dark";
      button.setAttribute("aria-label", dark() ? "Use light colours" : "Use dark colours");
    }
    button.hidden = false;
    label();
    button.addEventListener("click", function () {
      root.dataset.theme = dark() ? "light" : "dark";
      stored(root.dataset.theme);
      label();
    });
  }
  function tabset(box) {
    var tabs = Array.from(box.querySelectorAll(':scope > [role="tablist"] > [role="tab"]'));
    function show(chosen, focus) {
      tabs.forEach(function (tab) {
        var on = tab === chosen;
        tab.setAttribute("aria-selected", on);
        tab.tabIndex = on ? 0 : -1;
        document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
      });
      if (focus) chosen.focus();
    }
    tabs.forEach(function (tab, i) {
      tab.addEventListener("click", function (event) { event.preventDefault(); show(tab); });
      tab.addEventListener("keydown", function (event) {
        var to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
        if (event.key === " ") { event.preventDefault(); show(tab); }
        if (to === undefined) return;
        event.preventDefault();
        show(tabs[(to + tabs.length) % tabs.length], true);
      });
    });
    if (tabs.length) show(tabs[0]);
  }
  function menus() {
    var open = function () { return document.querySelectorAll("details.menu[open]"); };
    function close(event) {
      open().forEach(function (menu) { if (!event || !menu.contains(event.target)) menu.open = false; });
    }
    addEventListener("click", close);
    addEventListener("focusin", close);
    addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      open().forEach(function (menu) { menu.open = false; menu.querySelector("summary").focus(); });
    });
  }
  function printing() {
    var closed = [];
    addEventListener("beforeprint", function () {
      closed = Array.from(document.querySelectorAll("details.callout:not([open])"));
      closed.forEach(function (box) { box.open = true; });
    });
    addEventListener("afterprint", function () { closed.forEach(function (box) { box.open = false; }); });
  }
  function folds() {
    var beside = matchMedia("(min-width: 69rem)");
    function fit() {
      document.querySelectorAll(".nav-fold").forEach(function (fold) { fold.open = beside.matches; });
      document.querySelectorAll(".toc details").forEach(function (toc) { toc.open = beside.matches; });
    }
    fit();
    beside.addEventListener("change", fit);
    document.querySelectorAll(".toc").forEach(function (toc) {
      toc.addEventListener("click", function (event) {
        if (event.target.closest("a") && !beside.matches) toc.querySelector("details").open = false;
      });
    });
  }
  function whereabouts() {
    var links = new Map(), last;
    document.querySelectorAll(".toc a").forEach(function (link) {
      var heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading) links.set(heading, link);
    });
    if (links.size > 16) document.querySelector(".toc").classList.add("brief");
    function mark() {
      var here, end = scrollY + innerHeight >= root.scrollHeight - 2, line = end ? innerHeight : innerHeight / 3;
      links.forEach(function (link, heading) { if (heading.getBoundingClientRect().top < line) here = link; });
      if (here === last) return;
      if (last) last.removeAttribute("aria-current");
      if (here) here.setAttribute("aria-current", "location");
      var box = here && here.closest("details");
      if (box) box.scrollTop = here.offsetTop - box.clientHeight / 2;
      last = here;
    }
    var due;
    addEventListener("scroll", function () { if (!due) due = requestAnimationFrame(function () { due = 0; mark(); }); }, { passive: true });
  }
  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var up = target; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up.getAttribute("role") === "tabpanel") document.getElementById(up.id + "-tab").click();
    }
    if (target && target.scrollIntoView) target.scrollIntoView();
  }
  function searching(form) {
    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("focusin", function () {
      var script = document.createElement("script");
      script.src = form.dataset.libs + "/search.js";
      document.head.append(script);
    }, { once: true });
  }
  function leaving(link) {
    link.addEventListener("click", function (event) { event.preventDefault(); location.replace(link.href); });
  }
  function scrolling(box) {  // a stop for the keyboard only while there is something to scroll to: fonts, folds and windows change that
    function settle() { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex"); }
    var sizes = new ResizeObserver(settle);
    sizes.observe(box);
    if (box.firstElementChild) sizes.observe(box.firstElementChild);
  }
  addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".quick-exit a").forEach(leaving);
    document.querySelectorAll(".theme-toggle").forEach(themes);
    document.querySelectorAll(".search").forEach(searching);
    document.querySelectorAll(".panel-tabset").forEach(tabset);
    folds();
    whereabouts();
    document.querySelectorAll(".table-scroll, .figure-scroll").forEach(scrolling);
    menus();
    printing();
    if (location.hash) reveal();
    addEventListener("hashchange", reveal);
  });
})();
