-- One page of Quarto markdown for print: what a screen folds or tabs stands open, references are numbered here.
-- Text stays text: only what this file writes itself is Typst. Images are named by their path from the project's root.

local WORD = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local TITLE = { note = "Note", tip = "Tip", warning = "Warning", caution = "Caution", important = "Important" }
local LONG, SMALL = 40, 12 -- rows of a folded table that a book leaves to the site; rows that stay on one sheet
local LINE, SHEET = 36, 96 -- letters: a line within a cell, a line of the sheet in a table's size
local site, ids, numbers, counts = nil, {}, {}, { fig = 0, tbl = 0, eq = 0 }

local function typst(text) return pandoc.RawBlock("typst", text) end
local function kind_of(id) return WORD[id:match("^(%l+)%-") or ""] and id:match("^(%l+)%-") end
local function named(id) return id == "" and "" or site.prefix .. id end
local function quoted(text) return '"' .. text:gsub("[%c]", " "):gsub("\\", "\\\\"):gsub('"', '\\"') .. '"' end

local function from_root(src)
  local path = src:match("^/") and src:sub(2) or pandoc.path.join({ site.folder, src })
  return pandoc.path.normalize(path)
end

-- Blocks that a screen folds --------------------------------------------------------------------------------------

local function rows_of(t)
  local rows = 0
  for _, part in ipairs(t.bodies) do rows = rows + #part.body end
  return rows
end

-- In a book, a long table behind a figure is left to the site.
local function shortened(t)
  local rows = rows_of(t)
  if rows <= LONG then return nil end
  local said = ("The table behind this figure has %d rows; it is on the site and among its downloads."):format(rows)
  return pandoc.Para({ pandoc.Emph(pandoc.read(said, "markdown").blocks[1].content) })
end

local function callout(div)
  local kind = nil
  for _, class in ipairs(div.classes) do kind = class:match("^callout%-(%l+)$") or kind end
  if not kind then return nil end
  local title, body = div.attributes.title, div.content
  local inlines = title and pandoc.utils.blocks_to_inlines(pandoc.read(title, "markdown").blocks) or nil
  if not inlines and body[1] and body[1].t == "Header" then
    inlines = body[1].content
    body:remove(1)
  end
  local folded = div.attributes.collapse == "true"
  local blocks = pandoc.Blocks({ typst(folded and "#folded([" or ("#callout(%s, ["):format(quoted(kind))) })
  blocks:insert(pandoc.Plain(inlines or { pandoc.Str(TITLE[kind] or kind) }))
  if folded and site.book then body = body:walk({ Table = shortened }) end
  blocks:insert(typst("], ["))
  blocks:extend(body)
  blocks:insert(typst("])"))
  return blocks
end

local function tabset(div)
  if not div.classes:includes("panel-tabset") then return nil end
  return div.content:walk({ Header = function(h) return pandoc.Para({ pandoc.Strong(h.content) }) end })
end

local function cell(div)
  for _, class in ipairs({ "code-fold", "screen-only", "figure-files" }) do
    if div.classes:includes(class) then return {} end
  end
  if div.classes:includes("table-note") then
    local blocks = pandoc.Blocks({ typst("#small[") })
    blocks:extend(div.content:filter(function(b)
      local said = pandoc.utils.stringify(b)
      return not (said:match("^Download: ") or said:match("^Where this comes from"))
    end))
    blocks:insert(typst("]"))
    return blocks
  end
  local kind = div.identifier:match("^(%l+)%-")
  local last = div.content[#div.content]
  if kind == "tbl" and #div.content > 1 and last.t == "Para" then
    div.content:remove()
    div.content = div.content:walk({ Table = function(t)
      t.identifier, t.caption = div.identifier, { long = { pandoc.Plain(last.content) } }
      return t
    end })
    div.identifier = ""
  end
  return div.content:walk({ RawBlock = function(raw) if raw.format ~= "typst" then return {} end end })
end

local open_blocks = { Div = function(div) return callout(div) or tabset(div) or cell(div) end }

-- Images and figures ----------------------------------------------------------------------------------------------

local function drawing(image)
  local alt = image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption)
  if image.src:match("^%a[%w+.-]*:") then return image.caption end
  return pandoc.RawInline("typst", ("#drawing(%s, %s)"):format(quoted("files/" .. from_root(image.src)), quoted(alt)))
end

local function caption_of(kind, id, caption)
  counts[kind] = counts[kind] + 1
  numbers[id] = tostring(counts[kind])
  local text = pandoc.Inlines({ pandoc.Strong({ pandoc.Str(WORD[kind] .. "\u{a0}" .. numbers[id] .. ".") }), pandoc.Space() })
  if caption.long[1] then text:extend(caption.long[1].content) end
  return { long = { pandoc.Plain(text) } }
end

local number_all = {
  traverse = "topdown",
  Header = function(h)
    if h.identifier ~= "" then ids[h.identifier] = true end
    h.identifier = named(h.identifier)
    return h
  end,
  Figure = function(f)
    if kind_of(f.identifier) == "fig" then
      f.caption = caption_of("fig", f.identifier, f.caption)
      ids[f.identifier] = true
      f.identifier = named(f.identifier)
    end
    return f
  end,
  Table = function(t)
    if kind_of(t.identifier) == "tbl" then
      t.caption = caption_of("tbl", t.identifier, t.caption)
      ids[t.identifier] = true
      t.identifier = named(t.identifier)
    end
    return t
  end,
}

-- Columns as wide as their words need, not as the source happens to be typed: each at least as its longest word, so that
-- none runs into the next, then what is left up to LINE letters; narrow tables keep their width. Short ones stay whole.
local function letters(t)
  local word, whole = {}, {}
  local function row(cells, head)
    for i, one in ipairs(cells) do
      local text = pandoc.utils.stringify(one.contents)
      for w in text:gmatch("%S+") do word[i] = math.max(word[i] or 3, pandoc.text.len(w) + (head and 1 or 0)) end
      if not head then whole[i] = math.max(whole[i] or 3, pandoc.text.len(text)) end
    end
  end
  for _, r in ipairs(t.head.rows) do row(r.cells, true) end
  for _, part in ipairs(t.bodies) do for _, r in ipairs(part.body) do row(r.cells, false) end end
  return word, whole
end

local function laid_out(t)
  local word, whole = letters(t)
  local least, needed, words, sum = {}, {}, 0, 0
  for i = 1, #t.colspecs do
    least[i] = (word[i] or 3) + 1
    needed[i] = math.max(least[i], math.min(whole[i] or 3, LINE) + 2)
    words, sum = words + least[i], sum + needed[i]
  end
  local small = sum > 1.4 * SHEET
  local room = small and 1.4 * SHEET or SHEET
  local share = math.max(0, room - words) / math.max(1, sum - words) -- of what columns want beyond their words
  local total = words + share * (sum - words)
  for i, spec in ipairs(t.colspecs) do
    t.colspecs[i] = { spec[1], sum > SHEET and (least[i] + share * (needed[i] - least[i])) / total or nil }
  end
  local before, after = "", ""
  if rows_of(t) <= SMALL and #pandoc.utils.stringify(t) < 2500 then before, after = "#whole[", "]" end
  if small then before, after = before .. "#wide[", after .. "]" end
  return before ~= "" and { typst(before), t, typst(after) } or t
end

-- References and links --------------------------------------------------------------------------------------------

local function reference(cite)
  local out = pandoc.Inlines({})
  for _, c in ipairs(cite.citations) do
    local id = c.id:gsub("^%u", string.lower)
    local kind = kind_of(id)
    if not kind then return nil end
    if #out > 0 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
    local text = kind == "sec" and "the section named there" or WORD[kind] .. "\u{a0}" .. (numbers[id] or "?")
    if kind == "sec" and site.titles[id] then text = "“" .. site.titles[id] .. "”" end
    out:insert(ids[id] and pandoc.Link({ pandoc.Str(text) }, "#" .. id) or pandoc.Str(text))
    out:extend(c.suffix)
  end
  return out
end

-- A link within the page or to the web stays one, and in a book one to another chapter; on paper the others lead nowhere.
local function link(l)
  local path, id = l.target:match("^([^#]*)#?(.*)$")
  if path == "" and ids[id] then
    l.target = "#" .. named(id)
    return l
  end
  if l.target:match("^https?://") then return l end
  local prefix = site.chapters and path ~= "" and site.chapters[from_root(path)]
  if not prefix then return l.content end
  local out = pandoc.Inlines({ pandoc.RawInline("typst", ("#into(%s)["):format(quoted(prefix .. (id == "" and "top" or id)))) })
  out:extend(l.content)
  out:insert(pandoc.RawInline("typst", "]"))
  return out
end

local function math(m)
  local display = m.mathtype == "DisplayMath"
  local written = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ m }) }), "typst"):gsub("%s+$", "")
  return pandoc.RawInline("typst", ("#math.equation(alt: %s, block: %s, %s)"):format(quoted(m.text), tostring(display), written))
end

-- Pandoc writes a sign that begins a line of Typst as it is, also where a cell or an item begins: a label "= x" would be a
-- heading there. So every word that isn't plain letters is a string of Typst, which nothing is read from.
local function inert(s)
  if s.text:match("^[%a\128-\255][%w\128-\255]*[,.;:]?$") then return nil end
  return pandoc.RawInline("typst", "#" .. quoted(s.text) .. ";")
end

function Pandoc(doc)
  site = pandoc.json.decode(pandoc.utils.stringify(doc.meta.site), false)
  doc.meta = pandoc.Meta({ bibliography = doc.meta.bibliography, csl = doc.meta.csl, ["link-citations"] = false })
  site.titles = {}
  doc:walk({ Header = function(h) site.titles[h.identifier] = pandoc.utils.stringify(h.content) end })
  doc = doc:walk(open_blocks):walk({ Image = drawing }):walk(number_all):walk({ Cite = reference })
  if doc.meta.bibliography then doc = pandoc.utils.citeproc(doc) end
  doc = doc:walk({
    Cite = function(c) return c.content end,
    Div = function(d)
      if d.identifier ~= "refs" then
        d.identifier = ""
        return d
      end
      local entries = d.content:walk({ Div = function(e) return e.content end })
      local head = pandoc.Header(site.top, { pandoc.Str("References") }, pandoc.Attr(named("references")))
      return #entries > 0 and pandoc.Blocks({ head, table.unpack(entries) }) or {}
    end,
    Link = link,
    Math = math,
    Span = function(s) return s.content end,
  })
  doc.meta = pandoc.Meta({})
  return doc:walk({ Table = laid_out }):walk({ Str = inert })
end
