(function () {
  "use strict";
  document.documentElement.classList.add("js");
  var PREFIX = "compendium-assessment:", LARGEST = 1000000, CANNOT_SAY = "cannot_say";
  var form, asked, names, items, keeping = false;

  function el(id) { return document.getElementById(id); }
  function say(text) { el("said").textContent = ""; setTimeout(function () { el("said").textContent = text; }, 50); }
  function key() { return PREFIX + asked.locality + ":" + asked.rater; }
  function chosen(name) { var found = form.querySelector('input[name="' + name + '"]:checked'); return found ? found.value : ""; }
  function choose(name, value) {
    form.querySelectorAll('input[name="' + name + '"]').forEach(function (one) { one.checked = one.value === value; });
  }
  function field(name) { return el(name) ? el(name).value.trim() : ""; }
  function code() { return field("service_code").toUpperCase(); }
  function is_code(text) { return new RegExp("^(?:" + asked.service_pattern + ")$").test(text); }
  function fresh() {
    var parts = new Uint8Array(8);
    crypto.getRandomValues(parts);
    return Array.from(parts, function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }

  // what is filled in, as it goes into a file or, when asked to, into this browser
  var response = "";
  function filled() {
    var youth = asked.rater === "youth";
    return {
      kind: asked.kind, form_id: asked.form_id, form_version: asked.form_version, form_hash: asked.form_hash,
      locality: asked.locality, rater: asked.rater, service_code: code(), pilot_area: field("pilot_area"),
      wave: chosen("wave"), response: youth ? response : "", free_to_rate: youth ? chosen("free_to_rate") : "",
      answers: names.map(function (name) {
        var level = chosen("level-" + name);
        return { criterion_id: name, wording: items[name], level: level === "" ? null : level === CANNOT_SAY ? level : Number(level) };
      })
    };
  }
  function fill(data) {
    if (el("service_code")) el("service_code").value = data.service_code || "";
    if (el("pilot_area")) el("pilot_area").value = data.pilot_area || "";
    choose("wave", data.wave || "");
    if (asked.rater === "youth") { choose("free_to_rate", data.free_to_rate || ""); response = data.response || response; }
    data.answers.forEach(function (one) { choose("level-" + one.criterion_id, one.level === null ? "" : String(one.level)); });
    changed();
  }

  // keeping in this browser: only while the box is ticked
  function store(work) { try { return work(window.localStorage); } catch (error) { return undefined; } }
  function keep() {
    if (!keeping) return;
    if (chosen("free_to_rate") === "no") { forget(); return; } // why somebody may not rate is kept nowhere
    var done = store(function (place) { place.setItem(key(), JSON.stringify(filled())); return true; });
    if (!done) { keeping = el("keep").checked = false; say("This browser does not allow it. Nothing is kept."); }
  }
  function forget() {
    [window.localStorage, window.sessionStorage].forEach(function (unused, which) {
      try {
        var place = which ? window.sessionStorage : window.localStorage;
        Object.keys(place).filter(function (name) { return name.indexOf(PREFIX) === 0; }).forEach(function (name) { place.removeItem(name); });
      } catch (error) { /* nothing can be kept there, so nothing is */ }
    });
  }
  function empty() {
    form.reset();
    form.querySelectorAll("input[type=radio]").forEach(function (one) { one.checked = false; });
    response = fresh();
    hide();
    changed();
  }
  function clearDevice() {
    if (el("clear").dataset.ask && !window.confirm(el("clear").dataset.ask)) return;
    keeping = false;
    forget();
    empty();
    el("keep").checked = false;
    history.replaceState(null, "", location.pathname + location.search);
    el("title").focus();
    say("Cleared. Nothing is kept in this browser. Files that you saved are still where you saved them.");
  }

  // what is shown
  function answered() { return names.filter(function (name) { return chosen("level-" + name) !== ""; }); }
  function changed() {
    var done = answered().length;
    el("progress").textContent = done + " of " + names.length + " answered";
    el("progress-bar").value = done;
    if (asked.rater === "youth") {
      var free = chosen("free_to_rate");
      el("items").hidden = free !== "yes";
      el("stop").hidden = free !== "no";
      if (free === "no") names.forEach(function (name) { choose("level-" + name, ""); });
      if (free === "no" && done) changed();
    }
    keep();
  }
  function hide() {
    el("problems").hidden = true;
    document.querySelectorAll("[aria-invalid]").forEach(function (one) { one.removeAttribute("aria-invalid"); one.removeAttribute("aria-describedby"); });
  }
  function show(title, found) {
    hide();
    el("said").textContent = "";
    el("problems-title").textContent = title;
    var list = el("problems-list");
    list.textContent = "";
    found.forEach(function (one) {
      var entry = document.createElement("li"), link = document.createElement(one.target ? "a" : "span");
      link.textContent = one.text;
      if (one.target) {
        link.href = "#" + one.target;
        link.addEventListener("click", function (event) { event.preventDefault(); el(one.target).focus(); });
        if (el(one.target).type === "text") el(one.target).setAttribute("aria-invalid", "true");
      }
      entry.appendChild(link);
      list.appendChild(entry);
    });
    el("problems").hidden = false;
    el("problems").focus();
  }
  function missing() {
    var found = [], words = asked.words;
    if (asked.rater === "youth" && chosen("free_to_rate") !== "yes") {
      return [{ text: chosen("free_to_rate") === "no" ? words.stop : words.gate, target: "free_to_rate-yes" }];
    }
    if (!is_code(code())) found.push({ text: words.service, target: "service_code" });
    if (el("pilot_area") && !field("pilot_area")) found.push({ text: words.area, target: "pilot_area" });
    if (!chosen("wave")) found.push({ text: words.round, target: "wave-" + asked.rounds[0] });
    return found;
  }
  function open_items() {
    return names.filter(function (name) { return chosen("level-" + name) === ""; }).map(function (name) {
      return { text: asked.words.item + " " + name + " " + asked.words.left_open, target: "level-" + name + "-0" };
    });
  }
  function check() {
    var found = missing();
    if (!found.length || asked.rater !== "youth" || chosen("free_to_rate") === "yes") found = found.concat(open_items());
    if (found.length) { show(asked.words.look, found); return; }
    hide();
    say(asked.words.complete);
  }

  // files
  function csv(data) {
    var head = asked.columns.slice(0, -3);
    var rows = data.answers.map(function (one) {
      return head.map(function (name) { return data[name]; }).concat([one.criterion_id, one.wording, one.level === null ? "" : String(one.level)]);
    });
    return [asked.columns].concat(rows).map(function (row) {
      return row.map(function (cell) { return /[",\r\n]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell; }).join(",");
    }).join("\r\n") + "\r\n";
  }
  function save(kind) {
    var found = missing();
    if (!found.length && !answered().length) found = [{ text: asked.words.nothing, target: "level-" + names[0] + "-0" }];
    if (found.length) { show(asked.words.look, found); return; }
    hide();
    var data = filled(), text = kind === "csv" ? csv(data) : JSON.stringify(data, null, 1) + "\n";
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind === "csv" ? "text/csv" : "application/json" }));
    link.download = ["assessment", data.service_code, data.wave, data.rater].concat(response && asked.rater === "youth" ? [response.slice(0, 6)] : []).join("-") + "." + kind;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
    var done = answered().length;
    say(asked.words.saved + (done < names.length ? " " + done + " of " + names.length + " answered." : ""));
  }
  function table(text) {
    var rows = [], row = [], cell = "", quoted = false;
    for (var i = 0; i < text.length; i++) {
      var sign = text[i];
      if (quoted) {
        if (sign === '"' && text[i + 1] === '"') { cell += sign; i++; }
        else if (sign === '"') quoted = false;
        else cell += sign;
      } else if (sign === '"') quoted = true;
      else if (sign === ",") { row.push(cell); cell = ""; }
      else if (sign === "\n") { row.push(cell.replace(/\r$/, "")); rows.push(row); row = []; cell = ""; }
      else cell += sign;
    }
    if (cell || row.length) { row.push(cell.replace(/\r$/, "")); rows.push(row); }
    return rows;
  }
  function from_csv(text) {
    var rows = table(text), head = rows.shift() || [], data = { kind: asked.kind, answers: [] };
    if (head.join() !== asked.columns.join() || rows.some(function (row) { return row.length !== head.length; })) return null;
    head.slice(0, -3).forEach(function (name, at) { data[name] = rows.length ? rows[0][at] : ""; });
    if (rows.some(function (row) { return head.slice(0, -3).some(function (name, at) { return row[at] !== data[name]; }); })) return null;
    data.answers = rows.map(function (row) {
      var level = row[row.length - 1];
      return { criterion_id: row[row.length - 3], wording: row[row.length - 2], level: level === "" ? null : /^[0-9]$/.test(level) ? Number(level) : level };
    });
    return data;
  }
  function wrong(data) {
    var levels = asked.levels.concat([null, CANNOT_SAY]), seen = {}, found = [];
    if (!data || data.kind !== asked.kind || !Array.isArray(data.answers)) return [asked.words.no_form];
    if (data.form_id !== asked.form_id || data.locality !== asked.locality || data.rater !== asked.rater) return [asked.words.other_form];
    data.answers.forEach(function (one) {
      var name = one && one.criterion_id;
      if (!one || !Object.prototype.hasOwnProperty.call(items, name)) found.push(asked.words.no_item);
      else if (Object.prototype.hasOwnProperty.call(seen, name)) found.push(asked.words.item + " " + name + ": " + asked.words.twice);
      else if (one.wording !== items[name]) found.push(asked.words.item + " " + name + ": " + asked.words.reworded);
      else if (levels.indexOf(one.level) < 0) found.push(asked.words.item + " " + name + ": " + asked.words.no_level);
      if (name) seen[name] = true;
    });
    ["service_code", "pilot_area", "wave", "response", "free_to_rate"].forEach(function (name) {
      if (typeof data[name] !== "string" || data[name].length > 40) found.push(asked.words.no_form);
    });
    if (asked.rater === "youth" && !found.length && (data.free_to_rate !== "yes" || !/^[0-9a-f]{16}$/.test(data.response))) found.push(asked.words.no_form);
    return found.filter(function (text, at) { return found.indexOf(text) === at; });
  }
  function open(file) {
    if (!file) return;
    if (file.size > LARGEST) { show(asked.words.not_opened, [{ text: asked.words.no_form }]); return; }
    file.text().then(function (text) {
      var data = null;
      try { data = /\.csv$/i.test(file.name) ? from_csv(text.replace(/^\ufeff/, "")) : JSON.parse(text); } catch (error) { data = null; }
      var found = wrong(data);
      el("open").value = "";
      if (found.length) { show(asked.words.not_opened, found.map(function (one) { return { text: one }; })); return; }
      hide();
      fill(data);
      say(asked.words.opened);
    });
  }

  function start() {
    form = el("form");
    asked = JSON.parse(el("asked").textContent);
    items = asked.items;
    names = asked.order;
    response = fresh();
    document.querySelectorAll(".quick-exit a").forEach(function (link) {
      link.addEventListener("click", function (event) { event.preventDefault(); if (!keeping) empty(); location.replace(link.href); });
    });
    form.addEventListener("change", changed);
    form.addEventListener("input", function (event) { if (event.target.type === "text") keep(); });
    form.addEventListener("submit", function (event) { event.preventDefault(); check(); });
    el("save-json").addEventListener("click", function () { save("json"); });
    el("save-csv").addEventListener("click", function () { save("csv"); });
    el("print").addEventListener("click", function () { window.print(); });
    el("open").addEventListener("change", function () { open(el("open").files[0]); });
    el("clear").addEventListener("click", clearDevice);
    el("keep").addEventListener("change", function () {
      keeping = el("keep").checked;
      if (keeping) { keep(); if (keeping) say(asked.words.keeping); } else { forget(); say(asked.words.not_keeping); }
    });
    addEventListener("pageshow", function (event) { if (event.persisted && !keeping) empty(); });
    var before = store(function (place) { return place.getItem(key()); }), data = null;
    try { data = before ? JSON.parse(before) : null; } catch (error) { data = null; }
    empty();
    if (data && !wrong(Object.assign({}, data, { free_to_rate: asked.rater === "youth" ? "yes" : "" })).length) {
      keeping = el("keep").checked = true;
      fill(data);
      say(asked.words.found);
    } else if (before) { forget(); }
    new URLSearchParams(location.hash.slice(1)).forEach(function (value, name) {
      if (name === "service" && !code() && is_code(value.toUpperCase())) el("service_code").value = value;
      if (name === "round" && !chosen("wave")) choose("wave", value);
    });
  }
  addEventListener("DOMContentLoaded", start);
})();
