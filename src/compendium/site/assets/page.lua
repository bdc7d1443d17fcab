-- One page of Quarto markdown, as JSON: title, body, contents, sources, and every problem found on the way.
-- The conventions (ids, roles, classes) are Quarto's own, so that the same facts can be read from both renderings.

local WORD = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local site, problems, index, quiet = nil, {}, {}, { Note = function() return {} end }
local Attr, Div, Plain, Raw, Span, stringify = pandoc.Attr, pandoc.Div, pandoc.Plain, pandoc.RawBlock, pandoc.Span, pandoc.utils.stringify

local function problem(message, needle, remedy)
  problems[#problems + 1] = { message = message, needle = needle or "", remedy = remedy or "" }
end

local function html(text, ...) return Raw("html", text:format(...)) end
local function inline(text, ...) return pandoc.RawInline("html", text:format(...)) end
local function escape(text) return (text:gsub('[&<>"]', { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" })) end
local function kind_of(id) local kind = id:match("^(%l+)%-") return WORD[kind] and kind end
local function local_path(target) return not (target:match("^%a[%w+.-]*:") or target:match("^//") or target:match("^#")) end
local function from_root(path) return path:match("^/") and site.up .. path:sub(2) or path end
local function pictures(moved) -- what an image shows, and its drawing for a narrow screen, by another path
  return function(image)
    local narrow = image.attributes.narrow
    if local_path(image.src) then image.src = moved(image.src) end
    if narrow then image.attributes.narrow = moved(narrow) end
    return image
  end
end
local function inlines_of(text) return pandoc.utils.blocks_to_inlines(pandoc.read(text, "markdown").blocks) end

-- First pass: what an author or a cell may not bring in, and what Quarto writes in its own way --------------------------

local function raw(element)
  if element.format ~= "html" or not element.text:match("^%s*<!%-%-") then
    problem("Raw HTML or LaTeX: outside the supported subset.", element.text:match("[^\n]*"), "Write it in markdown.")
  end
  return {}
end

local function output(div) -- a table that a notebook stored as HTML is read as one, so that nothing live is left of it
  if not div.classes:includes("cell-output") then return nil end
  local drop = function() return {} end
  return div:walk({ RawBlock = function(block)
    if block.format == "html" then return pandoc.read(block.text, "html").blocks:walk({ RawBlock = drop, RawInline = drop }) end
  end })
end

local function code(block)
  local lines = block.attributes["code-line-numbers"]
  if lines and lines ~= "false" then block.classes:insert("number-lines") end
  block.attributes["code-line-numbers"] = nil
  return block
end

local function equation(para) -- $$ … $$ {#eq-name}
  local out, last = pandoc.Inlines({}), nil
  for _, item in ipairs(para.content) do
    local id = item.t == "Str" and last and item.text:match("^{#(eq%-[^}]+)}$")
    if id then
      out[last] = Span({ out[last] }, Attr(id, { "equation" }))
      while #out > last do out:remove() end
    else
      out:insert(item)
      if item.t == "Math" and item.mathtype == "DisplayMath" then last = #out
      elseif item.t ~= "Space" and item.t ~= "SoftBreak" then last = nil end
    end
  end
  para.content = out
  return para
end

-- Second pass: floats, callouts, tabs, folded code ---------------------------------------------------------------------

-- A div named fig-… or tbl-… (a cell's output, or written by hand): its last paragraph is the caption.
local function float(div)
  local kind, blocks, caption, count = div.identifier:match("^(%l+)%-"), div.content, {}, 0
  if kind ~= "fig" and kind ~= "tbl" then return nil end
  if #blocks > 1 and blocks[#blocks].t == "Para" then caption = blocks:remove().content end
  blocks = blocks:walk({
    Table = kind == "tbl" and function(t)
      count, t.identifier = count + 1, div.identifier
      if #caption > 0 then t.caption = { long = { Plain(caption) } } end
      return t
    end or nil,
    Figure = kind == "fig" and function(f)
      if #caption == 0 and f.caption.long[1] then caption = f.caption.long[1].content end
      return f.content
    end or nil,
    Image = kind == "fig" and function(image)
      count, image.attributes["fig-alt"] = count + 1, image.attributes["fig-alt"] or div.attributes["fig-alt"]
      return image
    end or nil,
  })
  if count ~= 1 then
    local what = kind == "tbl" and "tables" or "images; figures inside figures aren't supported"
    problem(("%s holds %d %s."):format(div.identifier, count, what), div.identifier, "Give each a name and a caption of its own.")
  end
  if kind == "tbl" then return blocks end
  blocks = blocks:walk({ Para = function(p) if #p.content == 1 and p.content[1].t == "Image" then return Plain(p.content) end end })
  return pandoc.Blocks({ pandoc.Figure(blocks, { long = #caption > 0 and { Plain(caption) } or {} }, Attr(div.identifier)) })
end

local function callout(div)
  local kind = table.concat(div.classes, " "):match("callout%-(%l+)")
  if not kind then return nil end
  local title, body, fold = div.attributes.title, div.content, div.attributes.collapse
  local inlines = title and inlines_of(title) or { pandoc.Str(kind:sub(1, 1):upper() .. kind:sub(2)) }
  if not title and body[1] and body[1].t == "Header" then inlines = body:remove(1).content end
  local id = div.identifier ~= "" and (' id="%s"'):format(escape(div.identifier)) or ""
  local box, open, close = "div", '<p class="callout-title-container">', "</p>"
  if fold then box, open, close = "details", "<summary>", "</summary>" end
  local out = pandoc.Blocks({ html('<%s class="callout callout-%s"%s%s>%s', box, kind, id, fold == "false" and " open" or "", open) })
  out:extend({ Plain(inlines), html('%s<div class="callout-body">', close) })
  out:extend(body)
  out:insert(html("</div></%s>", box))
  return out
end

local tabsets = 0
local function tabset(div)
  if not div.classes:includes("panel-tabset") then return nil end
  tabsets = tabsets + 1
  local row, panels, level, i = pandoc.Blocks({}), pandoc.Blocks({}), nil, 0
  for _, block in ipairs(div.content) do
    if block.t == "Header" and block.level == (level or block.level) then
      level, i = block.level, i + 1
      local id = ("tabset-%d-%d"):format(tabsets, i)
      row:extend({ html('<a role="tab" id="%s-tab" href="#%s" aria-controls="%s" aria-selected="%s">', id, id, id, i == 1), Plain(block.content), html("</a>") })
      if i > 1 then panels:insert(html("</div>")) end
      panels:insert(html('<div role="tabpanel" id="%s" aria-labelledby="%s-tab" data-label="%s">', id, id, (escape(stringify(block.content)))))
    elseif i > 0 then
      panels:insert(block)
    end
  end
  local out = pandoc.Blocks({ html('<div class="panel-tabset"><div class="tab-row" role="tablist">') })
  out:extend(row)
  out:insert(html("</div>"))
  out:extend(panels)
  out:insert(html(i > 0 and "</div></div>" or "</div>"))
  return out
end

local function folded(div)
  if not div.classes:includes("code-fold") then return nil end
  local open = div.attributes.fold == "show" and " open" or ""
  local out = pandoc.Blocks({ html('<details class="code-fold"%s><summary>%s</summary>', open, (escape(site.code_summary))) })
  out:extend(div.content)
  out:insert(html("</details>"))
  return out
end

local function structure(div)
  local base = div.attributes.base
  if base and base ~= "" then
    div.content = div.content:walk({ Image = pictures(function(src) return src:match("^/") and src or base .. "/" .. src end) })
  end
  div.attributes.base = nil
  local made = callout(div) or tabset(div) or folded(div)
  if made then return made end
  local blocks = float(div)
  return blocks and (#div.classes > 0 and Div(blocks, Attr("", div.classes)) or blocks) or div
end

-- Third pass: numbers of sections, figures, tables, equations; links and pictures as the page writes them ---------------

local counts, depth, tables = { fig = 0, tbl = 0, eq = 0 }, { 0, 0, 0, 0, 0, 0 }, 0

local function count(kind, id)
  if index[id] then problem(("%s is the name of two things on this page."):format(id), id, "Rename one.") end
  counts[kind] = counts[kind] + 1
  index[id] = tostring(counts[kind])
  return index[id]
end

local function number(kind, float_)
  if kind_of(float_.identifier) ~= kind then return end
  local mark = Span({ WORD[kind] .. "\u{a0}" .. count(kind, float_.identifier) .. ":" }, Attr("", { "float-number" }))
  local text, first = pandoc.Inlines({ mark, pandoc.Space() }), float_.caption.long[1]
  if first then text:extend(first.content) end
  float_.caption = { long = { Plain(text) } }
end

local named = {}

local function scrolls(content, class, role, name) -- a box for what may be wider than the screen; no two of one name on a page
  named[name] = (named[name] or 0) + 1
  if named[name] > 1 then name = ("%s (%d)"):format(name, named[name]) end
  return Div({ content }, Attr("", { class }, { { "tabindex", "0" }, { "role", role }, { "aria-label", name } }))
end

local function label(float_) return stringify(pandoc.Blocks(float_.caption.long):walk(quiet)) end

local ALIGNED = { AlignRight = "right", AlignCenter = "center" }
local function columns(t) -- alignment as classes of the table, which a policy without inline styles allows
  for i, spec in ipairs(t.colspecs) do
    if ALIGNED[spec[1]] then t.classes:insert(ALIGNED[spec[1]] .. "-" .. i) end
    t.colspecs[i] = { pandoc.AlignDefault }
  end
  for _, row in ipairs(t.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attributes.scope = "col" end
  end
end

local number_all = {
  traverse = "topdown",
  Header = function(h)
    if h.classes:includes("unnumbered") then return nil end
    depth[h.level] = depth[h.level] + 1
    for deeper = h.level + 1, 6 do depth[deeper] = 0 end
    local all = table.concat(depth, ".", 1, h.level):gsub("^[0.]+", "")
    index[h.identifier] = index[h.identifier] or all
  end,
  Figure = function(f)
    number("fig", f)
    local name = label(f)
    f.content = f.content:walk({ Plain = function(p)
      local shown = #p.content == 1 and p.content[1]
      if not shown or shown.t ~= "Image" then return nil end
      if shown.attributes.narrow then return Div({ p }, Attr("", { "figure-scroll" })) end -- fits, and so needs no stop for the keyboard
      return scrolls(p, "figure-scroll", "group", name ~= "" and name or "Figure")
    end })
    return f, false
  end,
  Table = function(t)
    tables = tables + 1
    number("tbl", t)
    columns(t)
    local name = label(t)
    return scrolls(t, "table-scroll", "region", name ~= "" and name or ("Table %d without a caption"):format(tables)), false
  end,
  Span = function(s)
    if s.classes:includes("equation") then
      s.content[1].text = s.content[1].text:gsub("%s+$", "") .. "\\qquad(" .. count("eq", s.identifier) .. ")"
    end
    return s
  end,
}

local rooted = pictures(from_root)
local function image(picture)
  local alt = picture.attributes["fig-alt"]
  if alt then picture.caption, picture.attributes["fig-alt"] = pandoc.Inlines(alt), nil end
  picture = rooted(picture)
  local narrow, width, height = picture.attributes.narrow, picture.attributes["narrow-width"] or "360", picture.attributes["narrow-height"]
  if not narrow then return picture end
  for _, name in ipairs({ "narrow", "narrow-width", "narrow-height" }) do picture.attributes[name] = nil end
  local size = height and (' width="%s" height="%s"'):format(escape(width), escape(height)) or ""
  return { inline('<picture><source media="(max-width: 40rem)" srcset="%s"%s>', escape(narrow), size), picture, inline("</picture>") }
end

local function link(l)
  if not local_path(l.target) then return nil end
  local path, mark = from_root(l.target):match("^([^#]*)(.*)$")
  if site.rendered[pandoc.path.normalize(pandoc.path.join({ site.folder, path }))] or path:match("%.qmd$") then
    path = path:gsub("%.%a+$", ".html")
  end
  l.target = path .. mark
  return l
end

-- Fourth pass: references and citations ----------------------------------------------------------------------------------

local known = {}

local function reference(cite)
  local out, crossed = pandoc.Inlines({}), false
  for _, c in ipairs(cite.citations) do crossed = crossed or kind_of(c.id:lower()) end
  for i, c in ipairs(cite.citations) do
    local id = c.id:gsub("^%u", string.lower)
    if not crossed and not known[c.id] then
      problem(("@%s is not in the bibliography."):format(c.id), "@" .. c.id, "Mend the key, or add the source; an @ that is none is written \\@.")
    elseif crossed and not index[id] then
      problem(("@%s leads nowhere on this page."):format(c.id), "@" .. c.id, "elsewhere")
    elseif crossed then
      local word = #c.prefix > 0 and stringify(c.prefix) or WORD[kind_of(id)]
      local text = (c.mode == "SuppressAuthor" and "" or word .. "\u{a0}") .. index[id]
      if i > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
      out:insert(pandoc.Link({ pandoc.Str(text) }, "#" .. id, "", Attr("", { "quarto-xref" })))
      out:extend(c.suffix)
    end
  end
  return crossed and out or nil
end

local function footnote(s)
  local note = s.text:match("%[%^[^%]%s]+%]")
  if note then problem(("The footnote %s has no text."):format(note), note, ("Write its text in a paragraph that begins with %s:"):format(note)) end
end

-- The page ----------------------------------------------------------------------------------------------------------------

local TIDY = { { '<tr class="[a-z]+">', "<tr>" }, { "<th[^>]*></th>", "<td></td>" }, { '(<[^<>]-) style="[^"]*"', "%1" }, { "<th>", '<th scope="row">' } }
local function write(blocks, opts)
  local text = pandoc.write(pandoc.Pandoc(blocks), "html5", opts):gsub("%s+$", "")
  for _, rule in ipairs(TIDY) do text = text:gsub(rule[1], rule[2]) end
  text = text:gsub('<pre class="sourceCode %w*">.-</pre>', function(block) -- an anchor a line only where lines have numbers
    return (block:gsub('<span id="cb[%d-]+"><a [^>]*></a>([^\n]*)</span>', "%1"))
  end)
  return text
end

function Writer(doc, opts)
  site = pandoc.json.decode(doc.meta.site, false)
  doc.meta.site = nil
  for _, ref in ipairs(pandoc.utils.references(doc)) do known[ref.id] = true end
  local parts = { problems = problems, sources_id = "references" }
  for _, key in ipairs({ "title", "subtitle", "description", "note" }) do
    if site[key] ~= "" then parts[key] = write({ Plain(inlines_of(site[key])) }, opts) end
  end
  local first = doc.blocks[1]
  if not parts.title and first and first.t == "Header" and first.level == 1 then
    parts.title = write({ Plain(doc.blocks:remove(1).content) }, opts)
  end
  doc = doc:walk({ Div = output }):walk({ RawBlock = raw, RawInline = raw, Para = equation, CodeBlock = code }):walk({ Div = structure })
  doc = doc:walk(number_all):walk({ Image = image, Link = link }):walk({ Cite = reference, Str = footnote })
  if doc.meta.bibliography then doc = pandoc.utils.citeproc(doc) end
  local blocks = doc.blocks
  local listed = pandoc.structure.table_of_contents(blocks, { toc_depth = site.toc_depth })
  if #listed.content > 0 then parts.contents = write({ listed }, opts) end
  -- The list of sources leaves the body: it gets a place and a heading of its own at the foot of the page.
  local sources
  blocks = blocks:filter(function(b) if b.t == "Div" and b.identifier == "refs" then sources = b end return b ~= sources end)
  if sources and #sources.content > 0 then
    local last = blocks[#blocks]
    if last and last.t == "Header" and stringify(last):lower() == "references" then parts.sources_id = blocks:remove().identifier end
    parts.sources = write({ sources }, opts)
  end
  parts.body = write(blocks, opts)
  return pandoc.json.encode(parts)
end
