// Search among the pages; loaded when somebody goes to the search box. The index is made by `search.py`.
(function () {
  "use strict";
  var form = document.querySelector(".search"), box = form.querySelector("input"), list = form.querySelector("ol");
  var said = form.querySelector("[role=status]"), more = form.querySelector("button");
  var data = form.dataset, loaded = {}, indexes = [], asked = [], SHOWN = 12;

  function stem(word) { // Harman 1991, as in search.py
    if (word.length < 4) return word;
    if (/(^|[^ea])ies$/.test(word)) return word.slice(0, -3) + "y";
    return /[^us]s$/.test(word) && !/[aeo]es$/.test(word) ? word.slice(0, -1) : word;
  }
  function words(text) {
    return (text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) || []).map(stem);
  }
  function load(name) {
    if (loaded[name]) return;
    loaded[name] = true;
    var script = document.createElement("script");
    script.src = data.libs + "/search/" + encodeURIComponent(name) + ".js";
    document.head.append(script);
  }
  window.compendiumSearch = function (index) {
    index.terms = index.words.split("\n").map(function (line) {
      var parts = line.split(" "), at = 0;
      return [parts[0], parts.slice(1).map(function (step) { return (at += parseInt(step, 36)); })];
    });
    indexes.push(index);
    look();
  };
  // Every section that holds all words; a word counts the more, the rarer it is; a word that only begins so, less.
  function hits(index, query) {
    var scores = new Map(), needed = 0;
    query.forEach(function (word, i) {
      var best = new Map();
      index.terms.forEach(function (term) {
        if (!term[0].startsWith(word)) return;
        var weight = Math.log(1 + index.sections.length / term[1].length) * (term[0] === word ? 1 : .5 * word.length / term[0].length);
        term[1].forEach(function (section) { best.set(section, Math.max(best.get(section) || 0, weight)); });
      });
      if (!best.size) return;
      best.forEach(function (weight, section) {
        var page = index.pages[index.sections[section][0]], at = scores.get(section) || [0, 0];
        var named = words(index.sections[section][2]), titled = words(page[1]);
        var begins = function (other) { return other.startsWith(word); };
        scores.set(section, [at[0] + 1, at[1] + weight * (1 + 2 * named.some(begins) + titled.some(begins))]);
      });
      needed += 1;
    });
    return Array.from(scores).filter(function (one) { return one[1][0] === needed; }).map(function (one) {
      var section = index.sections[one[0]], page = index.pages[section[0]];
      return { score: one[1][1], needed: needed, href: page[0] + (section[1] && "#" + encodeURIComponent(section[1])), heading: section[2], title: page[1], place: page[2] };
    });
  }
  function result(hit) {
    var row = document.createElement("li"), link = document.createElement("a"), page = document.createElement("span");
    link.href = data.home + hit.href;
    link.textContent = hit.heading || hit.title;
    page.textContent = (hit.heading ? [hit.place, hit.title] : [hit.place]).filter(Boolean).join(": ");
    link.append(page);
    row.append(link);
    return row;
  }
  function look() {
    var query = words(box.value).filter(function (word) { return word.length > 1; });
    var found = query.length ? indexes.flatMap(function (index) { return hits(index, query); }) : [];
    var most = Math.max.apply(null, found.map(function (hit) { return hit.needed; }));
    found = found.filter(function (hit) { return hit.needed === most; }).sort(function (a, b) {
      return b.score - a.score || (a.href < b.href ? -1 : 1);
    });
    list.replaceChildren.apply(list, found.slice(0, SHOWN).map(result));
    var left = indexes.length ? Object.keys(indexes[0].others).filter(function (name) { return !loaded[name]; }) : [];
    more.hidden = !query.length || !left.length;
    more.textContent = "Search " + (left.length === 1 ? "one more place" : left.length + " more places");
    said.textContent = !query.length ? "" : !found.length ? "Nothing found." :
      found.length > SHOWN ? "The first " + SHOWN + " of " + found.length + " sections." :
      found.length === 1 ? "One section." : found.length + " sections.";
    asked = left;
  }
  form.addEventListener("keydown", function (event) {
    var links = Array.from(list.querySelectorAll("a")), at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { box.value = ""; look(); box.focus(); }
    if (event.key === "Enter" && event.target === box && links.length) { event.preventDefault(); links[0].click(); }
    var to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to === undefined || to >= links.length) return;
    event.preventDefault();
    (links[to] || box).focus();
  });
  document.addEventListener("click", function (event) { if (!form.contains(event.target)) { box.value = ""; look(); } });
  more.addEventListener("click", function () { asked.forEach(load); box.focus(); });
  box.addEventListener("input", look);
  load("common");
  if (data.own !== "common") load(data.own);
})();
