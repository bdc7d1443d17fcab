-- One page of Quarto markdown, as JSON: title, body, contents, sources, and every problem found on the way.
-- The conventions (ids, roles, classes) are Quarto's own, so that the same facts can be read from both renderings.

local WORD = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local TITLE = { note = "Note", tip = "Tip", warning = "Warning", caution = "Caution", important = "Important" }
local site, problems, index = nil, {}, {}

local function problem(message, needle, remedy)
  problems[#problems + 1] = { message = message, needle = needle or "", remedy = remedy or "" }
end

local function html(blocks) return pandoc.RawBlock("html", blocks) end
local function escape(text) return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;")) end
local function kind_of(id) return WORD[id:match("^(%l+)%-") or ""] and id:match("^(%l+)%-") end
local function local_path(target) return not (target:match("^%a[%w+.-]*:") or target:match("^//") or target:match("^#")) end

-- Paths ---------------------------------------------------------------------------------------------------------

local function base_of(folder)
  if not folder or folder == "" then return {} end
  return { Image = function(image)
    if local_path(image.src) and not image.src:match("^/") then image.src = folder .. "/" .. image.src end
    return image
  end }
end

local function to_page(target)
  if not local_path(target) then return target end
  if target:match("^/") then target = site.up .. target:sub(2) end
  local path, mark = target:match("^([^#]*)(.*)$")
  local page = path:gsub("%.qmd$", ".html")
  if path:match("%.ipynb$") and site.rendered[pandoc.path.normalize(pandoc.path.join({ site.folder, path }))] then
    page = path:gsub("%.ipynb$", ".html")
  end
  return page .. mark
end

-- Figures, tables, equations --------------------------------------------------------------------------------------

local function described(image)
  local alt = image.attributes["fig-alt"]
  if alt then
    image.caption = pandoc.Inlines(alt)
    image.attributes["fig-alt"] = nil
  end
  image.src = image.src:match("^/") and site.up .. image.src:sub(2) or image.src
  return image
end

-- A div named fig-… or tbl-… (a cell's output, or written by hand): its last paragraph is the caption.
local function float(div)
  local kind = div.identifier:match("^(%l+)%-")
  if kind ~= "fig" and kind ~= "tbl" then return nil end
  local blocks, caption = div.content, {}
  local last = blocks[#blocks]
  if #blocks > 1 and last.t == "Para" then
    caption = last.content
    blocks:remove()
  end
  if kind == "tbl" then
    local tables = 0
    blocks = blocks:walk({ Table = function(t)
      tables = tables + 1
      t.identifier = div.identifier
      if #caption > 0 then t.caption = { long = { pandoc.Plain(caption) } } end
      return t
    end })
    if tables ~= 1 then
      problem(("%s holds %d tables."):format(div.identifier, tables), div.identifier, "Give each table its own name and caption.")
    end
    return blocks
  end
  local images = 0
  blocks = blocks:walk({
    Figure = function(f)
      if #caption == 0 and f.caption.long[1] then caption = f.caption.long[1].content end
      return f.content
    end,
    Image = function(image)
      images = images + 1
      image.attributes["fig-alt"] = image.attributes["fig-alt"] or div.attributes["fig-alt"]
      return image
    end,
  })
  if images ~= 1 then
    problem(("%s holds %d images; figures inside figures aren't supported."):format(div.identifier, images),
      div.identifier, "Give each image its own name and caption.")
  end
  blocks = blocks:walk({ Para = function(p) if #p.content == 1 and p.content[1].t == "Image" then return pandoc.Plain(p.content) end end })
  return pandoc.Blocks({ pandoc.Figure(blocks, { long = #caption > 0 and { pandoc.Plain(caption) } or {} }, pandoc.Attr(div.identifier)) })
end

local function equation(para)
  local inlines, out, i = para.content, pandoc.Inlines({}), 1
  while i <= #inlines do
    local item, after = inlines[i], inlines[i + 1]
    local skip = after and (after.t == "Space" or after.t == "SoftBreak") and 2 or 1
    local name = inlines[i + skip]
    local id = item.t == "Math" and item.mathtype == "DisplayMath" and name and name.t == "Str" and name.text:match("^{#(eq%-[^}]+)}$")
    if id then
      out:insert(pandoc.Span({ item }, pandoc.Attr(id, { "equation" })))
      i = i + skip + 1
    else
      out:insert(item)
      i = i + 1
    end
  end
  para.content = out
  return para
end

-- Callouts and tabs -----------------------------------------------------------------------------------------------

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
  inlines = inlines or { pandoc.Str(TITLE[kind] or kind) }
  local fold = div.attributes.collapse
  local id = div.identifier ~= "" and (' id="%s"'):format(escape(div.identifier)) or ""
  local open = fold == "false" and " open" or ""
  local before, between, after
  if fold then
    before = ('<details class="callout callout-%s"%s%s><summary>'):format(kind, id, open)
    between, after = '</summary><div class="callout-body">', "</div></details>"
  else
    before = ('<div class="callout callout-%s"%s><p class="callout-title-container">'):format(kind, id)
    between, after = '</p><div class="callout-body">', "</div></div>"
  end
  local blocks = pandoc.Blocks({ html(before), pandoc.Plain(inlines), html(between) })
  blocks:extend(body)
  blocks:insert(html(after))
  return blocks
end

local tabsets = 0
local function tabset(div)
  if not div.classes:includes("panel-tabset") then return nil end
  tabsets = tabsets + 1
  local tabs, level = {}, nil
  for _, block in ipairs(div.content) do
    if block.t == "Header" and (level == nil or block.level == level) then
      level = block.level
      tabs[#tabs + 1] = { label = block.content, blocks = pandoc.Blocks({}) }
    elseif #tabs > 0 then
      tabs[#tabs].blocks:insert(block)
    end
  end
  local out = pandoc.Blocks({ html('<div class="panel-tabset"><div class="tab-row" role="tablist">') })
  for i, tab in ipairs(tabs) do
    local id = ("tabset-%d-%d"):format(tabsets, i)
    out:insert(html(('<a role="tab" id="%s-tab" href="#%s" aria-controls="%s" aria-selected="%s">'):format(id, id, id, i == 1)))
    out:extend({ pandoc.Plain(tab.label), html("</a>") })
  end
  out:insert(html("</div>"))
  for i, tab in ipairs(tabs) do
    local id = ("tabset-%d-%d"):format(tabsets, i)
    local label = escape(pandoc.utils.stringify(tab.label))
    out:insert(html(('<div role="tabpanel" id="%s" aria-labelledby="%s-tab" data-label="%s">'):format(id, id, label)))
    out:extend(tab.blocks)
    out:insert(html("</div>"))
  end
  out:insert(html("</div>"))
  return out
end

-- Cells: folded code, and tables that a notebook stored as HTML (read as a table, so nothing live is left of them)

local function without_live_html(div)
  if not div.classes:includes("cell-output") then return nil end
  return div:walk({ RawBlock = function(raw)
    if raw.format ~= "html" then return nil end
    return pandoc.read(raw.text, "html").blocks:walk({
      RawBlock = function() return {} end,
      RawInline = function() return {} end,
    })
  end })
end

local function cell(div)
  if div.classes:includes("code-fold") then
    local blocks = pandoc.Blocks({ html(('<details class="code-fold"%s><summary>%s</summary>'):format(
      div.attributes.fold == "show" and " open" or "", escape(site.code_summary))) })
    blocks:extend(div.content)
    blocks:insert(html("</details>"))
    return blocks
  end
  div.content = div.content:walk(base_of(div.attributes.base))
  div.attributes.base = nil
  local blocks = float(div)
  if not blocks then return div end
  return #div.classes > 0 and pandoc.Div(blocks, pandoc.Attr("", div.classes)) or blocks
end

local function structure(div)
  return callout(div) or tabset(div) or cell(div)
end

local function code(block)
  if block.attributes["code-line-numbers"] and block.attributes["code-line-numbers"] ~= "false" then
    block.classes:insert("number-lines")
  end
  block.attributes["code-line-numbers"] = nil
  return block
end

-- Numbers and references ------------------------------------------------------------------------------------------

local counts, depth = { fig = 0, tbl = 0, eq = 0 }, { 0, 0, 0, 0, 0, 0 }

local function count(kind, id)
  if index[id] then problem(("%s is the name of two things on this page."):format(id), id, "Rename one.") end
  counts[kind] = counts[kind] + 1
  index[id] = tostring(counts[kind])
  return index[id]
end

local function numbered(kind, id, caption)
  local number = count(kind, id)
  local text = pandoc.Inlines({ pandoc.Span({ WORD[kind] .. "\u{a0}" .. number .. ":" }, pandoc.Attr("", { "float-number" })), pandoc.Space() })
  local first = caption.long[1]
  if first then text:extend(first.content) end
  return { long = { pandoc.Plain(text) } }
end

local number_all = {
  traverse = "topdown",
  Header = function(h)
    if h.classes:includes("unnumbered") then return nil end
    depth[h.level] = depth[h.level] + 1
    for deeper = h.level + 1, 6 do depth[deeper] = 0 end
    local parts = {}
    for level = 1, h.level do
      if depth[level] > 0 or #parts > 0 then parts[#parts + 1] = tostring(depth[level]) end
    end
    index[h.identifier] = index[h.identifier] or table.concat(parts, ".")
  end,
  Figure = function(f)
    if kind_of(f.identifier) == "fig" then f.caption = numbered("fig", f.identifier, f.caption) end
    f.content = f.content:walk({ Plain = function(p)
      if #p.content == 1 and p.content[1].t == "Image" then return pandoc.Div({ p }, pandoc.Attr("", { "figure-scroll" }, { { "tabindex", "0" }, { "role", "group" }, { "aria-label", "Figure" } })) end
    end })
    return f, false
  end,
  Table = function(t)
    if kind_of(t.identifier) == "tbl" then t.caption = numbered("tbl", t.identifier, t.caption) end
    local name = pandoc.utils.stringify(t.caption.long)
    -- pairs, not keys: the order of keys changes from run to run
    local box = pandoc.Attr("", { "table-scroll" }, { { "role", "region" }, { "tabindex", "0" }, { "aria-label", name ~= "" and name or "Table" } })
    return pandoc.Div({ t }, box), false
  end,
  Span = function(s)
    if s.classes:includes("equation") then
      local math = s.content[1]
      math.text = math.text:gsub("%s+$", "") .. "\\qquad(" .. count("eq", s.identifier) .. ")"
      s.content[1] = math
    end
    return s
  end,
}

local known_source

local function reference(cite)
  local crossed = 0
  for _, c in ipairs(cite.citations) do
    if kind_of(c.id:lower()) then crossed = crossed + 1 end
  end
  if crossed == 0 then
    for _, c in ipairs(cite.citations) do
      if not known_source(c.id) then
        problem(("@%s is not in the bibliography."):format(c.id), "@" .. c.id, "Mend the key, or add the source; an @ that is none is written \\@.")
      end
    end
    return nil
  end
  local out = pandoc.Inlines({})
  for i, c in ipairs(cite.citations) do
    local id = c.id:gsub("^%u", string.lower)
    local number = index[id]
    if not number then
      problem(("@%s leads nowhere on this page."):format(c.id), "@" .. c.id, "elsewhere")
    end
    local word = WORD[kind_of(id) or ""]
    if #c.prefix > 0 then word = pandoc.utils.stringify(c.prefix) end
    local text = (c.mode == "SuppressAuthor" and "" or word .. "\u{a0}") .. (number or "?")
    if i > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
    if number then out:insert(pandoc.Link({ pandoc.Str(text) }, "#" .. id, "", pandoc.Attr("", { "quarto-xref" }))) end
    out:extend(c.suffix)
  end
  return out
end

-- The page --------------------------------------------------------------------------------------------------------

local function render(blocks, opts) return (pandoc.write(pandoc.Pandoc(blocks), "html5", opts):gsub("%s+$", "")) end

local function inline_html(text, opts)
  if not text or text == "" then return nil end
  return render({ pandoc.Plain(pandoc.utils.blocks_to_inlines(pandoc.read(text, "markdown").blocks)) }, opts)
end

local function contents(blocks, opts)
  local rows = {}
  blocks:walk({ Header = function(h)
    if h.level <= site.toc_depth and h.identifier ~= "" and not h.classes:includes("unlisted") then
      local text = h.content:walk({ Note = function() return {} end, Link = function(l) return l.content end })
      rows[#rows + 1] = { level = h.level, id = h.identifier, html = render({ pandoc.Plain(text) }, opts) }
    end
  end })
  return rows
end

-- The list of sources leaves the body: it gets a place and a heading of its own at the foot of the page.
local function take_sources(blocks)
  local kept, sources = pandoc.Blocks({}), nil
  for _, block in ipairs(blocks) do
    if block.t == "Div" and block.identifier == "refs" then sources = block else kept:insert(block) end
  end
  local last = kept[#kept]
  if sources and last and last.t == "Header" and pandoc.utils.stringify(last):lower() == "references" then
    kept:remove()
    return kept, sources, last.identifier
  end
  return kept, sources, "references"
end

function Writer(doc, opts)
  site = pandoc.json.decode(doc.meta.site, false)
  doc.meta.site = nil
  local cited = {}
  for _, ref in ipairs(pandoc.utils.references(doc)) do cited[ref.id] = true end
  known_source = function(id) return cited[id] end

  if site.title == "" and doc.blocks[1] and doc.blocks[1].t == "Header" and doc.blocks[1].level == 1 then
    site.title_html = render({ pandoc.Plain(doc.blocks[1].content) }, opts)
    doc.blocks:remove(1)
  end
  doc = doc:walk({ Para = equation, CodeBlock = code, Div = without_live_html })
  doc = doc:walk({ Div = structure })
  doc = doc:walk({ Image = described, Link = function(l) l.target = to_page(l.target) return l end })
  doc = doc:walk(number_all)
  doc = doc:walk({ Cite = reference, Str = function(s)
    local note = s.text:match("%[%^[^%]%s]+%]")
    if note then problem(("The footnote %s has no text."):format(note), note, "Write its text in a paragraph that begins with " .. note .. ":") end
  end })
  if doc.meta.bibliography then doc = pandoc.utils.citeproc(doc) end

  local listed = contents(doc.blocks, opts)
  local body, sources, sources_id = take_sources(doc.blocks)
  return pandoc.json.encode({
    title = site.title_html or inline_html(site.title, opts),
    subtitle = inline_html(site.subtitle, opts),
    description = inline_html(site.description, opts),
    note = inline_html(site.note, opts),
    body = render(body, opts),
    sources = sources and #sources.content > 0 and render({ sources }, opts) or nil,
    sources_id = sources_id,
    contents = listed,
    problems = problems,
  })
end
